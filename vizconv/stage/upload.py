"""A button to upload a file, however large: it travels in parts, or a sentence says why not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import traitlets

from vizconv.stage.modules import script
from vizconv.stage.widget import Widget

HERE = Path(__file__).parent
MOST = 64_000_000  # bytes of a file


class Upload(Widget):
    """Let a learner choose a file: `taken(data)` gets its bytes, `refused(sentence)` why it is not read.

    ipywidgets' own FileUpload sends a file in one message, and a Jupyter server drops messages of more
    than ten million bytes, so that a large photograph would vanish without a word.
    """

    _esm = script(HERE / "upload.js")
    description = traitlets.Unicode().tag(sync=True)
    accept = traitlets.Unicode().tag(sync=True)
    most = traitlets.Int(MOST).tag(sync=True)

    def __init__(
        self,
        description: str,
        taken: Callable[[bytes], None],
        refused: Callable[[str], None],
        accept: str = "image/*",
    ):
        self._taken, self._refused, self._parts = taken, refused, bytearray()
        super().__init__(description=description, accept=accept)
        self.on_msg(self._take_part)

    def _take_part(self, _, content, buffers) -> None:
        """Take the next part {size, at} of a file; one that does not follow the last, or fit, is dropped."""
        part: dict[str, Any] = content if isinstance(content, dict) else {}
        size, at = part.get("size"), part.get("at", -1)
        if type(size) is not int:
            return
        if size > self.most:
            self._refused(f"The file has {size:,} bytes; at most {self.most:,} are read.")
            return
        if at == 0:
            self._parts = bytearray()
        more = sum(map(len, buffers or []))
        if at == len(self._parts) and at + more <= size:
            self._parts += b"".join(buffers or [])
            if len(self._parts) == size:
                self._taken(bytes(self._parts))
