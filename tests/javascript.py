"""Run the page's modules in Node, as they are."""

import json
import subprocess
from functools import cache
from pathlib import Path

import vizconv

MODULES = Path(vizconv.__file__).parent / "stage"
PROGRAM = """
import { createInterface } from "node:readline";

async function answer({ modules, given, body }) {
  const parts = await Promise.all(modules.map((module) => import(module)));
  return new Function("page", "given", body)(Object.assign({}, ...parts), given);
}

for await (const line of createInterface({ input: process.stdin })) {
  const said = await answer(JSON.parse(line)).then(
    (result) => ({ result }),
    (error) => ({ error: error.stack }),
  );
  console.log(JSON.stringify(said));
}
"""


def in_node(node: str, body: str, given, *modules: str):
    """Return what the JavaScript `body` returns; it sees what the modules export as `page`."""
    addresses = [(MODULES / module).as_uri() for module in modules]
    text = json.dumps({"modules": addresses, "given": given, "body": body}, allow_nan=False)
    process = running(node)
    process.stdin.write(f"{text}\n")
    process.stdin.flush()
    said = json.loads(process.stdout.readline() or '{"error": "Node ended"}')
    assert "error" not in said, said["error"]
    return said["result"]


@cache
def running(node: str) -> subprocess.Popen:
    """Start a Node that answers line by line, and ends with its input; what it has compiled it keeps."""
    program = [node, "--input-type=module", "-e", PROGRAM]
    return subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
