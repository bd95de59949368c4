"""The house's order: a module imports only from the layers above its own."""

import ast
import subprocess
import sys
from itertools import pairwise, permutations
from pathlib import Path

import pytest

import vizconv

HOUSE = Path(vizconv.__file__).parent
LAYERS = [
    ["files"],
    ["engine"],
    ["datasets", "pytorch"],
    ["examples"],
    ["scenes"],
    ["draw"],
    ["stage"],
    ["explore", "exercises"],
    ["command"],
    ["__main__"],
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
MODULES = sorted(path.relative_to(HOUSE) for path in HOUSE.rglob("*.py"))
ENGINE_MAY_USE = {"numpy", "threadpoolctl"}


def part(module: Path) -> str:
    """Name the part of the house that a file belongs to: its folder, or the file itself."""
    return module.parts[0].removesuffix(".py")


def imported(module: Path) -> set[str]:
    """Collect the dotted names that a file imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse((HOUSE / module).read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            here = list(module.with_suffix("").parts[: len(module.parts) - node.level])
            base = ".".join(["vizconv", *here]) if node.level else ""
            source = ".".join(filter(None, [base, node.module]))
            names |= {f"{source}.{alias.name}" for alias in node.names}
    return names


def parts_of_the_house(names: set[str]) -> set[str]:
    """Keep the parts of vizconv among imported names."""
    split = (name.split(".") for name in names)
    return {words[1] for words in split if words[0] == "vizconv" and len(words) > 1}


def may_import(importer: str, used: str) -> bool:
    return importer == used or LEVEL[used] < LEVEL[importer]


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_imports_only_from_above(module):
    if part(module) == "__init__":
        return  # the front door opens every room, each when it is first named
    used = parts_of_the_house(imported(module)) & set(LEVEL)
    assert {other for other in used if not may_import(part(module), other)} == set()


@pytest.mark.parametrize("module", [path for path in MODULES if part(path) == "engine"], ids=str)
def test_the_engine_needs_numpy_only(module):
    roots = {name.split(".")[0] for name in imported(module)}
    assert roots - sys.stdlib_module_names - ENGINE_MAY_USE <= {"vizconv"}


@pytest.mark.parametrize("module", [path for path in MODULES if part(path) in LEVEL], ids=str)
def test_no_module_reads_the_front_door(module):
    """`import vizconv` inside the house would go round the order of its layers."""
    assert "vizconv" not in imported(module)
    assert parts_of_the_house(imported(module)) <= set(LEVEL)


def test_every_part_has_its_place():
    assert {part(module) for module in MODULES} - {"__init__"} <= set(LEVEL)


def pairs_of_one_floor():
    return [pair for floor in LAYERS for pair in permutations(floor, 2)]


def test_the_order_itself():
    flat = [names[0] for names in LAYERS]
    for above, below in pairwise(flat):
        assert may_import(below, above) and not may_import(above, below)
    for one, other in pairs_of_one_floor():
        assert not may_import(one, other)


def test_importing_vizconv_loads_nothing_that_draws():
    heavy = ("matplotlib", "ipywidgets", "anywidget", "scipy", "IPython", "torch")
    named = "vizconv.conv2d, vizconv.from_torch"
    code = f"import sys, vizconv; {named}; print([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def imported_at_once(module: Path) -> set[str]:
    """Collect what a file imports as soon as it is itself imported."""
    nodes = ast.parse((HOUSE / module).read_text()).body
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return {*names, *(str(node.module) for node in nodes if isinstance(node, ast.ImportFrom))}


def test_only_the_way_to_pytorch_loads_it_at_once():
    assert {part(module) for module in MODULES if "torch" in imported_at_once(module)} == {"pytorch"}


TOPICS = [module for module in MODULES if part(module) in ("scenes", "explore") and len(module.parts) > 2]


@pytest.mark.parametrize("module", TOPICS, ids=str)
def test_a_topic_imports_no_other_topic_of_its_floor(module):
    floor, topic, *_ = module.parts
    rooms = {other.parts[1] for other in TOPICS if other.parts[0] == floor}
    used = {name.split(".")[2] for name in imported(module) if name.startswith(f"vizconv.{floor}.")}
    assert used & rooms <= {topic}
