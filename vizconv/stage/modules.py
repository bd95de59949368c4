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
TEXT = re.compile(r'("(?:[^"\\]|\\.)*"|`[^`]*`)')
MODULE = re.compile(r"\$[a-z]+_\w+")
SPACED = re.compile(r" ?([{}()\[\];,:=<>?&|!*]+) ?| ([-+]) (?![-+])")
STYLED = re.compile(r'("[^"]*")|\s*([{};,])\s*|(:) |\n')
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


def tight(text: str) -> str:
    """Leave out the spaces and lines that a script, such as `script` writes, does as well without.

    Strings stay as they are, and so do lines in which it takes more than quotes to tell what is one.
    """
    names = {name: f"${at}" for at, name in enumerate(dict.fromkeys(MODULE.findall(text)))}
    text = MODULE.sub(lambda match: names[match[0]], text)
    lines = [_tight(line) for line in text.split("\n") if line]
    goes_on = [line.endswith(("{", "(", "[", ",", ";")) and "//" not in line for line in lines]
    return "".join(line + "\n" * (not on) for line, on in zip(lines, goes_on, strict=True)).rstrip("\n")


def tight_style(text: str) -> str:
    """Leave out the lines and spaces that a style, such as `style` writes, does as well without."""
    return STYLED.sub(lambda match: match[1] or match[2] or match[3] or " ", text)


def _tight(line: str) -> str:
    parts = TEXT.split(line)
    if any(part.count("{") != part.count("}") for part in parts[1::2]):  # a text within a text
        return line
    if any(re.search(r"[`'/\\\\]", part) for part in parts[::2]):  # an expression that says what fits a text
        return line
    parts[::2] = [SPACED.sub(r"\1\2", part) for part in parts[::2]]
    return "".join(parts)


def style(path: Path) -> str:
    """Write a widget's style, after what all widgets share."""
    both = "\n".join(part.read_text(encoding="utf-8") for part in (HERE / "theme.css", path))
    return STYLE_FOR_READERS.sub("", both)


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
