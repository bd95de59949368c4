"""Run the pure functions of the stage's modules in Node."""

import json
import subprocess
from pathlib import Path

import vizconv

MODULES = Path(vizconv.__file__).parent / "stage"
PROGRAM = """
import { readFileSync } from "node:fs";
const { source, given, body } = JSON.parse(readFileSync(0, "utf8"));
const stage = await import("data:text/javascript," + encodeURIComponent(source));
const result = new Function("stage", "given", body)(stage, given);
console.log(JSON.stringify(result));
"""


def in_node(node: str, body: str, given, module: str = "stage.js"):
    """Return what the JavaScript `body` returns; it sees the module as `stage` and the data as `given`."""
    text = json.dumps({"source": (MODULES / module).read_text("utf-8"), "given": given, "body": body})
    program = [node, "--input-type=module", "-e", PROGRAM]
    run = subprocess.run(program, input=text, capture_output=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)
