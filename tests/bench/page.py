"""A page of a real JupyterLab to measure in: cells that have run, and functions for the page."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import FLAGS, notebook_of
from tests.browser.laboratory import laboratory
from tests.browser.notebook import new_window, open_notebook

WAITING = Path(__file__).with_name("waiting.js")


@contextmanager
def page_of(cells: Sequence[str], script: Path) -> Iterator[Page]:
    """Run cells in a notebook and lend its page, where the script's functions are.

    Raises RuntimeError at the end when the page has complained.
    """
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        notebooks, state = Path(folder, "notebooks"), Path(folder, "state")
        notebooks.mkdir()
        state.mkdir()
        nbformat.write(notebook_of(cells), notebooks / "bench.ipynb")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        with laboratory(notebooks, state) as address:
            notebook = open_notebook(new_window(browser), address, "bench.ipynb")
            for functions in (WAITING, script):
                notebook.page.evaluate(functions.read_text())
            yield notebook.page
            complaints = notebook.complaints()
        browser.close()
    if complaints:
        raise RuntimeError(f"the page complained: {complaints}")
