"""A stage as one file: the page, its styles, its module and its numbers, alive without a kernel."""

import base64
import json
import re
from html import escape
from pathlib import Path
from string import Template

from vizconv.scenes import Scene
from vizconv.stage.message import as_message
from vizconv.stage.modules import script, style

HERE = Path(__file__).parent
OPEN_LINE = re.compile(r"^(?!.*//)(.*[{(\[,;])\n", re.MULTILINE)  # it goes on in the next one
PAGE = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<title>$title</title>
<style>
body { margin: 16px; }
$css
</style>
</head>
<body>
<main id="stage"></main>
<script type="module">
$module
showAlone(document.getElementById("stage"), $state);
</script>
</body>
</html>
""")


def as_page(scene: Scene) -> str:
    """Write a scene as an HTML page that needs no network, no kernel and no other file."""
    state = {"_scene": as_message(scene), "code": scene.code}
    return written_page(repr(scene), style(HERE / "stage.css"), script(HERE / "stage.js"), _as_script(state))


def written_page(title: str, css: str, module: str, state: str) -> str:
    """Write a page whose module's `showAlone` takes an element and a state, written as JavaScript."""
    in_few_lines = OPEN_LINE.sub(r"\1", module)
    return PAGE.substitute(title=escape(title), css=css, module=in_few_lines, state=state)


def _as_script(state: dict) -> str:
    """Write data as JSON that cannot end the script it stands in; buffers in base64."""
    text = json.dumps(state, default=lambda buffer: {"base64": base64.b64encode(buffer).decode("ascii")})
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
