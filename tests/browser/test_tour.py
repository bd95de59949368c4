"""The tour of a stage, in a saved page: it waits for what it asks for, and moves nothing."""

import pytest
from playwright.sync_api import expect

from vizconv import explore

STEPS = (
    "Point at y[0,0]",
    "the line below",
    "point at x[1,1]",
    "Click it",
    "Type a number on x[1,1]",
    "Press play",
)


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    path = tmp_path_factory.mktemp("tour") / "stage.html"
    explore.correlation().stage.save(path)
    page = browser.new_page(viewport={"width": 900, "height": 600})
    page.goto(path.as_uri())
    yield page
    page.close()


@pytest.fixture
def said(page):
    """What the tour says, begun anew."""
    page.reload()
    tour(page).click()
    return page.locator(".vizconv-tour-text")


def tour(page):
    return page.get_by_role("button", name="tour: show me how")


def cell(page, panel, index):
    return page.locator(f'[data-panel="{panel}"] [data-cell="{index}"]')


def height(page):
    return page.locator(".vizconv-stage").evaluate("stage => stage.offsetHeight")


def test_each_step_waits_until_it_is_done_and_nothing_moves(page, said):
    before = height(page)
    doings = (
        lambda: cell(page, "y", "0,0").hover(),
        lambda: page.locator(".vizconv-factor").first.hover(),
        lambda: cell(page, "x", "1,1").hover(),
        lambda: cell(page, "x", "1,1").click(),
        lambda: page.keyboard.type("3\n"),
        lambda: page.get_by_role("button", name="play").click(),
    )
    cell(page, "w", "0,0").hover()  # something else
    for count, (step, do) in enumerate(zip(STEPS, doings, strict=True), 1):
        expect(said).to_contain_text(f"{count} of {len(STEPS)}")
        expect(said).to_contain_text(step)
        assert page.locator("[data-aim]").count() == 1
        do()
    expect(said).to_contain_text("That is all")
    assert height(page) == before
    page.get_by_role("button", name="done").click()
    expect(said).to_be_hidden()
    expect(page.locator(".vizconv-legend")).to_be_visible()
    assert page.locator("[data-aim]").count() == 0


def test_the_tour_is_taken_by_keys_alone_and_escape_ends_it(page, said):
    page.locator('[data-panel="y"]').focus()
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("1 of 6")  # y[0,0] was pointed at before, by nobody
    page.keyboard.press("ArrowLeft")
    expect(said).to_contain_text("2 of 6")
    page.get_by_role("button", name="next").focus()
    page.keyboard.press("Enter")
    expect(said).to_contain_text("3 of 6")
    page.keyboard.press("Escape")
    expect(said).to_be_hidden()
    expect(tour(page)).to_be_focused()


def test_a_tour_can_be_started_again(page, said):
    page.get_by_role("button", name="skip").click()
    cell(page, "x", "2,2").click()
    tour(page).click()
    expect(said).to_contain_text("1 of 6")
    cell(page, "y", "0,0").hover()  # nothing is held any more
    expect(said).to_contain_text("2 of 6")
