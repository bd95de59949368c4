"""The stage in a real JupyterLab in Chromium: what the page says is what the engine says."""

import json
import re

import nbformat
import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser import expected
from tests.browser.nonsense import nonsense
from tests.browser.notebook import ShownStage, new_page, until
from vizconv.examples.matrices import WORKED_INPUT, WORKED_KERNEL

CONTRAST = 4.5  # to one: what WCAG asks for text
COUNTING = np.arange(49).reshape(7, 7)
WORKBENCH = (
    "import numpy as np\nimport vizconv as vc\nfrom nonsense import nonsense",
    "worked = vc.explore.correlation()\nworked",
    "marked = vc.explore.correlation('counting', np.ones((3, 3), int), stride=4, padding=1)\nmarked",
    "vc.stage.Stage(nonsense())",
    "ramp = np.linspace(-100, 100, 77).reshape(7, 11)\n"
    "vc.explore.correlation(ramp, [[1]], padding=2, border='repeat')",
)
BUSY = "import time; time.sleep(1)"


@pytest.fixture(scope="module")
def opened_workbench(opened):
    notebook = opened("workbench.ipynb", *WORKBENCH)
    expect(notebook.page.locator(".vizconv-stage")).to_have_count(len(WORKBENCH) - 1)
    return notebook


@pytest.fixture
def workbench(opened_workbench):
    """A notebook of stages: the worked example, marked cells, nonsense, a ramp with a repeated border."""
    opened_workbench.page.bring_to_front()
    yield opened_workbench
    assert opened_workbench.complaints() == []


@pytest.fixture
def worked(workbench):
    """The worked example as at the start."""
    workbench.python("worked.show(worked._start)")
    stage = workbench.stages()[0]
    stage.button("to the end").click()
    until(stage.numbers, worked_example().numbers())
    yield stage
    workbench.page.keyboard.press("Escape")


@pytest.fixture
def on_top(opened):
    """Open another notebook over those that are open, until the test ends; return it and its element."""
    made = []

    def open_on_top(*given):
        made.append(opened(*given))
        return made[-1], made[-1].page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    yield open_on_top
    for notebook in made:
        notebook.close()


@pytest.fixture
def marked(workbench):
    return workbench.stages()[1]


def worked_example(x=WORKED_INPUT, k=WORKED_KERNEL, **sliding) -> expected.Expected:
    return expected.correlation(np.array(x), np.array(k), **sliding)


# ---- Pointing and moving -------------------------------------------------------------------------------


def test_a_click_holds_a_cell_until_escape(worked):
    worked.cell("y", "1,1").click()
    held = worked_example().sight("y", "1,1")
    worked.cell("x", "3,3").hover()
    assert worked.sight() == held
    assert worked.look("marked", "vizconv-pinned")["y"] == ["1,1"]
    worked.page.keyboard.press("Escape")
    assert worked.look("marked", "vizconv-pinned")["y"] == []
    worked.cell("x", "3,2").hover()
    assert worked.sight() == worked_example().sight("x", "3,2")


def test_a_second_click_lets_go(worked):
    for held in (True, False):
        worked.cell("w", "0,1").click()
        assert worked.look("marked", "vizconv-pinned")["w"] == (["0,1"] if held else [])


def test_arrow_keys_move_and_stop_at_the_edge(worked):
    wanted = worked_example()
    worked.panel("x").focus()
    path = {"ArrowRight": "0,1", "ArrowDown": "1,1", "ArrowLeft": "1,0", "ArrowUp": "0,0"}
    for key, index in path.items():
        worked.page.keyboard.press(key)
        assert worked.sight() == wanted.sight("x", index)
    worked.page.keyboard.press("ArrowUp")
    assert worked.sight() == wanted.sight("x", "0,0")


def test_keys_in_the_stage_are_not_the_notebooks(worked, workbench):
    focusable = worked.root.locator("button:visible, input:visible, [tabindex]:visible").all()
    assert len(focusable) > 8
    for element in focusable:
        element.focus()
        workbench.page.keyboard.type("ddm")  # to the notebook: delete the cell, turn the next into prose
    assert len(workbench.stages()) == len(WORKBENCH) - 1
    worked.panel("x").focus()
    workbench.page.keyboard.type("00\n")  # to the notebook: restart the kernel
    assert worked.numbers()["x"]["0,0"] == "0"


def test_step_and_back_fill_the_sums_one_by_one(worked):
    wanted = worked_example()
    texts = wanted.numbers()["y"]
    worked.button("to the start").click()
    assert set(worked.numbers()["y"].values()) == {""}
    assert worked.formula() == "y[0,0] = …"
    for position, index in [*enumerate(texts)][:4]:
        worked.button("step").click()
        assert filled(worked) == [*texts][: position + 1]
        assert worked.sight() == wanted.sight("y", index)
    worked.button("step back").click()
    assert filled(worked) == [*texts][:3]
    worked.button("to the end").click()
    assert worked.numbers() == wanted.numbers()


def filled(stage) -> list[str]:
    """Collect the cells of y that have a number, and check each number."""
    shown, texts = stage.numbers()["y"], worked_example().numbers()["y"]
    assert {index: text for index, text in shown.items() if text}.items() <= texts.items()
    return [index for index, text in shown.items() if text]


def test_scrubbing_goes_to_any_position(worked):
    scrub = worked.root.get_by_role("slider", name="position")
    scrub.press("Home")
    assert filled(worked) == []
    for _ in range(5):
        scrub.press("ArrowRight")
    assert len(filled(worked)) == 5
    expect(worked.root.get_by_text("5 of 9")).to_be_visible()
    scrub.press("End")
    assert worked.numbers() == worked_example().numbers()


def test_space_plays_and_pauses(worked):
    worked.button("to the start").click()
    worked.panel("y").focus()
    worked.page.keyboard.press("Space")
    expect(worked.button("pause")).to_be_visible()
    expect(worked.root.get_by_text(re.compile("^[2-8] of 9$"))).to_be_visible()
    worked.page.keyboard.press("Space")
    expect(worked.button("play")).to_be_visible()
    assert 2 <= len(filled(worked)) < 9


def test_play_ends_at_the_end(worked):
    for speed in ("1×", "2×", "5×"):
        worked.root.get_by_text(speed, exact=True).click()
    worked.button("to the start").click()
    worked.button("play").click()
    expect(worked.root.get_by_text("9 of 9")).to_be_visible()
    expect(worked.button("play")).to_be_visible()
    assert worked.numbers() == worked_example().numbers()


def test_padding_and_never_read_cells_look_different(marked):
    wanted = expected.correlation(COUNTING, np.ones((3, 3), int), stride=(4, 4), padding=(1, 1))
    read = {row["left"] for row in wanted.sides[0].rows}
    outside = [index for index in wanted.values["x"] if not {"-1", "7"}.isdisjoint(index.split(","))]
    unread = [index for index in wanted.values["x"] if index not in read]
    assert outside and unread
    assert marked.look("marked", "vizconv-padding") == {"x": outside, "w": [], "y": []}
    assert marked.look("marked", "vizconv-never-read") == {"x": unread, "w": [], "y": []}
    assert marked.numbers() == wanted.numbers()
    assert marked.look("sights", 1) == wanted.sights()
    legend = marked.root.locator(".vizconv-legend").inner_text()
    assert "padding" in legend and "never read" in legend
    assert "floor gives 2" in marked.notes()


def test_the_mouse_on_every_cell_of_every_panel(worked):
    wanted = worked_example()
    for panel, cells in wanted.values.items():
        for index in cells:
            worked.cell(panel, index).hover()
            assert worked.sight() == wanted.sight(panel, index)


def test_a_slider_brings_a_new_scene(worked):
    worked.slider("stride").press("ArrowRight")
    expect(worked.panel("y").locator("[data-cell]")).to_have_count(4)
    assert worked.numbers() == worked_example(stride=(2, 2)).numbers()
    assert worked.look("sights", 1) == worked_example(stride=(2, 2)).sights()
    worked.slider("stride").press("ArrowLeft")
    expect(worked.panel("y").locator("[data-cell]")).to_have_count(9)
    assert worked.numbers() == worked_example().numbers()


# ---- Changing --------------------------------------------------------------------------------------------


def test_a_typed_number_changes_the_sums_at_once_and_then_the_kernel(worked, workbench):
    x, k = np.array(WORKED_INPUT), np.array(WORKED_KERNEL)
    x[1, 2], k[0, 1] = -12, 3
    type_into(worked.cell("x", "1,2"), "−12")
    assert worked.numbers() == worked_example(x).numbers()
    worked.cell("w", "0,1").click()
    worked.page.keyboard.type("3\n")
    wanted = worked_example(x, k)
    assert worked.numbers() == wanted.numbers()
    assert worked.sight() == wanted.sight("w", "0,1")
    reach_the_kernel(workbench, wanted)
    assert workbench.python("print(worked.settings.w.tolist())") == f"{k.tolist()}\n"
    assert worked.numbers() == wanted.numbers()


def reach_the_kernel(workbench, wanted):
    """Wait until the kernel's scene of the worked example has the numbers of the page."""
    code = "print([panel.values.ravel().tolist() for panel in worked.stage.scene.panels])"
    numbers = [list(cells.values()) for cells in wanted.values.values()]
    until(lambda: json.loads(workbench.python(code)), numbers)


def test_a_busy_kernel_loses_no_change(worked, workbench):
    x = np.array(WORKED_INPUT)
    workbench.page.evaluate("([path, code]) => void testing.python(path, code)", [workbench.path, BUSY])
    for number in range(4):
        x[number, number] = 20 + number
        type_into(worked.cell("x", f"{number},{number}"), str(20 + number))
    assert worked.numbers() == worked_example(x).numbers()
    reach_the_kernel(workbench, worked_example(x))
    assert worked.numbers() == worked_example(x).numbers()


def test_dragging_paints_and_undo_takes_it_back(worked, workbench):
    x = np.array(WORKED_INPUT)
    worked.cell("x", "0,0").hover()
    workbench.page.mouse.down()
    for index in ("0,1", "0,2", "1,2"):
        worked.cell("x", index).hover()
    workbench.page.mouse.up()
    x[0, 1] = x[0, 2] = x[1, 2] = x[0, 0]
    assert worked.numbers() == worked_example(x).numbers()
    reach_the_kernel(workbench, worked_example(x))
    worked.button("undo").click()
    assert worked.numbers() == worked_example().numbers()
    reach_the_kernel(workbench, worked_example())


def type_into(cell, text):
    cell.dblclick()
    cell.get_by_role("textbox").fill(text)
    cell.get_by_role("textbox").press("Enter")


def test_what_is_no_number_is_refused_in_place(worked, workbench):
    cell = worked.cell("x", "0,0")
    type_into(cell, "two")
    expect(worked.root.get_by_role("alert")).to_contain_text("“two” is not a number")
    expect(cell.get_by_role("textbox")).to_be_focused()
    worked.page.keyboard.press("Escape")
    expect(cell.get_by_role("textbox")).to_have_count(0)
    assert worked.numbers() == worked_example().numbers()
    assert workbench.python("print(worked.stage.scene.panel('x').values[0, 0])") == "1\n"


def test_a_number_is_taken_when_another_cell_is_clicked_and_dropped_by_escape(worked, workbench):
    x = np.array(WORKED_INPUT)
    x[0, 0], alert = 77, worked.root.get_by_role("alert")
    worked.cell("x", "0,0").dblclick()
    workbench.page.keyboard.type("77")
    worked.cell("x", "1,1").click()
    assert worked.numbers() == worked_example(x).numbers()
    reach_the_kernel(workbench, worked_example(x))
    for text, said in (("abc", "✗ “abc” is not a number; type one such as −2, 0.5 or 1/9."), (" ", "")):
        worked.cell("x", "0,0").dblclick()
        workbench.page.keyboard.type(text)
        worked.cell("x", "2,2").click()
        expect(alert).to_have_text(said)
        assert worked.numbers() == worked_example(x).numbers()
    worked.cell("x", "0,0").dblclick()
    workbench.page.keyboard.type("5")
    workbench.page.keyboard.press("Escape")
    expect(worked.panel("x")).to_be_focused()
    assert worked.numbers() == worked_example(x).numbers()


def test_escape_lets_go_while_a_slider_has_the_focus(worked, workbench):
    worked.cell("y", "1,1").click()
    worked.slider("stride").focus()
    workbench.page.keyboard.press("Escape")
    assert worked.look("marked", "vizconv-pinned")["y"] == []
    until(lambda: workbench.python("print(worked.stage.pinned)"), "{}\n")


SAVED = "path => !testing.notebook(path).context.model.dirty"
CHANGED = "path => { testing.notebook(path).context.model.dirty = true; }"


def save(workbench):
    """Press the keys that save, anew while an earlier save is under way; say whether all is saved."""
    workbench.page.keyboard.press("Control+s")
    return workbench.page.evaluate(SAVED, workbench.path)


def test_the_notebook_is_saved_from_within_a_stage(worked, workbench):
    """Keys with Ctrl are JupyterLab's, wherever the focus is; taking back is the stage's."""
    page = workbench.page
    focus = {
        "a panel": worked.panel("x").focus,
        "a button": worked.button("step").focus,
        "a range": worked.root.get_by_role("slider", name="position").focus,
        "a field": worked.cell("x", "0,0").dblclick,
        "after Escape": lambda: page.keyboard.press("Escape"),
    }
    for place, move in focus.items():
        page.evaluate(CHANGED, workbench.path)
        move()
        until(lambda: save(workbench), True)
        forbidding = worked.root.locator("[data-lm-suppress-shortcuts]").count()
        assert forbidding > 8, place
    type_into(worked.cell("x", "0,0"), "50")
    page.keyboard.press("Control+z")
    assert worked.numbers() == worked_example().numbers()


def test_code_is_copied_as_often_as_asked_and_hidden_by_a_button(worked, workbench):
    page, code, alert = workbench.page, worked.root.locator(".vizconv-code"), worked.root.get_by_role("alert")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for stride, changed in (("", worked.slider("stride")), (", stride=(2, 2)", None)):
        worked.button("copy as code").click()
        expect(alert).to_have_text("Copied; the same lines are shown below.")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.endswith(f"vc.cross_correlate(x, k{stride})\n")
        assert code.text_content() == copied
        if changed:
            changed.press("ArrowRight")
            expect(alert).to_have_text("")
            expect(code).to_contain_text("stride=(2, 2)")
    worked.button("hide").click()
    expect(code).to_be_hidden()


def test_a_sum_is_not_typed_over(worked):
    worked.cell("y", "0,0").dblclick()
    expect(worked.root.get_by_role("alert")).to_contain_text("worked out from the others")
    assert worked.cell("y", "0,0").get_by_role("textbox").count() == 0


def test_an_impossible_setting_is_explained(worked):
    worked.open_more()
    worked.slider("kernel size").press("End")
    expect(worked.panel("y")).to_have_count(0)
    expect(worked.root.get_by_role("status")).to_contain_text("7")
    expect(worked.root.locator(".vizconv-notes .vizconv-refused")).to_contain_text("✗ ")
    assert re.search(r"kernel.* fit", worked.notes(), re.DOTALL)
    assert worked.numbers()["x"] == worked_example().numbers()["x"]
    worked.slider("kernel size").press("Home")
    expect(worked.panel("y").locator("[data-cell]")).to_have_count(16)
    assert worked.notes() == ""
    assert worked.numbers() == worked_example(k=[[6]]).numbers()


# ---- Anything at all on a stage ----------------------------------------------------------------------------


def test_a_table_of_nonsense_lights_and_sums(workbench):
    stage, scene = workbench.stages()[2], nonsense()
    wanted = expected.of_scene(scene)
    assert stage.numbers() == wanted.numbers()
    assert stage.look("sights", 1) == wanted.sights()
    type_into(stage.root.locator("[data-panel]").first.locator("[data-cell]").nth(5), "7.5")
    wanted = expected.of_scene(scene.edited(next(iter(wanted.values)), 5, 7.5))
    assert stage.numbers() == wanted.numbers()
    assert stage.look("sights", 1) == wanted.sights()


def test_labels_never_become_markup(workbench):
    stage = workbench.stages()[2]
    assert stage.root.locator("script, img, b").count() == 0
    for panel in nonsense().panels:
        label = panel.label + panel.subscript + panel.superscript
        assert stage.root.locator(".vizconv-label").filter(has_text=label).count() == 1
    assert stage.notes() == nonsense().notes[0]


# ---- Themes, saving, and life without a kernel -------------------------------------------------------------


@pytest.fixture(params=["Light", "Dark"])
def theme(request, workbench):
    workbench.command("apputils:change-theme", theme=f"JupyterLab {request.param}")
    light = str(request.param == "Light").lower()
    expect(workbench.page.locator("body")).to_have_attribute("data-jp-theme-light", light)
    yield request.param
    workbench.command("apputils:change-theme", theme="JupyterLab Light")


def test_numbers_can_be_read_in_both_themes(workbench, theme):
    pairs = [pair for stage in workbench.stages() for pair in stage.look("inksAndFills")]
    assert len(pairs) > 200
    assert min(contrast(ink, fill) for ink, fill in pairs) >= CONTRAST


def contrast(ink, fill) -> float:
    """Return WCAG's contrast of two colours (red, green, blue from 0 to 255)."""
    dark, light = sorted([luminance(ink), luminance(fill)])
    return (light + 0.05) / (dark + 0.05)


def luminance(colour) -> float:
    parts = np.array(colour) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_contrast_itself():
    assert contrast([0, 0, 0], [255, 255, 255]) == pytest.approx(21)
    assert contrast([118, 118, 118], [255, 255, 255]) == pytest.approx(4.54, abs=0.01)


def test_a_saved_notebook_shows_a_still(workbench, notebooks):
    workbench.command("docmanager:save")
    saved = nbformat.read(notebooks / "workbench.ipynb", 4)
    outputs = [output["data"] for cell in saved.cells for output in cell.outputs]
    assert len(outputs) == 2 * (len(WORKBENCH) - 1)  # a widget, and below it its picture
    assert all(data["image/png"].startswith("iVBORw0KGgo") for data in outputs[1::2])
    assert outputs[0]["text/plain"].startswith("Explorer(correlation")
    assert "widgets" not in saved.metadata


def test_on_the_next_day_there_are_pictures(on_top, window, address):
    """What was run, saved and opened again without its kernel shows pictures; before it shows none."""
    cells = ["import vizconv as vc", "vc.explore.correlation()", "vc.exercises.lesson01.places()"]
    notebook, today = on_top("tomorrow.ipynb", *cells)
    expect(today.locator(".vizconv")).to_have_count(2)
    later = ".jp-OutputArea-child img, .jp-RenderedMarkdown em"
    expect(today.locator(later)).to_have_count(2)
    assert not any(each.is_visible() for each in today.locator(later).all())
    notebook.command("docmanager:save")
    notebook.page.evaluate("path => testing.shutDown(path)", notebook.path)
    page = new_page(window)
    page.goto(f"{address}/lab/workspaces/tomorrow/tree/{notebook.path}")
    expect(page.locator(later)).to_have_count(2, timeout=30_000)
    assert all(each.is_visible() for each in page.locator(later).all())
    page.close()


def test_all_works_without_a_kernel(on_top):
    notebook, panel = on_top("alone.ipynb", "import vizconv as vc\nvc.explore.correlation()")
    expect(panel.locator(".vizconv-stage")).to_have_count(1)
    notebook.page.evaluate("path => testing.shutDown(path)", notebook.path)
    stage = ShownStage(notebook.page, panel.locator(".vizconv-stage"))
    x = np.array(WORKED_INPUT)
    x[0, 0] = 100
    type_into(stage.cell("x", "0,0"), "100")
    stage.button("to the end").click()
    assert stage.numbers() == worked_example(x).numbers()
