"""A stage as one file: the page, its styles, its module and its numbers, alive without a kernel."""

import base64
import gzip
import json
from html import escape
from pathlib import Path
from string import Template

from vizconv.scenes import Scene
from vizconv.stage.message import as_message
from vizconv.stage.modules import script, style

HERE = Path(__file__).parent
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
<main id="stage">This page needs a browser of 2023 or newer.</main>
<script type="application/json" id="state">$state</script>
<script type="module">
const packed = Uint8Array.from(atob("$module"), (letter) => letter.charCodeAt(0));
const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
const module = document.createElement("script");
module.type = "module";
module.textContent = await new Response(unpacked).text();
document.getElementById("stage").textContent = "";
document.body.append(module);
</script>
</body>
</html>
""")
START = """
showAlone(document.getElementById("stage"), JSON.parse(document.getElementById("state").textContent));
"""


def as_page(scene: Scene) -> str:
    """Write a scene as an HTML page that needs no connection, no kernel and no other file."""
    css = style(HERE / "stage.css", HERE / "graph.css")
    state = {"_scene": as_message(scene), "code": scene.code}
    return written_page(repr(scene), css, script(HERE / "stage.js"), state)


def written_page(title: str, css: str, module: str, state: dict) -> str:
    """Write a page of a module whose `showAlone` takes an element and a state, with buffers in it."""
    parts = {"css": css, "module": packed(module + START), "state": _as_script(state)}
    return PAGE.substitute(title=escape(title), **parts)


def packed(text: str) -> str:
    """Write a text gzipped and in base64, a module's a third as long: the same bytes for the same text."""
    return _as_base64(gzip.compress(text.encode(), mtime=0))


def as_json(state: dict) -> str:
    """Write data as JSON, buffers as {"base64": ...}: what `withBuffers` of the page reads."""
    return json.dumps(state, default=lambda buffer: {"base64": _as_base64(buffer)}, separators=(",", ":"))


def _as_base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _as_script(state: dict) -> str:
    """Write data as JSON that cannot end the script it stands in."""
    text = as_json(state)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
