"""Scripts and styles of a widget as one text each, imports put inline: there is no build step."""

import re
from pathlib import Path

HERE = Path(__file__).parent
IMPORT = re.compile(r'^import \{([\w\s,]+)\} from "(\.[^"]+)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async function|function|const|class) (\w+))", re.MULTILINE)
OTHER_IMPORT = re.compile(r"^(?:import .*|export .* from .*)", re.MULTILINE)
LEFT_OVER = re.compile(r"^(?:import|export) .*", re.MULTILINE)
FOR_READERS = re.compile(  # what a browser does without; behind code no comment that may be part of a text
    r"""^\s*//.*\n|^[ \t]+|^\n|(?<=[(){}\[\],;:=?&|]) // [^"`\n]*$""", re.MULTILINE
)
STYLE_FOR_READERS = re.compile(r"^[ \t]+|/\*.*?\*/\n?|^\n", re.MULTILINE | re.DOTALL)


def script(path: Path) -> str:
    """Write a module and all that it imports as one module, each before what needs it, and once.

    A module that is imported becomes one function, so that names cannot collide. Only named imports by a
    relative path and exports where a name is declared can be put inline; no text goes over several lines.
    Comments and indents are left out. Raises ValueError for other imports and exports, and for modules that
    import each other in a circle.
    """
    functions: dict[Path, str] = {}
    text = _with_imports(path.resolve(), functions, ())
    return "\n".join([*functions.values(), text])


def style(*paths: Path) -> str:
    """Write a widget's styles, after what all widgets share."""
    all_of_them = "\n".join(part.read_text(encoding="utf-8") for part in (HERE / "theme.css", *paths))
    return STYLE_FOR_READERS.sub("", all_of_them)


def _with_imports(path: Path, functions: dict[Path, str], importers: tuple[Path, ...]) -> str:
    """Return a module's text, its imports read from functions, which are made where they are missing."""
    if path in importers:
        circle = " → ".join(module.name for module in (*importers[importers.index(path) :], path))
        raise ValueError(f"modules import each other in a circle: {circle}; each needs to stand alone")

    def read(match: re.Match) -> str:
        module = (path.parent / match[2]).resolve()
        if module not in functions:
            functions[module] = _as_function(module, functions, (*importers, path))
        return f"const {{{match[1]}}} = {_name(module)};"

    text = IMPORT.sub(read, FOR_READERS.sub("", path.read_text(encoding="utf-8")))
    if line := OTHER_IMPORT.search(text):
        raise ValueError(f"{path.name} has the line {line[0]!r}; it cannot be put inline")
    return text


def _as_function(path: Path, functions: dict[Path, str], importers: tuple[Path, ...]) -> str:
    text = _with_imports(path, functions, importers)
    body = EXPORT.sub("", text)
    if line := LEFT_OVER.search(body):
        raise ValueError(f"{path.name} has the line {line[0]!r}; it cannot be put inline")
    names = ", ".join(EXPORT.findall(text))
    return f"const {_name(path)} = (() => {{\n{body}return {{ {names} }};\n}})();\n"


def _name(path: Path) -> str:
    """Name a module's function as no module names anything."""
    return f"${path.parent.name}_{path.stem}"
