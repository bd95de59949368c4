"""A model of PyTorch as steps in a row: what torch.fx finds in its forward, run once for the shapes."""

import copy
import warnings
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import fx, nn
from torch.nn.parameter import UninitializedParameter
from torch.overrides import TorchFunctionMode

from vizconv.pytorch.functions import CASTS, CannotTake, as_module

ROOT, MADE = "model", "made"  # where the model, and what its forward makes, stand in what is traced
SIZES = {
    "shape",
    "size",
    "ndim",
    "dim",
    "numel",
    "device",
    "dtype",
    "is_cuda",
}  # alike for all images


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
    run = _traced(model, images)
    failure, found = run.attempt(), []
    previous, *nodes = run.graph.nodes
    for node in nodes:
        if node is run.at and failure is not None:
            return [*_joined(found), _step(node, run, _unfit(failure))]
        if node.op == "output":
            return _joined(found) + _ending(node, previous, run)
        if node.op != "get_attr" and _holds_tensor(run.values[node]):
            found.append(_step(node, run, _misplaced(node, previous, run)))
            previous = node
    return _joined(found)


class Casting(TorchFunctionMode):
    """Leave images as they are where a forward casts them, as x.float() or x.to(device) does."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        cast = getattr(func, "__name__", "") in CASTS and isinstance(result, torch.Tensor)
        return args[0] if cast and result.is_floating_point() else result


# ---- Tracing ---------------------------------------------------------------------------------------------


def _traced(model: nn.Module, images: torch.Tensor) -> "_Run":
    """Trace the forward of a model as far as the images fit, ready to be run on."""
    tracer = _Tracer(images)
    try:
        with warnings.catch_warnings(action="ignore"):
            tracer.trace(_Root(model))
    except _Stopped:  # the run says where and why
        pass
    except CannotTake as error:
        raise ValueError(str(error)) from error
    except Exception as error:  # the forward of a stranger, given a stand-in for its images
        raise ValueError(
            f"the forward of {type(model).__name__} cannot be traced: {first_line(error)}. One input and "
            "layers in a row are expected; no decisions by numbers, and torch.flatten(x, 1) to flatten"
        ) from error
    return tracer.run


class _Root(nn.Module):
    """A model, and beside it the modules that its forward makes."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model, self.made = model, nn.ModuleList()

    def forward(self, images):
        return self.model(images)


class _Stopped(Exception):
    """The images do not fit, so there are no sizes to go on with."""


class _Tracer(fx.Tracer):
    """Trace a forward for images of one shape: where it asks for a size, it gets the number."""

    root: _Root

    def __init__(self, images: torch.Tensor):
        super().__init__()
        self.images, self.is_running = images, False

    @cached_property
    def run(self) -> "_Run":
        return _Run(self.root, self.graph, self.images)

    def value(self, node: fx.Node) -> Any:
        """Run what is traced so far and return what a node gave."""
        self.is_running = True
        try:
            if self.run.attempt():
                raise _Stopped
        finally:
            self.is_running = False
        return self.run.values[node]

    def call_module(self, m: nn.Module, forward: Any, args: Any, kwargs: Any) -> Any:
        return forward(*args, **kwargs) if self.is_running else super().call_module(m, forward, args, kwargs)

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, Any]) -> Any:
        return attr_val if self.is_running else super().getattr(attr, attr_val, parameter_proxy_cache)

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        """Keep whole what is a layer of PyTorch, also where somebody gave it another name."""
        kinds = [kind for kind in type(m).__mro__ if kind.__module__.startswith("torch.nn.modules")]
        inherited = kinds[0] is not nn.Module and type(m).forward is kinds[0].forward
        known = super().is_leaf_module(m, module_qualified_name)
        return known or (inherited and not isinstance(m, nn.Sequential))

    def path_of_module(self, mod: nn.Module) -> str:
        """Find a place for what is made in a forward, too, as nn.ReLU()(x) is."""
        paths = self.submodule_paths or {}
        if mod not in paths and not isinstance(mod, nn.Sequential):
            if [*mod.parameters(), *mod.buffers()]:
                name = type(mod).__name__
                raise CannotTake(
                    f"a {name} that the forward calls is no part of the model, which would not train it; "
                    "modules made in __init__, in an nn.ModuleList where there are several, are expected"
                )
            paths[mod] = f"{MADE}.{len(self.root.made)}"
            self.root.made.append(mod)
        return paths.get(mod, MADE)

    def create_arg(self, a: Any) -> Any:
        return super().create_arg(int(a) if isinstance(a, np.integer) else a)

    def proxy(self, node: fx.Node) -> fx.Proxy:
        return _Images(node, self)


class _Images(fx.Proxy):
    """What stands for images while a forward is traced, and knows their size."""

    tracer: _Tracer

    def __getattr__(self, k: str) -> Any:
        return getattr(self.tracer.value(self.node), k) if k in SIZES else super().__getattr__(k)

    def __len__(self):
        return len(self.tracer.value(self.node))


# ---- Running ---------------------------------------------------------------------------------------------


class _Run(fx.Interpreter):
    """Run a graph, which may still grow, and keep what every node gave."""

    graph: fx.Graph

    def __init__(self, root: nn.Module, graph: fx.Graph, images: torch.Tensor):
        super().__init__(root, garbage_collect_values=False, graph=graph)
        self.extra_traceback = False
        self.images = images
        self.values: dict[fx.Node, Any] = {}
        self.shapes: dict[fx.Node, tuple[int, ...]] = {}
        self.at: fx.Node | None = None

    def attempt(self) -> Exception | None:
        """Run what was not run yet, as far as it goes; return what stopped it."""
        try:
            with inference():
                self.run(self.images, initial_env=self.env)
        except Exception as error:  # whatever the operations of a stranger raise
            return error
        return None

    def run_node(self, n: fx.Node) -> Any:
        self.at = n
        value = super().run_node(n)
        self.values[n] = value
        self.shapes[n] = tuple(value.shape) if isinstance(value, torch.Tensor) else ()
        return value


@contextmanager
def inference():
    """Run a stranger's forward for its numbers alone."""
    with torch.no_grad(), torch.random.fork_rng(devices=[]), Casting(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _step(node: fx.Node, run: _Run, problem: str) -> Step:
    sources = _sources(node, run)
    before = run.shapes[sources[0]] if sources else ()
    shapes = {"before": before, "after": run.shapes.get(node, ())}
    if node.op == "call_module":
        module, path = run.module.get_submodule(str(node.target)), str(node.target)
        made, kind = path.startswith(f"{MADE}."), type(module).__name__
        path = "" if made else path.removeprefix(ROOT).removeprefix(".")
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
    if len(sources) == 1 and _is_result(sources[0], previous, run):
        return ""
    names = " and ".join(_name_of(source) for source in sources) or "nothing"
    return f"it reads {names}; only the result just before it, {_name_of(previous)}, can be read"


def _is_result(node: Any, previous: fx.Node, run: _Run) -> bool:
    """Say whether a node gave the result just before: what changes images in place hands on the same ones."""
    return isinstance(node, fx.Node) and run.values.get(node) is run.values[previous]


def _joined(found: Sequence[Step]) -> list[Step]:
    """Take as one step what only reshapes, such as one squeeze after the other."""
    row: list[Step] = []
    for step in found:
        if row and _reshapes(row[-1]) and _reshapes(step):
            step = replace(step, before=row.pop().before)
        row.append(step)
    return row


def _reshapes(step: Step) -> bool:
    return isinstance(step.module, nn.Flatten) and not step.problem


def _ending(node: fx.Node, previous: fx.Node, run: _Run) -> list[Step]:
    if _is_result(node.args[0], previous, run):
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
