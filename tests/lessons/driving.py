"""The cells around a lesson that drive its controls: one before it and one after it, see `poke.py`."""

from pathlib import Path

POKE = str(Path(__file__).with_name("poke.py"))
START = f"_poke = {{}}\nexec(open({POKE!r}).read(), _poke)"
REPORT = """
import json
print(json.dumps({"sent": _poke["poke"](), "raised": _poke["raised"]}))
"""
LEAST = 10  # messages that a stage takes: four edits and two clicks on one panel, and four beside it
