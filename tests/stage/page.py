"""Scenes in the page's arithmetic: a message goes into Node, what the modules make of it comes back."""

import base64

import numpy as np

from tests.javascript import in_node
from vizconv.scenes import Scene
from vizconv.stage.message import as_message

MODULES = (
    *("scene.js", "tables.js", "terms.js", "rules.js", "running.js", "objectives.js"),
    *("formula.js", "layout.js", "colours.js", "legend.js", "graph.js", "graph_layout.js"),
)
READ = """
const view = (text) => new DataView(Uint8Array.from(Buffer.from(text, "base64")).buffer);
const bytes = (part, names) => ({
  ...part,
  ...Object.fromEntries(names.filter((name) => part[name]).map((name) => [name, view(part[name])])),
});
const sceneOf = (message) =>
  page.readScene({
    ...message,
    panels: message.panels.map((panel) => bytes(panel, ["values", "kinds", "owners"])),
    terms: message.terms.map((table) => bytes(table, ["out", "left", "right"])),
  });
const base64 = (values) => Buffer.from(Float64Array.from(values).buffer).toString("base64");
const sumsOf = (scene, take = page.sumsOf) => {
  try {
    return Object.fromEntries([...take(scene)].map(([name, sums]) => [name, base64(sums)]));
  } catch (error) {
    if (error instanceof page.Refusal) return error.message;
    throw error;
  }
};
const cellsOf = (scene, make) =>
  Object.fromEntries(
    [...scene.panels.values()].map((panel) => [
      panel.name,
      Array.from({ length: panel.size }, (_, cell) => make({ panel: panel.name, cell })),
    ]),
  );
const textOf = ({ tokens, end }) => [...tokens, ...end].map(({ text }) => text).join("");
"""


def in_page(node: str, body: str, scenes: list[Scene], *more, message=as_message) -> list:
    """Return what `body` makes of each `scene`, and of what else is given for it as `more`."""
    given = [(as_json(message(scene)), *rest) for scene, *rest in zip(scenes, *more, strict=True)]
    program = (
        f"{READ} return given.map(([message, ...more]) => {{ const scene = sceneOf(message); {body} }});"
    )
    return in_node(node, program, given, *MODULES)


def as_json(part):
    """The message with its buffers written as text."""
    if isinstance(part, dict):
        return {name: as_json(value) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [as_json(value) for value in part]
    return base64.b64encode(part).decode("ascii") if isinstance(part, bytes) else part


def decoded(sums: dict[str, str]) -> dict[str, np.ndarray]:
    """The page's sums, or its sentence, as Python has them."""
    return {name: np.frombuffer(base64.b64decode(text), "<f8") for name, text in sums.items()}
