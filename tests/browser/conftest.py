"""One JupyterLab and one Chromium for all browser tests, on a copy of the lessons."""

import shutil
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser import nonsense
from tests.browser.laboratory import laboratory
from tests.browser.notebook import new_page, new_window, open_beside
from tests.lessons.driving import START
from tests.lessons.rules import names, read

expect.set_options(timeout=15_000)  # milliseconds
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser(chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def window(browser):
    window = new_window(browser)
    yield window
    window.close()


@pytest.fixture(scope="session")
def notebooks(tmp_path_factory) -> Path:
    """Copy the lessons to a folder, each behind a recorder, with what the tests' own notebook imports."""
    folder = tmp_path_factory.mktemp("notebooks")
    for name in names():
        lesson = read(name).notebook
        lesson.cells.insert(0, nbformat.v4.new_code_cell(START))
        nbformat.write(lesson, folder / name)
    shutil.copy(nonsense.__file__, folder)
    return folder


@pytest.fixture(scope="session")
def state(tmp_path_factory) -> Path:
    """The folder of JupyterLab's settings, log and connections."""
    return tmp_path_factory.mktemp("jupyter")


@pytest.fixture(scope="session")
def address(notebooks, state):
    with laboratory(notebooks, state) as address:
        yield address


@pytest.fixture(scope="session")
def page(window, address):
    """The page of JupyterLab on which one notebook is opened after the other."""
    page = new_page(window)
    page.goto(f"{address}/lab")
    return page


@pytest.fixture(scope="module")
def opened(page, notebooks):
    """Open a lesson, or a notebook made of the given cells, and run it; close all at the module's end."""
    made = []

    def open_and_run(path: str, *cells: str):
        if cells:
            nbformat.write(notebook_of(cells), notebooks / path)
        made.append(open_beside(page, path))
        return made[-1]

    yield open_and_run
    for notebook in made:
        notebook.close()


def notebook_of(cells) -> nbformat.NotebookNode:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = [nbformat.v4.new_code_cell(source) for source in cells]
    return nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel})
