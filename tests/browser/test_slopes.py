"""Gradients in the page: a click measures one, a button descends, and the curve beside the stage follows."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.notebook import until

CELLS = (
    "import vizconv as vc",
    "explorer = vc.explore.gradients()\nexplorer",
    "neuron = vc.explore.chain()\nneuron",
)
MOVED = """([chart, x, y]) => {
    const point = chart.querySelector("circle");
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
    for view, walk in (("dx by gather", "dx"), ("dw = x ⋆ dy", "dw"), ("dx by scatter", "dy")):
        notebook.page.get_by_role("button", name=view, exact=True).click()
        expect(stage.root.locator('[data-role="formula"]')).to_contain_text(re.compile(rf"^{walk}\["))
    stage.cell("w", "1,1").hover()
    notebook.page.get_by_role("button", name="all readings", exact=True).click()
    expect(stage.root.locator('[data-role="formula"]')).to_contain_text(re.compile(r"^y\["))


AT_THE_TANGENT = """(chart) => {
    const { cx, cy } = chart.querySelector("circle");
    const [dot, plot] = [chart.querySelector("circle"), chart.querySelector("svg svg")].map((each) =>
        each.getBoundingClientRect());
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
    point = chart.locator("circle")
    before = [float(point.get_attribute(name)) for name in ("cx", "cy")]
    notebook.page.get_by_role("button", name="descend").click()
    expect(chart).not_to_contain_text("tangent, slope −0.75")
    notebook.page.wait_for_function(  # w grows and C falls; on a page, down is larger
        MOVED, arg=[chart.element_handle(), *before]
    )
    assert float(notebook.python("print(neuron.stage.scene.panel('C').values)")) < 0.25
    expect(chart.get_by_role("img", name="C over w")).to_be_visible()
