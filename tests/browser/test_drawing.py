"""Drawing on a picture, in a saved page: a pen, the other pen, and a clean sheet, each undone as a whole."""

import numpy as np
import pytest
from playwright.sync_api import expect

from vizconv import explore

BLACK, WHITE = "255", "0"  # ink and paper of a handwritten digit


@pytest.fixture
def page(browser, tmp_path):
    path = tmp_path / "stage.html"
    explore.correlation("handwritten digit", np.ones((3, 3), int)).stage.save(path)
    page = browser.new_page(viewport={"width": 1000, "height": 700})
    heard = []
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.goto(path.as_uri())
    yield page
    page.close()
    assert heard == []


def texts(page, panel, *indices):
    cells = [page.locator(f'[data-panel="{panel}"] [data-cell="{index}"]') for index in indices]
    return [cell.text_content() for cell in cells]


def drag(page, *indices):
    boxes = [page.locator(f'[data-panel="x"] [data-cell="{index}"]').bounding_box() for index in indices]
    for at, box in enumerate(boxes):
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        if at == 0:
            page.mouse.down()
    page.mouse.up()


def test_a_stroke_is_drawn_wiped_and_undone(page):
    sheet = page.locator('[data-panel="x"] [data-cell]')
    before = sheet.all_text_contents()
    expect(page.get_by_role("button", name="draw", exact=True)).to_have_count(1)  # on x alone
    page.get_by_role("button", name="draw", exact=True).click()
    page.get_by_role("button", name="clear", exact=True).click()
    assert set(sheet.all_text_contents()) == {WHITE}
    drag(page, "3,3", "3,4", "3,5")
    assert texts(page, "x", "3,3", "3,6", "4,5", "5,5") == [BLACK, BLACK, BLACK, WHITE]
    assert texts(page, "y", "2,2") == [str(4 * 255)]  # two rows and two columns of the stroke
    assert page.locator(".vizconv-pinned").count() == 0
    page.get_by_role("button", name="white", exact=True).click()
    drag(page, "3,4")
    assert texts(page, "x", "3,3", "3,4", "4,5", "3,6") == [BLACK, WHITE, WHITE, BLACK]
    for _ in range(3):
        page.get_by_role("button", name="undo", exact=True).click()
    assert sheet.all_text_contents() == before


def test_without_a_pen_a_click_holds(page):
    draw = page.get_by_role("button", name="draw", exact=True)
    for _ in range(2):
        draw.click()
    drag(page, "9,9")
    assert page.locator(".vizconv-pinned").count() == 1
    expect(page.get_by_role("button", name="clear", exact=True)).to_have_count(0)
