"""A model of PyTorch as steps in a row: what torch.fx finds in its forward, run once for the shapes."""

import copy
import warnings
from dataclasses import dataclass
from typing import Any

import torch
from torch import fx, nn
from torch.nn.parameter import UninitializedParameter

from vizconv.pytorch.functions import CannotTake, as_module

ROOT = "0"  # where the model stands in the nn.Sequential that is traced


@dataclass(frozen=True, eq=False, kw_only=True)
class Step:
    """One operation of a model: the path of its module, "" for a function, and what it is called.

    `module` does it, or would do the same as the function; `before` and `after` are shapes with three
    images. `problem` says why it cannot be taken, where its place in the model already forbids it.
    """

    path: str
    kind: str
    module: nn.Module | None
    before: tuple[int, ...]
    after: tuple[int, ...]
    problem: str = ""

    def __str__(self):
        return f"{self.path!r} ({self.kind})" if self.path else self.kind


def readable_copy(model: nn.Module) -> nn.Module:
    """Copy a model to the processor's memory, in eval mode and float64; the model itself stays as it is.

    Raises ValueError for a model that is more than its layers say, or whose numbers are not there.
    """
    for name, array in [*model.named_parameters(), *model.named_buffers()]:
        if isinstance(array, UninitializedParameter) or array.is_meta:
            raise ValueError(f"{name} holds no numbers yet; a model that was run or loaded is expected")
        if array.is_complex():
            raise ValueError(f"{name} holds complex numbers; real ones are expected")
    for path, module in model.named_modules():
        if module._forward_hooks or module._forward_pre_hooks:
            at = f"{path!r} ({type(module).__name__})" if path else "the model"
            raise ValueError(f"{at} has a hook, which may change what it gives; a model without is expected")
    try:
        return copy.deepcopy(model).cpu().eval().double()
    except (RuntimeError, TypeError, AttributeError) as error:
        raise ValueError(f"the model cannot be copied: {first_line(error)}") from error


def steps(model: nn.Module, images: torch.Tensor) -> list[Step]:
    """Run a model on some images and list what it does with them, as far as they fit.

    Raises ValueError where torch.fx cannot trace its forward.
    """
    root = nn.Sequential(model)
    graph = _graph(root)
    run, (previous, *nodes) = _Run(root, graph), graph.nodes
    failure, found = run.attempt(images), []
    for node in nodes:
        if node is run.at and failure is not None:
            return [*found, _step(node, run, _unfit(failure))]
        if node.op == "output":
            return found + _ending(node, previous)
        if node.op != "get_attr" and _holds_tensor(run.values[node]):
            found.append(_step(node, run, _misplaced(node, previous, run)))
            previous = node
    return found


def _graph(root: nn.Sequential) -> fx.Graph:
    try:
        with warnings.catch_warnings(action="ignore"):
            return _Tracer().trace(root)
    except Exception as error:  # the forward of a stranger, given a stand-in for its images
        raise ValueError(
            f"the forward of {type(root[0]).__name__} cannot be traced: {first_line(error)}. One input and "
            "layers in a row are expected; no decisions by numbers, and torch.flatten(x, 1) to flatten"
        ) from error


class _Tracer(fx.Tracer):
    """Keep whole what is a layer of PyTorch, also where somebody gave it another name."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        kinds = [kind for kind in type(m).__mro__ if kind.__module__.startswith("torch.nn.modules")]
        inherited = kinds[0] is not nn.Module and type(m).forward is kinds[0].forward
        known = super().is_leaf_module(m, module_qualified_name)
        return known or (inherited and not isinstance(m, nn.Sequential))


class _Run(fx.Interpreter):
    """Run a graph and keep what every node gave."""

    def __init__(self, root: nn.Module, graph: fx.Graph):
        super().__init__(root, garbage_collect_values=False, graph=graph)
        self.extra_traceback = False
        self.values: dict[fx.Node, Any] = {}
        self.shapes: dict[fx.Node, tuple[int, ...]] = {}
        self.at: fx.Node | None = None

    def attempt(self, images: torch.Tensor) -> Exception | None:
        """Run it as far as it goes; return what stopped it."""
        try:
            with torch.no_grad(), torch.random.fork_rng(devices=[]), warnings.catch_warnings(action="ignore"):
                self.run(images)
        except Exception as error:  # whatever the operations of a stranger raise
            return error
        return None

    def run_node(self, n: fx.Node) -> Any:
        self.at = n
        value = super().run_node(n)
        self.values[n] = value
        self.shapes[n] = tuple(value.shape) if isinstance(value, torch.Tensor) else ()
        return value


def _step(node: fx.Node, run: _Run, problem: str) -> Step:
    sources = _sources(node, run)
    before = run.shapes[sources[0]] if sources else ()
    shapes = {"before": before, "after": run.shapes.get(node, ())}
    if node.op == "call_module":
        module, path = run.module.get_submodule(str(node.target)), str(node.target)
        path, kind = path.removeprefix(ROOT).removeprefix("."), type(module).__name__
        return Step(path=path, kind=kind, module=module, problem=problem, **shapes)
    kind, module = _function_name(node), None
    try:
        module = as_module(kind, *_settings(node, run))
    except CannotTake as reason:
        problem = problem or str(reason)
    return Step(path="", kind=f"{kind}()", module=module, problem=problem, **shapes)


def _settings(node: fx.Node, run: _Run) -> Any:
    """Return the arguments of a function by position and by name, sizes as numbers."""
    return fx.map_arg((node.args, node.kwargs), lambda each: run.values.get(each))


def _function_name(node: fx.Node) -> str:
    if node.op == "call_method":
        return str(node.target)
    name = getattr(node.target, "__name__", str(node.target))
    return str(node.args[1]) if name == "getattr" else name


def _unfit(failure: Exception) -> str:
    return f"images do not fit here ({first_line(failure)}), and what comes after was not reached"


def _misplaced(node: fx.Node, previous: fx.Node, run: _Run) -> str:
    """Say where a step reads anything but the one before it; "" when it does not."""
    sources = _sources(node, run)
    if sources == [previous]:
        return ""
    names = " and ".join(_name_of(source) for source in sources) or "nothing"
    return f"it reads {names}; only the result just before it, {_name_of(previous)}, can be read"


def _ending(node: fx.Node, previous: fx.Node) -> list[Step]:
    if node.args[0] is previous:
        return []
    problem = "it gives back something else than the last result, one tensor"
    return [Step(path="", kind="return", module=None, before=(), after=(), problem=problem)]


def _sources(node: fx.Node, run: _Run) -> list[fx.Node]:
    return [each for each in node.all_input_nodes if _holds_tensor(run.values.get(each))]


def _name_of(node: fx.Node) -> str:
    if node.op == "placeholder":
        return "the images"
    if node.op in ("call_module", "get_attr"):
        return repr(str(node.target).removeprefix(f"{ROOT}."))
    return f"{_function_name(node)}()"


def _holds_tensor(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return any(map(_holds_tensor, value))
    return isinstance(value, torch.Tensor)


def first_line(error: Exception) -> str:
    """Return the first line of what an error says."""
    return str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
