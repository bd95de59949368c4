"""Watching a training run: a bar that fills while `fit` works."""

from collections.abc import Iterable, Iterator

import ipywidgets
from IPython.display import display

from vizconv.engine.training import EpochProgress, Progress


def progress(records: Iterable[Progress], epochs: int) -> Iterator[Progress]:
    """Pass on the records of `fit` and show a bar of `epochs` steps with the losses as they come.

    Stop it as you would stop the loop around it: every record holds the network so far.
    """
    bar = ipywidgets.IntProgress(0, 0, epochs, description="training", layout={"width": "320px"})
    says = ipywidgets.Label("")
    display(ipywidgets.HBox([bar, says]))
    for record in records:
        if isinstance(record, EpochProgress):
            bar.value = record.epoch
            says.value = f"epoch {record.epoch} of {epochs}: loss {record.loss:.3f}, {_share(record)}"
        yield record


def _share(record: EpochProgress) -> str:
    if record.validation is None:
        return f"{record.accuracy:.1%} right"
    return f"{record.accuracy:.1%} right, {record.validation.accuracy:.1%} of the digits held out"
