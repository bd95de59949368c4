"""Neurons drawn as graphs: where each number stands, from left to right or downwards, and the edges."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import prod

from vizconv.scenes.graph import Cell, Edge, Graph

GAP = 0.25  # of a cell: where edges are to be seen
NODE, AIR = 4.0, 0.25  # cells that a neuron is long, and between it and the next
MOST_LAYERS, MOST_ROWS = 3, 9.0  # of more there are panels: cells could no longer be read
Names = Mapping[str, str]  # of a layer's panels, by their kinds; see chain.py
Spots = dict[str, tuple[tuple[float, float], ...]]
Places = Sequence[tuple[float, float]]


def chain_graph(sizes: Sequence[int], layers: Sequence[Names]) -> Graph | None:
    """Draw layers of neurons and their cost as a graph; None where there are too many for one stage.

    sizes are those of the inputs and of every layer, `layers` the names of each layer's panels. Forwards
    one reads from left to right, and below, along the same edges, the gradients back from right to left.
    """
    if not _fits(sizes, NODE + AIR, 2):
        return None
    return Graph(
        wide=_wide(sizes, layers),
        tall=_tall(sizes, layers),
        edges=(*_layer_edges(sizes, layers), *_cost_edges(sizes[-1], layers[-1])),
        nodes=tuple(_nodes(sizes, layers)),
    )


def _fits(sizes: Sequence[int], neuron: float, weight: float) -> bool:
    return len(sizes) - 1 <= MOST_LAYERS and _length(sizes, neuron, weight) <= MOST_ROWS


def _length(sizes: Sequence[int], neuron: float, weight: float) -> float:
    """Return how many cells the widest layer takes: of neurons, or of the weights before them."""
    return max(*(neuron * size for size in sizes), *(weight * number for number in _weights(sizes)))


def _weights(sizes: Sequence[int]) -> list[int]:
    return [prod(pair) for pair in pairwise(sizes)]


def _spread(count: int, each: float, length: float) -> list[float]:
    """Return where each of so many things begins, spread evenly over a length."""
    return [(number + 0.5) * length / count - each / 2 for number in range(count)]


def _set(spots: Spots, places: Mapping[str, Places]) -> None:
    spots.update({name: (*spots.get(name, ()), *at) for name, at in places.items()})


# ---- From left to right --------------------------------------------------------------------------------


def _wide(sizes: Sequence[int], layers: Sequence[Names]) -> Spots:
    length, spots, left = _length(sizes, NODE + AIR, 2), Spots(), 1 + GAP
    for top in _spread(sizes[0], NODE, length):
        _set(spots, {layers[0]["before"]: [(0, top + 1)], layers[0]["dbefore"]: [(0, top + 3)]})
    for names, size, weights in zip(layers, sizes[1:], _weights(sizes), strict=True):
        apart = weights * NODE <= length  # then along the lines of the neurons
        for top in _spread(weights, NODE if apart else 2, length):
            rows = (top + 1, top + 3) if apart else (top, top + 1)
            _set(
                spots,
                {name: [(left, row)] for name, row in zip((names["w"], names["dw"]), rows, strict=True)},
            )
        for top in _spread(size, NODE, length):
            _set(spots, _neuron(names, left + 1 + GAP, top))
        left += 3 + 2 * GAP
    return {**spots, **_wide_cost(sizes[-1], left, length)}


def _neuron(names: Names, left: float, top: float) -> dict[str, Places]:
    return {
        names["b"]: [(left, top)],
        names["db"]: [(left + 1, top)],
        names["z"]: [(left, top + 1)],
        names["a"]: [(left + 1, top + 1)],
        names["slope"]: [(left + 0.5, top + 2)],
        names["delta"]: [(left, top + 3)],
        names["da"]: [(left + 1, top + 3)],
    }


def _wide_cost(outputs: int, left: float, length: float) -> Spots:
    """Turn round behind the outputs: down from a − y to C, from where the gradients go back."""
    tops = _spread(outputs, NODE, length)
    rows = {"y": 0, "difference": 1, "C" if outputs == 1 else "square": 3}
    spots = {name: tuple((left, top + row) for top in tops) for name, row in rows.items()}
    return spots if outputs == 1 else {**spots, "C": ((left + 1 + GAP, length / 2 - 0.5),)}


# ---- Downwards -----------------------------------------------------------------------------------------


def _tall(sizes: Sequence[int], layers: Sequence[Names]) -> Spots:
    length, spots, top = max(NODE, _length(sizes, 2 + AIR, 1)), Spots(), 1 + GAP
    for left in _spread(sizes[0], 2, length):
        _set(spots, {layers[0]["before"]: [(left, 0)], layers[0]["dbefore"]: [(left + 1, 0)]})
    for names, size, weights in zip(layers, sizes[1:], _weights(sizes), strict=True):
        beside = 2 * weights <= length
        for left in _spread(weights, 2 if beside else 1, length):
            below = (left + 1, top) if beside else (left, top + 1)
            _set(spots, {names["w"]: [(left, top)], names["dw"]: [below]})
        top += (1 if beside else 2) + GAP
        for left in _spread(size, 2, length):
            _set(spots, _tall_neuron(names, left, top))
        top += NODE + GAP
    return {**spots, **_tall_cost(sizes[-1], top, length)}


def _tall_neuron(names: Names, left: float, top: float) -> dict[str, Places]:
    return {
        names["b"]: [(left, top)],
        names["db"]: [(left + 1, top)],
        names["z"]: [(left, top + 1)],
        names["delta"]: [(left + 1, top + 1)],
        names["slope"]: [(left + 0.5, top + 2)],
        names["a"]: [(left, top + 3)],
        names["da"]: [(left + 1, top + 3)],
    }


def _tall_cost(outputs: int, top: float, length: float) -> Spots:
    lefts = _spread(outputs, 2, length)
    places = {
        "difference": (0, 0),
        "C" if outputs == 1 else "square": (1, 0),
        "y": (-1, 0) if outputs == 1 else (0, 1),
    }
    spots = {
        name: tuple((left + column, top + row) for left in lefts) for name, (column, row) in places.items()
    }
    return spots if outputs == 1 else {**spots, "C": ((length / 2 - 0.5, top + 2 + GAP),)}


# ---- Edges and nodes -----------------------------------------------------------------------------------


def _nodes(sizes: Sequence[int], layers: Sequence[Names]) -> Iterator[tuple[Cell, ...]]:
    for names, size in zip(layers, sizes[1:], strict=True):
        for neuron in range(size):
            yield tuple((names[kind], neuron) for kind in ("b", "db", "z", "a", "slope", "delta", "da"))


def _layer_edges(sizes: Sequence[int], layers: Sequence[Names]) -> Iterator[Edge]:
    for names, inputs, size in zip(layers, sizes, sizes[1:], strict=False):
        for neuron in range(size):
            for source in range(inputs):
                yield from _weight_edges(names, neuron, source, neuron * inputs + source)
            yield from _inner_edges(names, neuron)


def _weight_edges(names: Names, neuron: int, source: int, cell: int) -> Iterator[Edge]:
    """Yield an edge that multiplies by a weight on the way to z, and the way back of δ over its ∂C/∂w."""
    before, w, z = (names["before"], source), (names["w"], cell), (names["z"], neuron)
    dbefore, dw, delta = (names["dbefore"], source), (names["dw"], cell), (names["delta"], neuron)
    yield Edge(start=before, over=w, end=z, weight=w)
    flow, passed = {"weight": (names["flow"], cell), "back": True}, (delta, w, dbefore)
    yield Edge(start=delta, end=dw, lights=((delta, dw), passed), **flow)
    yield Edge(start=dw, end=dbefore, lights=(passed,), **flow)


def _inner_edges(names: Names, neuron: int) -> Iterator[Edge]:
    b, z, a, slope, delta, da = ((names[kind], neuron) for kind in ("b", "z", "a", "slope", "delta", "da"))
    yield Edge(start=b, end=z)
    yield Edge(start=z, end=a)
    yield Edge(start=da, over=slope, end=delta, back=True)


def _cost_edges(outputs: int, last: Names) -> Iterator[Edge]:
    end = "C" if outputs == 1 else "square"
    for cell in range(outputs):
        a, y, difference, da = (last["a"], cell), ("y", cell), ("difference", cell), (last["da"], cell)
        yield Edge(start=a, end=difference)
        yield Edge(start=y, end=difference)
        yield Edge(start=difference, end=(end, cell))
        yield Edge(start=(end, cell), end=da, back=True, lights=((difference, da),))
        if outputs > 1:
            yield Edge(start=("square", cell), end=("C", 0))


# ---- Paths ---------------------------------------------------------------------------------------------


def paths_graph(sizes: Sequence[int], count: int) -> Graph | None:
    """Draw the neurons whose `count` paths are listed, and the list below it; None where it is too large.

    Each product of a path so far stands below the neuron or the weights that it has come back to.
    """
    if not _fits(sizes, 1, 1) or count > MOST_ROWS - 1:
        return None
    rows, layers = _length(sizes, 2, 1), len(sizes) - 1
    wide = {**_wide_slopes(sizes, rows), **_wide_list(layers, count, rows + GAP)}
    edges, listed = tuple(_path_edges(sizes)), frozenset(_products(layers))
    return Graph(wide=wide, tall=_tall_paths(sizes, count), edges=edges, listed=listed)


def _products(layers: int) -> list[str]:
    """Name the panels of the products so far, from the inputs on."""
    return ["to a0", *(f"to {kind}{number}" for number in range(1, layers + 1) for kind in "za")][:-1]


def _wide_slopes(sizes: Sequence[int], rows: float) -> Spots:
    tops, last = _spread(sizes[0], 2, rows), len(sizes) - 1
    spots: Spots = {"a0": tuple((0, top) for top in tops), "da0": tuple((0, top + 1) for top in tops)}
    for number, (size, weights) in enumerate(zip(sizes[1:], _weights(sizes), strict=True), 1):
        left = _column(number)
        for name, column in ((f"w{number}", left), (f"via w{number}", left + 1)):
            spots[name] = tuple((column, top) for top in _spread(weights, 1, rows))
        spots[f"slope{number}"] = tuple((left + 2 + GAP, top) for top in _spread(size, 1, rows))
    ends = [(_column(last + 1), top) for top in _spread(sizes[-1] + 1, 1, rows)]
    return {**spots, f"da{last}": tuple(ends[1:]), "C": tuple(ends[:1])}


def _column(number: int) -> float:
    """Return where the weights of a layer begin."""
    return 1 + GAP + (number - 1) * (3 + 2 * GAP)


def _wide_list(layers: int, count: int, top: float) -> Spots:
    columns = [0.0]
    for number in range(1, layers + 1):
        columns += [_column(number) + 2 + GAP, _column(number + 1)]
    listed = zip(_products(layers), columns, strict=False)
    return {name: tuple((column, top + row) for row in range(count)) for name, column in listed}


def _tall_paths(sizes: Sequence[int], count: int) -> Spots:
    last, names = len(sizes) - 1, _products(len(sizes) - 1)
    length, top = max(_length(sizes, 2, 1), len(names)), 1 + GAP
    lefts = _spread(sizes[0], 2, length)
    spots: Spots = {"a0": tuple((left, 0) for left in lefts), "da0": tuple((left + 1, 0) for left in lefts)}
    for number, (size, weights) in enumerate(zip(sizes[1:], _weights(sizes), strict=True), 1):
        beside = 2 * weights <= length
        places = _spread(weights, 2 if beside else 1, length)
        spots[f"w{number}"] = tuple((left, top) for left in places)
        below = (1, 0) if beside else (0, 1)
        spots[f"via w{number}"] = tuple((left + below[0], top + below[1]) for left in places)
        top += (1 if beside else 2) + GAP
        spots[f"slope{number}"] = tuple((left, top) for left in _spread(size, 1, length))
        top += 1 + GAP
    ends = _spread(sizes[-1] + 1, 1, length)
    spots |= {f"da{last}": tuple((left, top) for left in ends[:-1]), "C": ((ends[-1], top),)}
    below = top + 1 + GAP
    columns = zip(names, _spread(len(names), 1, length), strict=True)
    return {**spots, **{name: tuple((at, below + row) for row in range(count)) for name, at in columns}}


def _path_edges(sizes: Sequence[int]) -> Iterator[Edge]:
    """Yield an edge for every weight, lit with each path that runs over it, and those from C."""
    last = len(sizes) - 1
    for number, (inputs, size) in enumerate(pairwise(sizes), 1):
        before = f"slope{number - 1}" if number > 1 else "a0"
        for neuron in range(size):
            for source in range(inputs):
                cell, ends = neuron * inputs + source, ((before, source), (f"slope{number}", neuron))
                w, via = (f"w{number}", cell), (f"via w{number}", cell)
                yield Edge(start=ends[1], over=w, end=ends[0], weight=w, back=True, lights=((via,), (w,)))
    for neuron in range(sizes[-1]):
        yield Edge(start=("C", 0), end=(f"da{last}", neuron), back=True)
        yield Edge(start=(f"da{last}", neuron), end=(f"slope{last}", neuron), back=True)
