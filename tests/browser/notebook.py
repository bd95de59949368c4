"""A notebook opened in the browser, and the stages in it."""

import operator
import time
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

PAGE_HELPERS = Path(__file__).with_name("page.js")
CELL_ERROR = '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"]'
SLOWEST = 15_000  # milliseconds for anything that a page is waited for


def until(look, wanted, equal=operator.eq) -> None:
    """Look until it is as wanted, because a message needs its time; fail at the deadline."""
    deadline = time.monotonic() + SLOWEST / 1000
    while not equal(sight := look(), wanted):
        assert time.monotonic() < deadline, f"{sight} instead of {wanted}"
        time.sleep(0.03)


@dataclass(frozen=True)
class Notebook:
    """A notebook on a page. `heard` collects what the browser's console reports as errors."""

    page: Page
    path: str
    heard: list[str] = field(default_factory=list)

    def python(self, code: str, seconds: float = 20) -> str:
        """Run code in the notebook's kernel and return what it prints; fail after so many seconds."""
        return self.page.evaluate("(given) => testing.python(...given)", [self.path, code, seconds])

    def kernel(self) -> str:
        """Return the name of the notebook's kernel, which lives on when the page is closed."""
        return self.page.evaluate("path => testing.kernel(path).id", self.path)

    def close(self) -> None:
        """Close the notebook, not its page and not its kernel."""
        self.page.evaluate("path => testing.close(path)", self.path)

    def command(self, name: str, **options) -> None:
        """Run one of JupyterLab's own commands."""
        self.page.evaluate("([name, options]) => testing.command(name, options)", [name, options])

    def complaints(self) -> list[str]:
        """Collect all errors: of cells, of the console, and those that widgets swallow into the log."""
        cells = self.page.locator(CELL_ERROR).all_inner_texts()
        log = self.page.locator(".jp-LogConsoleStatusItem").all_inner_texts()
        return [*self.heard, *cells, *(f"in the log: {text}" for text in log if text.strip())]

    def stages(self) -> list["ShownStage"]:
        """Return all stages, from the top to the bottom."""
        return [ShownStage(self.page, root) for root in self.page.locator(".vizconv-stage").all()]


@dataclass(frozen=True)
class ShownStage:
    """One stage on a page, with the controls of its explorer if it has one."""

    page: Page
    root: Locator

    def panel(self, name: str) -> Locator:
        """Return a panel's element."""
        return self.root.locator(f'[data-panel="{name}"]')

    def cell(self, panel: str, index: str) -> Locator:
        """Return a cell's element by the contract of the page: index "i,j"."""
        return self.panel(panel).locator(f'[data-cell="{index}"]')

    def button(self, name: str) -> Locator:
        """Return a button of the stage by its accessible name."""
        return self.root.get_by_role("button", name=name, exact=True)

    def slider(self, label: str) -> Locator:
        """Return the handle of the explorer's visible slider that is labelled so."""
        output = self.root.locator("xpath=ancestor::*[contains(@class, 'jp-OutputArea-output')]")
        sliders = output.locator(".widget-slider").filter(has=self.page.get_by_text(label, exact=True))
        return sliders.locator(".noUi-handle")

    def open_more(self) -> None:
        """Show the explorer's controls that wait under "more"."""
        output = self.root.locator("xpath=ancestor::*[contains(@class, 'jp-OutputArea-output')]")
        controls = output.locator(".widget-inline-hbox:visible")
        before = controls.count()
        output.get_by_role("button", name="more", exact=True).click()
        expect(controls).not_to_have_count(before)  # the kernel shows them; a key reaches none that is hidden

    def look(self, what: str, *arguments):
        """Ask one of the page's helpers about this stage."""
        return self.root.evaluate(f"(stage, rest) => testing.{what}(stage, ...rest)", list(arguments))

    def numbers(self) -> dict[str, dict[str, str]]:
        """Return what every cell of every panel says: {panel: {index: text}}."""
        return self.look("numbers")

    def formula(self) -> str:
        """Return the formula line."""
        return self.look("formula")

    def sight(self) -> dict:
        """Return {"formula": ..., "lit": {panel: [index, ...]}} of what is pointed at now."""
        return self.look("sight")

    def notes(self) -> str:
        """Return the sentences above the panels."""
        return self.root.locator(".vizconv-notes").inner_text()


def new_window(browser: Browser) -> BrowserContext:
    """Return a window for notebooks: what JupyterLab loads is loaded once for all of them."""
    return browser.new_context(viewport={"width": 1280, "height": 2000})


def new_page(window: BrowserContext) -> Page:
    """Return a page that has the tests' helpers."""
    page = window.new_page()
    page.set_default_timeout(SLOWEST)
    page.add_init_script(path=PAGE_HELPERS)
    return page


def open_notebook(window: BrowserContext, address: str, path: str) -> Notebook:
    """Open a notebook on a page and in a workspace of its own, and run all its cells."""
    page = new_page(window)
    workspace = "".join(letter if letter.isalnum() else "_" for letter in path)
    page.goto(f"{address}/lab/workspaces/{workspace}/tree/{path}")
    return run(page, path)


def open_beside(page: Page, path: str) -> Notebook:
    """Open a notebook on a page of JupyterLab, and run all its cells."""
    page.wait_for_function("() => window.jupyterapp", timeout=3 * SLOWEST)
    page.evaluate("path => testing.open(path)", path)
    return run(page, path)


def run(page: Page, path: str) -> Notebook:
    """Run all cells of a notebook that is being opened on a page."""
    notebook = Notebook(page, path)
    page.on("console", lambda said: notebook.heard.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: notebook.heard.append(str(error)))
    page.wait_for_function("path => Boolean(testing.notebook(path))", arg=path, timeout=3 * SLOWEST)
    page.evaluate("path => testing.ready(path)", path)
    notebook.command("notebook:run-all-cells")
    return notebook
