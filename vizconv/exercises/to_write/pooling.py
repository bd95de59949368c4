"""Max pooling's way back to write, function(x, dy, size, stride) returns dx: cases, typical mistakes."""

from collections.abc import Callable

import numpy as np

from vizconv.engine.operations import max_pool2d, max_pool2d_backward
from vizconv.examples.matrices import WORKED_INPUT
from vizconv.exercises.exercise import Exercise, entries
from vizconv.exercises.mistakes import common, instead, only, swapped
from vizconv.scenes import Scene, max_pooling

PLAIN = ((1, 3, 2, 0), (7, 4, 5, 9), (8, 2, 1, 7), (6, 0, 3, 5))  # two windows have the same maximum

# ---- What is tried -----------------------------------------------------------------------------------------


def right(x: np.ndarray, dy: np.ndarray, size: int, stride: int) -> np.ndarray:
    """Return dx (H, W) by the engine, for one picture x (H, W) and dy (OH, OW)."""
    return max_pool2d_backward(max_pool2d(x[None, None], size, stride), dy[None, None]).dx[0, 0]


def _cases():
    generator = np.random.default_rng(8)
    yield PLAIN, [[1, 2], [3, 4]], 2, 2
    yield WORKED_INPUT, [[3, -2], [4, 5]], 2, 2  # a tie
    yield generator.permutation(25).reshape(5, 5), entries(generator, (4, 4)), 2, 1
    for shape, size, stride in (((5, 7), 2, 2), ((7, 6), 3, 2), ((8, 6), 2, 3), ((5, 5), 1, 2)):
        x = generator.permutation(np.prod(shape)).reshape(shape) // 2  # every number twice: some tie
        places = tuple((length - size) // stride + 1 for length in shape)
        yield x, entries(generator, places), size, stride
    yield PLAIN, [[0.5, -1.25], [2, 0.75]], 2, 2  # whole x, fractions in dy
    yield generator.integers(0, 3, (6, 7)) / 2, entries(generator, (2, 3)) / 4, 3, 2


def _scene(x, dy, size, stride) -> Scene:
    return max_pooling(max_pool2d(x[None, None], size, stride), dy[None, None])


# ---- Typical mistakes --------------------------------------------------------------------------------------


def _part(i, j, size, down, along):
    return np.s_[i * down : i * down + size, j * along : j * along + size]


def _added(share: Callable, down: int | None = None, along: int | None = None) -> Callable:
    """Add dy · share(window) at every window; `down` and `along` stand in for the stride."""

    def make(x, dy, size, stride):
        dx = np.zeros(x.shape)
        for i, j in np.ndindex(dy.shape):
            part = _part(i, j, size, down or stride, along or stride)
            dx[part] += dy[i, j] * share(x[part])
        return dx

    return make


def _side_by_side(x, dy, size, stride):
    """Take windows in steps of their size; those beyond the picture have no cells."""
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(dy.shape):
        part = _part(i, j, size, size, size)
        if x[part].size:
            dx[part] += dy[i, j] * _first(x[part])
    return dx


def _assigned(x, dy, size, stride):
    """Write dy into the chosen cell, over what is there."""
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(dy.shape):
        part = _part(i, j, size, stride, stride)
        dx[part][_first(x[part]) > 0] = dy[i, j]
    return dx


def _written_over(x, dy, size, stride):
    """Write mask · dy over the whole window, zeros included."""
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(dy.shape):
        part = _part(i, j, size, stride, stride)
        dx[part] = dy[i, j] * _first(x[part])
    return dx


def _placed(place: Callable) -> Callable:
    """Add dy at place(i, j, u, v, stride), where (u, v) is the maximum's place in its window."""

    def make(x, dy, size, stride):
        dx = np.zeros(x.shape)
        for i, j in np.ndindex(dy.shape):
            chosen = _first(x[_part(i, j, size, stride, stride)]).argmax()
            cell = place(i, j, *divmod(int(chosen), size), stride)
            if any(index >= length for index, length in zip(cell, x.shape, strict=True)):
                raise ValueError("this mistake leaves the picture here")
            dx[cell] += dy[i, j]
        return dx

    return make


def _everywhere(x, dy, size, stride):
    """Let every cell of the whole picture that equals a window's maximum take its dy."""
    y = max_pool2d(x[None, None], size, stride).y[0, 0]
    return sum(dy[place] * (x == y[place]) for place in np.ndindex(y.shape))


def _first(window):
    return (np.arange(window.size) == window.argmax()).reshape(window.shape)


def _last(window):
    return _first(window[::-1, ::-1])[::-1, ::-1]


def _every(window):
    return window == window.max()


FORGOTTEN = "You forgot the stride: the window of y[i, j] begins at x[i·stride, j·stride]."
MISTAKES = {
    "Every tie takes the whole dy: `window == window.max()` is true for each of them. "
    "Only the first may have it, so that dx adds up to as much as dy.": _added(_every),
    "Ties share dy equally. The sum is right, and it is a convention, too. "
    "Here the first one takes all.": _added(lambda window: _every(window) / _every(window).sum()),
    "Among equals you take the last maximum. Here it is the first, row by row.": _added(_last),
    "Where windows overlap, a cell may be the maximum of several. "
    "Its dy are added: `+=`, not `=`.": _assigned,
    "Each window writes over what the ones before left in dx. "
    "Where they overlap, add: `+=`, not `=`.": _written_over,
    FORGOTTEN: _added(_first, 1, 1),
    "Your windows lie side by side, in steps of their size. They move in steps of the stride.": _side_by_side,
    "Your window takes the stride to the right only, not downwards.": _added(_first, down=1),
    "Your window takes the stride downwards only, not to the right.": _added(_first, along=1),
    "You spread dy evenly over the window. Average pooling does that; here the maximum takes it all.": _added(
        lambda window: 1 / window.size
    ),
    "You gave dy to every cell of the window. Only the maximum made y, so only it gets dy.": _added(
        lambda window: 1
    ),
    "You put the maximum of x there. What goes back is dy[i, j].": lambda x, dy, size, stride: right(
        x, max_pool2d(x[None, None], size, stride).y[0, 0], size, stride
    ),
    "You multiplied dy by the maximum of x. The mask is a 1 there, so dy goes back as it is.": _added(
        lambda window: window.max() * _first(window)
    ),
    "These are the masks, added up: multiply each one by its dy[i, j].": instead(right, dy=np.ones_like),
    "You gave dy to the minimum of each window.": _added(lambda window: _first(-window)),
    "You gave dy to the largest absolute value of each window; the maximum minds the sign.": _added(
        lambda window: _first(np.abs(window))
    ),
    "You forgot where the window begins: (u, v) in the window is (i·stride + u, j·stride + v) in x.": _placed(
        lambda i, j, u, v, stride: (u, v)
    ),
    "The stride is missing where you write into dx: the place is (i·stride + u, j·stride + v).": _placed(
        lambda i, j, u, v, stride: (i + u, j + v)
    ),
    "Row and column within the window are swapped.": _placed(
        lambda i, j, u, v, stride: (i * stride + v, j * stride + u)
    ),
    "You looked for the maximum in all of x. "
    "It may stand in other windows, too: look in its own.": _everywhere,
    "Only the first window is done: does `return` stand inside the loops, "
    "or do they end one too early?": instead(right, dy=only((0, 0))),
    "Only the first row of windows is done: does `return` stand inside the outer loop?": instead(
        right, dy=only(0)
    ),
    **common(right, "dx", "ab", "add each dy[i, j] to one cell of it"),
}


def _read(x, dy, size, stride):
    """How many rows and columns of x the windows read, up to the last one's end."""
    return tuple((count - 1) * stride + size for count in dy.shape)


SHAPES = {
    "That is the shape of dy. dx has the shape of x: one gradient a cell.": lambda *case: case[1].shape,
    "The leftover rows and columns are missing. "
    "No window reads them, so dx is 0 there; but dx has the shape of x.": _read,
    "That is as large as all windows beside each other. dx has the shape of x.": lambda x, dy, size, stride: (
        tuple(count * size for count in dy.shape)
    ),
    "That is dy's size times the stride. dx has the shape of x.": lambda x, dy, size, stride: tuple(
        count * stride for count in dy.shape
    ),
    **swapped(right, ": dx has the shape of x"),
    "That is one mask for each window. Add each, times its dy, "
    "to the cells of dx that its window sees.": lambda x, dy, size, stride: (*dy.shape, size, size),
}
EXERCISE = Exercise(name="dx", right=right, cases=_cases(), scene=_scene, mistakes=MISTAKES, shapes=SHAPES)
