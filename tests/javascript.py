"""Run the page's modules in Node, as they are."""

import json
import subprocess
from pathlib import Path

import vizconv

MODULES = Path(vizconv.__file__).parent / "stage"
PROGRAM = """
const { readFileSync } = await import("node:fs");
const { modules, given, body } = JSON.parse(readFileSync(0, "utf8"));
const parts = await Promise.all(modules.map((module) => import(module)));
const result = new Function("page", "given", body)(Object.assign({}, ...parts), given);
console.log(JSON.stringify(result));
"""


def in_node(node: str, body: str, given, *modules: str):
    """Return what the JavaScript `body` returns; it sees what the modules export as `page`."""
    addresses = [(MODULES / module).as_uri() for module in modules]
    text = json.dumps({"modules": addresses, "given": given, "body": body}, allow_nan=False)
    program = [node, "--input-type=module", "-e", PROGRAM]
    run = subprocess.run(program, input=text, capture_output=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)
