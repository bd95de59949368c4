"""Gradients in the page: a click measures one, a button descends, and the curve beside the stage follows."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.notebook import until
from vizconv.engine.writing import format_number

CELLS = (
    "import vizconv as vc",
    "explorer = vc.explore.gradients()\nexplorer",
    "neuron = vc.explore.chain()\nneuron",
)
MOVED = """([chart, x, y]) => {
    const point = chart.querySelector("circle.vizconv-curves-point");
    return point && point.cx.baseVal.value > x && point.cy.baseVal.value > y;
}"""
MEASURED = "dx[1, 2] = −25, a finite difference gives −25: they agree"


@pytest.fixture(scope="module")
def opened_slopes(opened):
    notebook = opened("slopes.ipynb", *CELLS)
    expect(notebook.page.locator(".vizconv-stage")).to_have_count(2)
    return notebook


@pytest.fixture
def notebook(opened_slopes):
    opened_slopes.page.bring_to_front()
    opened_slopes.python("explorer.show(explorer._start)\nneuron.show(neuron._start)")
    stages = opened_slopes.stages()
    until(lambda: [stages[0].numbers()["dy"]["0,0"], stages[1].numbers()["C"][""]], ["1", "0.25"])
    yield opened_slopes
    assert opened_slopes.complaints() == []


def heights(stage):
    """Return the heights of what stands below each other in a stage."""
    return stage.root.evaluate("root => [...root.children].map((part) => part.offsetHeight)")


def test_a_click_on_a_gradient_measures_it(notebook):
    stage = notebook.stages()[0]
    cell = stage.cell("dx", "1,2")
    before = heights(stage)
    cell.click()
    expect(notebook.page.get_by_text(MEASURED)).to_be_visible()
    assert heights(stage) == before  # the room for it was there
    assert stage.numbers()["x"]["1,2"] == "7"  # it was moved for the measurement only
    cell.click()
    expect(notebook.page.get_by_text(MEASURED)).to_have_count(0)


def test_an_edit_is_measured_anew(notebook):
    stage = notebook.stages()[0]
    stage.cell("dx", "0,0").click()
    expect(notebook.page.get_by_text("dx[0, 0] = 6, a finite difference gives 6: they agree")).to_be_visible()
    stage.cell("dy", "0,0").dblclick()
    notebook.page.keyboard.type("5")
    notebook.page.keyboard.press("Enter")
    stage.cell("dx", "0,0").click()
    expect(
        notebook.page.get_by_text("dx[0, 0] = 30, a finite difference gives 30: they agree")
    ).to_be_visible()
    notebook.page.keyboard.press("Escape")


def test_another_view_begins_with_a_cell_of_its_own(notebook):
    stage = notebook.stages()[0]
    for view, walk in (("dx by gather", "dx"), ("dw = x ⋆ dy", "dw"), ("dx by scatter", "dx")):
        notebook.page.get_by_role("button", name=view, exact=True).click()
        expect(stage.root.locator('[data-role="formula"]')).to_contain_text(re.compile(rf"^{walk}\["))
    stage.cell("w", "1,1").hover()
    notebook.page.get_by_role("button", name="all readings", exact=True).click()
    expect(stage.root.locator('[data-role="formula"]')).to_contain_text(re.compile(r"^y\["))


AT_THE_TANGENT = """(chart) => {
    const { cx, cy } = chart.querySelector("circle.vizconv-curves-point");
    const [dot, plot] = ["circle.vizconv-curves-point", "svg svg"].map((each) =>
        chart.querySelector(each).getBoundingClientRect());
    const path = chart.querySelector("path.vizconv-curves-dashed");
    const length = path.getTotalLength();
    const [from, to] = [path.getPointAtLength(0), path.getPointAtLength(length)];
    const [x, y] = [cx.baseVal.value - from.x, cy.baseVal.value - from.y];
    const beside = Math.abs(x * (to.y - from.y) - y * (to.x - from.x)) / length;
    const middle = [(dot.left + dot.right) / 2, (dot.top + dot.bottom) / 2];
    const seen = [-3, 3].every((away) =>
        document.elementFromPoint(middle[0] + away, middle[1]).matches("circle"));
    return { beside, length, seen };
}"""


def test_the_tangent_goes_through_its_point_and_the_point_is_whole(notebook):
    chart = notebook.page.locator(".vizconv-curves")
    for shown in ("along='w'", "along='b'", "along='w', w=0.375", "along='b', activation='tanh', b=6.0"):
        notebook.python(f"neuron.show(vc.explore.chain({shown}).settings)")
        tangent = notebook.python("print(neuron.beside.widget.lines[1]['name'])").strip()
        expect(chart).to_contain_text(tangent)
        chart.scroll_into_view_if_needed()
        found = chart.evaluate(AT_THE_TANGENT)
        assert found["beside"] < 1 and found["length"] > 20 and found["seen"], (shown, found)


def test_the_curve_follows_a_step_down(notebook):
    chart = notebook.page.locator(".vizconv-curves")
    expect(chart).to_contain_text("tangent, slope −0.75")
    point = chart.locator("circle.vizconv-curves-point")
    before = [float(point.get_attribute(name)) for name in ("cx", "cy")]
    notebook.page.get_by_role("button", name="descend").click()
    expect(chart).not_to_contain_text("tangent, slope −0.75")
    notebook.page.wait_for_function(  # w grows and C falls; on a page, down is larger
        MOVED, arg=[chart.element_handle(), *before]
    )
    assert float(notebook.python("print(neuron.stage.scene.panel('C').values)")) < 0.25
    expect(chart.get_by_role("img", name="C over w")).to_be_visible()


NUMBER = "print(float(neuron.settings.tensors['w'].item()))"


def test_a_dragged_point_moves_its_number_and_the_stage_follows(notebook):
    chart = notebook.page.locator(".vizconv-curves")
    handle = chart.get_by_role("slider", name="w")
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    notebook.page.mouse.move(*middle)
    notebook.page.mouse.down()
    for step in range(1, 7):
        notebook.page.mouse.move(middle[0] - 10 * step, middle[1])
    notebook.page.mouse.up()
    until(lambda: float(notebook.python(NUMBER)) < 1, True)
    dragged = float(notebook.python(NUMBER))
    assert dragged * 8 == int(dragged * 8)
    stage = notebook.stages()[1]
    until(lambda: stage.numbers()["w"][""], format_number(dragged))
    before = handle.bounding_box()["x"]
    notebook.page.keyboard.press("ArrowRight")
    notebook.page.keyboard.press("ArrowRight")
    until(lambda: float(notebook.python(NUMBER)), dragged + 0.25)
    until(lambda: handle.bounding_box()["x"] > before, True)
    assert handle.get_attribute("aria-valuenow") == str(dragged + 0.25).removesuffix(".0")


def test_a_descent_runs_by_itself_until_it_is_stopped(notebook):
    play = notebook.page.locator(".widget-play button").first
    play.click()
    until(lambda: int(notebook.python("print(neuron.settings.steps)")) >= 2, True)
    play.click()
    notebook.page.wait_for_timeout(700)  # a step that was on its way
    steps = notebook.python("print(neuron.settings.steps)")
    notebook.page.wait_for_timeout(700)
    assert notebook.python("print(neuron.settings.steps)") == steps


WIDTHS = """(root) => [...root.querySelectorAll(".vizconv-lines path")].map((edge) =>
    Number.parseFloat(getComputedStyle(edge).strokeWidth))"""


def test_a_network_is_pointed_at_and_edited_as_any_stage(notebook):
    stage = notebook.stages()[1]
    lit = stage.root.locator(".vizconv-halos path:not(.vizconv-unseen)")
    stage.cell("a", "").hover()
    expect(stage.root.locator('[data-role="formula"]')).to_contain_text(re.compile(r"^a = σ\(0\)|^a = "))
    expect(lit).to_have_count(2)  # from z, and to a − y
    stage.cell("z", "").hover()
    expect(lit).to_have_count(3)  # over w, from b, to a
    before = stage.root.evaluate(WIDTHS)
    stage.cell("w", "").click()
    notebook.page.keyboard.type("-0.5")
    notebook.page.keyboard.press("Enter")
    until(lambda: stage.numbers()["z"][""], "−7.5")
    until(lambda: float(notebook.python(NUMBER)), -0.5)
    assert len(before) == len(stage.root.evaluate(WIDTHS)) > 8
    expect(stage.root.locator(".vizconv-negative-edge")).not_to_have_count(0)
    stage.button("undo").click()
    until(lambda: stage.numbers()["z"][""], "0")
    notebook.page.keyboard.press("Escape")
