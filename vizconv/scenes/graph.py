"""A scene drawn as a graph: where each cell stands, and the edges between cells. Data, no drawing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Cell = tuple[str, int]  # a panel's name, and one of its cells in row-major order
Spots = Mapping[str, tuple[tuple[float, float], ...]]  # for each panel the (column, row) of every cell


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A line from one cell to another.

    over: a cell on its way, such as the weight that it multiplies by; weight: the cell whose number it is as
    thick as, in that number's colour, None for a thin line; back: whether a gradient comes back along it;
    lights: groups of cells; it is lit where all of one are lit or pointed at; by default those it touches.
    """

    start: Cell
    end: Cell
    over: Cell | None = None
    weight: Cell | None = None
    back: bool = False
    lights: tuple[tuple[Cell, ...], ...] = ()

    @property
    def touched(self) -> tuple[Cell, ...]:
        """The cells on its way."""
        return (self.start, self.end) if self.over is None else (self.start, self.over, self.end)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """All cells that it names."""
        lights = (cell for group in self.lights for cell in group)
        return (*self.touched, *lights, *(() if self.weight is None else (self.weight,)))


@dataclass(frozen=True, kw_only=True)
class Graph:
    """A graph: the spots of its cells where there is room from left to right, and where it runs downwards.

    Spots are counted in cells with their names, and may lie between two. nodes: cells that belong together,
    such as those of one neuron. A panel's name stands above each of its cells, or once for those in `listed`.
    """

    wide: Spots
    tall: Spots
    edges: tuple[Edge, ...] = ()
    nodes: tuple[tuple[Cell, ...], ...] = ()
    listed: frozenset[str] = frozenset()

    def cells(self) -> Iterator[Cell]:
        """Yield every cell that edges and nodes name."""
        for group in (*(edge.cells for edge in self.edges), *self.nodes):
            yield from group


def require_graph(graph: Graph | None, sizes: Mapping[str, int], placed: Mapping[str, int]) -> None:
    """Raise ValueError unless every placed cell has its spots, and edges and nodes name cells that are there.

    `sizes` and `placed` are the numbers of cells of all panels and of those with a place, by name.
    """
    if graph is None:
        return
    for spots in (graph.wide, graph.tall):
        found = {name: len(each) for name, each in spots.items()}
        if found != placed:
            raise ValueError(f"the graph has spots for {found} cells; {dict(placed)} are on show")
    for name, cell in graph.cells():
        if not 0 <= cell < sizes.get(name, 0):
            raise ValueError(f"the graph names cell {cell} of {name!r}; there are {dict(sizes)}")
