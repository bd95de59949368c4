"""Every public function says what its parameters take."""

import ast
from collections.abc import Iterator
from pathlib import Path

import vizconv

HERE = Path(vizconv.__file__).parent
SHOWN_AS_THEY_ARE = {HERE / "engine" / "teaching.py"}  # a lesson prints these functions: one line says it all


def public_functions(nodes: list[ast.stmt], owner: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """Walk the functions and methods that others may call, by name."""
    for node in nodes:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node.body, f"{node.name}.")
        elif isinstance(node, ast.FunctionDef) and (node.name == "__init__" or not node.name.startswith("_")):
            yield f"{owner}{node.name}", node


def bare(function: ast.FunctionDef) -> list[str]:
    """Name the parameters without annotation."""
    named = function.args
    rest = [each for each in (named.vararg, named.kwarg) if each]
    every = [*named.posonlyargs, *named.args, *named.kwonlyargs, *rest]
    return [each.arg for each in every if each.annotation is None and each.arg not in ("self", "cls")]


def test_every_public_parameter_is_annotated():
    missing = [
        f"{path.relative_to(HERE)}: {name}({', '.join(bare(function))})"
        for path in sorted({*HERE.rglob("*.py")} - SHOWN_AS_THEY_ARE)
        for name, function in public_functions(ast.parse(path.read_text(encoding="utf-8")).body)
        if bare(function)
    ]
    assert missing == []


def test_a_parameter_without_annotation_is_found():
    source = "class A:\n    def f(self, x, *, y: int, **z): ...\n    def _g(self, x): ...\n"
    assert [(name, bare(each)) for name, each in public_functions(ast.parse(source).body)] == [
        ("A.f", ["x", "z"])
    ]
