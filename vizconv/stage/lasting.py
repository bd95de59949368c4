"""How a widget stays to be seen: its cell keeps a picture, or words, for when nothing runs any more.

A notebook that was saved and opened again knows no widget: JupyterLab then says "model not found" and shows
nothing else of that output. So the picture is an output of its own, right below, and `theme.css` hides it
while the widget above it is alive.
"""

import base64
from collections.abc import Callable
from typing import Any

from IPython.display import display

from vizconv.draw.figures import with_words_below

AGAIN = "Run this cell to bring it to life."
VIEW, PNG = "application/vnd.jupyter.widget-view+json", "image/png"


class Lasting:
    """What shows itself as a widget, and below as a picture for later, or in words where it has none."""

    _repr_mimebundle_: Callable[..., Any]

    def _ipython_display_(self, **kwargs: Any) -> None:
        bundle: Any = self._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        display({kind: part for kind, part in data.items() if kind != PNG}, metadata=metadata, raw=True)
        if VIEW in data:
            later = _picture(data[PNG]) if PNG in data else {"text/markdown": f"*{self!r}*"}
            display({**later, "text/plain": AGAIN}, raw=True)


def _picture(still: str) -> dict[str, str]:
    picture = with_words_below(base64.b64decode(still), AGAIN)
    return {PNG: base64.b64encode(picture).decode("ascii")}
