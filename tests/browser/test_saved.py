"""A saved stage: one file, alive with the network off."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.nonsense import nonsense
from vizconv import explore
from vizconv.engine.writing import format_number
from vizconv.explore.topic import two_inputs
from vizconv.scenes import Panel, Reading, Rule, Scene, Terms
from vizconv.stage import Stage


@pytest.fixture
def saved(browser, tmp_path):
    """Save a stage, open the file without a network, and hear every error and every dialog."""
    contexts, heard = [], []

    def open_saved(stage, **options):
        path = tmp_path / "stage.html"
        stage.save(path)
        context = browser.new_context(offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
        page.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
        page.on(
            "request", lambda request: heard.append(request.url) if request.url != path.as_uri() else None
        )
        page.goto(path.as_uri())
        page.locator("main > .vizconv-stage").wait_for()
        return page

    yield open_saved
    for context in contexts:
        context.close()
    assert heard == []


def texts(page, panel):
    """Return the texts of a panel's cells; the panel's name may be anything."""
    cells = """name => {
      const grid = [...document.querySelectorAll("[data-panel]")].find((made) => made.dataset.panel === name);
      return [...grid.querySelectorAll("[data-cell]")].map((cell) => cell.textContent);
    }"""
    return page.evaluate(cells, panel)


@pytest.mark.parametrize("colour_scheme", ["light", "dark"])
def test_a_saved_stage_points_steps_and_edits(saved, colour_scheme):
    explorer = explore.correlation("counting", "vertical edges", padding=1)
    page = saved(explorer.stage, color_scheme=colour_scheme)
    y = explorer.stage.scene.panel("y").values
    assert texts(page, "y") == [format_number(float(value)) for value in y.flat]
    page.locator('[data-panel="y"] [data-cell="1,1"]').click()
    assert page.locator('[data-role="formula"]').inner_text().endswith(f"= {format_number(float(y[1, 1]))}")
    page.get_by_role("button", name="step", exact=True).click()
    assert texts(page, "y")[1:] == [""] * 48
    page.get_by_role("button", name="to the end").click()
    page.locator('[data-panel="x"] [data-cell="0,0"]').click()
    page.keyboard.type("-7.5")
    page.keyboard.press("Enter")
    cell = int(np.ravel_multi_index((1, 1), (9, 9)))
    after = explorer.stage.scene.edited("x", cell, -7.5).panel("y").values
    assert texts(page, "y") == [format_number(float(value)) for value in after.flat]


TOPS = """formula => {
  const made = [...formula.querySelectorAll(".vizconv-factor")].slice(1); // after the name
  return made.map((factor) => factor.getClientRects()[0].top);
}"""


@pytest.mark.parametrize("width", [390, 432, 474])
def test_a_line_of_a_formula_ends_between_two_products(saved, width):
    page = saved(explore.correlation("counting", "average").stage, viewport={"width": width, "height": 900})
    tops = page.locator('[data-role="formula"]').evaluate(TOPS)
    assert tops[::2] == tops[1::2] and len(set(tops)) > 1


def test_an_edit_can_be_undone_where_there_is_nothing_to_step_through(saved):
    page = saved(Stage(Scene(two_inputs([[1, 2]], [[3], [4]]))))
    page.locator('[data-panel="x"] [data-cell="0,1"]').click()
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    assert texts(page, "x") == ["1", "9"]
    page.get_by_role("button", name="undo", exact=True).click()
    assert texts(page, "x") == ["1", "2"]
    assert not page.get_by_role("button", name="step", exact=True).is_visible()


def ruled() -> Scene:
    """x, what the mask of its largest number lets through, its squares, and their shares."""
    names = {"x": (0, 0), "mask": None, "kept": (0, 1), "squares": (0, 2), "shares": (0, 3)}
    panels = [Panel(name, np.zeros((1, 3)), place, editable=name == "x") for name, place in names.items()]
    cells = np.arange(3)
    terms = {"window": Terms([0, 0, 0], cells, cells), "cells": Terms(cells, cells, cells)}
    steps = (
        Rule(name="mask", out="mask", of=("x",), terms="window"),
        Reading("cells", "out", out="kept", left="x", right="mask"),
        Reading("cells", "out", out="squares", left="x", right="x"),
        Rule(name="softmax", out="shares", of=("squares",)),
    )
    return Scene(tuple(panels), terms, steps).edited("x", 1, 2).edited("x", 2, 2)


def test_an_edit_makes_all_that_rules_make_and_what_one_refuses_is_said(saved):
    scene = ruled()
    page = saved(Stage(scene))
    assert texts(page, "kept") == ["0", "2", "0"]
    page.locator('[data-panel="x"] [data-cell="0,0"]').click()
    formula = page.locator('[data-role="formula"]')
    assert formula.inner_text().startswith("x[0,0] = 0  goes into 2 sums: squares[0,0] ← ")  # no unseen mask
    for typed, value in (("3", 3), ("1e200", 3)):
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        scene = scene.edited("x", 0, value)
        for name in ("x", "kept", "squares", "shares"):
            assert texts(page, name) == [format_number(each) for each in scene.panel(name).values.flat]
    sentence = "✗ The largest score in row 0 of x is inf; a finite number is expected."
    assert page.get_by_role("alert").inner_text() == sentence
    page.get_by_role("button", name="undo", exact=True).click()
    assert texts(page, "kept") == ["0", "2", "0"]
    assert not page.get_by_role("button", name="undo", exact=True).is_visible()
    page.locator('[data-panel="shares"] [data-cell="0,1"]').click()
    assert formula.inner_text() == "shares[0,1] = exp(squares[0,1]) / Σ exp(squares) = 0.495"
    assert page.locator('[data-panel="mask"]').count() == 0


def test_labels_and_numbers_reach_the_page_as_text(saved):
    scene = nonsense()
    page = saved(Stage(scene))
    for panel in scene.panels:
        assert texts(page, panel.name) == [format_number(float(value)) for value in panel.values.flat]
    assert page.locator("main b, main script, main img").count() == 0


def test_saved_files_are_small(tmp_path):
    small, large = tmp_path / "small.html", tmp_path / "large.html"
    explore.correlation("counting", "vertical edges").stage.save(small)
    explore.correlation("handwritten digit", np.ones((5, 5), int)).stage.save(large)
    assert small.stat().st_size <= 100_000
    assert large.stat().st_size <= 1_000_000


def test_sentences_of_before_are_called_so_after_an_edit(saved):
    page = saved(explore.chain().stage)
    notes = page.locator(".vizconv-notes")
    expect(notes).not_to_have_class(re.compile("vizconv-of-before"))
    page.locator('[data-panel="w"] [data-cell]').dblclick()
    page.keyboard.type("2.5")
    page.keyboard.press("Enter")
    expect(notes).to_have_class(re.compile("vizconv-of-before"))
    page.get_by_role("button", name="undo", exact=True).click()
    expect(notes).not_to_have_class(re.compile("vizconv-of-before"))


STARTS = """name => [...document.querySelectorAll(`[data-panel="${name}"] [data-cell]`)].map((cell) => {
  const [animation] = cell.getAnimations();
  if (!animation) return null;
  animation.pause();
  animation.currentTime = 0;
  const { left, top } = cell.getBoundingClientRect();
  animation.finish();
  return [left, top];
})"""
PLACES = """name => [...document.querySelectorAll(`[data-panel="${name}"] [data-cell]`)].map((cell) => {
  const { left, top } = cell.getBoundingClientRect();
  return [left, top];
})"""


IN_THE_AIR = """() => [...document.querySelectorAll(".vizconv-chip")].map((chip) => {
  const [animation] = chip.getAnimations();
  animation.pause();
  const places = [0, animation.effect.getComputedTiming().endTime - 1].map((time) => {
    animation.currentTime = time;
    const { left, top } = chip.getBoundingClientRect();
    return [Math.round(left / 5), Math.round(top / 5)];
  });
  return [chip.textContent, ...places];
})"""
SUMS = """() => {
  const [first, ...rest] = document.querySelectorAll(".vizconv-chip");
  const sums = [];
  for (const chip of [first, ...rest]) {
    sums.push(document.querySelector(".vizconv-cover").textContent);
    chip.getAnimations()[0].onfinish();
  }
  return [sums, document.querySelectorAll(".vizconv-air > *").length];
}"""


@pytest.fixture
def stepping(saved):
    """Open a saved stage at the start of its walk, and step."""

    def step(stage, **options):
        page = saved(stage, **options)
        page.get_by_role("button", name="to the start").click()
        assert set(texts(page, stage.scene.walk)) == {""} or stage.scene.walk == "dy"
        page.get_by_role("button", name="step", exact=True).click()
        return page

    return step


def test_the_products_of_a_sum_fly_to_it_one_after_the_other_and_add_up(stepping):
    page = stepping(explore.correlation().stage)
    assert texts(page, "y")[0] == "−37"  # below, where a fast user reads it at once
    chips = page.evaluate(IN_THE_AIR)
    assert [text for text, *_ in chips] == ["6", "0", "−35", "−8"]
    assert len({tuple(start) for _, start, _ in chips}) == 4
    sums, left = page.evaluate(SUMS)
    assert sums == ["0", "6", "6", "−29"] and left == 0


def test_a_stamp_is_held_over_what_it_is_added_to(stepping):
    page = stepping(explore.gradients(view="scatter", dy=[[2, 1, 0], [0, 0, 0], [0, 0, 0]]).stage)
    page.get_by_role("button", name="step", exact=True).click()  # dy[0,1] = 1 stamps w
    assert [text for text, *_ in page.evaluate(IN_THE_AIR)] == ["6", "0", "−7", "−1"]
    before = page.locator(".vizconv-cover").all_inner_texts()
    assert before == ["0", "0", "−2", "0"] and texts(page, "dx")[1] == "6"


@pytest.mark.parametrize("gesture", ["point", "step", "end", "edit"])
def test_whoever_is_faster_ends_the_motion(stepping, gesture):
    page = stepping(explore.correlation().stage)
    page.evaluate("document.getAnimations().forEach((animation) => animation.pause())")
    assert page.locator(".vizconv-chip").count() == 4
    if gesture == "point":
        page.locator('[data-panel="x"] [data-cell="3,3"]').hover()
    elif gesture == "edit":
        page.locator('[data-panel="w"] [data-cell="0,0"]').dblclick()
        page.keyboard.type("9")
        page.keyboard.press("Enter")
    else:
        page.get_by_role("button", name={"step": "step", "end": "to the end"}[gesture], exact=True).click()
    flying = [chip for chip in page.locator(".vizconv-chip").all_inner_texts() if chip == "−35"]
    assert flying == []


def test_nothing_flies_for_who_wants_less_motion(stepping):
    page = stepping(explore.correlation().stage, reduced_motion="reduce")
    assert page.locator(".vizconv-air > *").count() == 0 and texts(page, "y")[0] == "−37"


def test_nothing_flies_where_no_one_could_follow(stepping):
    page = stepping(explore.correlation("handwritten digit").stage)
    assert page.locator(".vizconv-air > *").count() == 0


def test_a_sum_is_no_copy(saved):
    page = saved(explore.pooling().stage)  # Σ dx and Σ dy add up one panel each
    assert page.locator(".vizconv-copying").count() > 5
    assert page.locator(".vizconv-copying:visible").count() == 0


@pytest.mark.parametrize("reduced_motion", ["no-preference", "reduce"])
def test_the_numbers_of_a_copy_come_from_where_they_stand(saved, reduced_motion):
    page = saved(explore.convolution([[1, 2], [3, 4]]).stage, reduced_motion=reduced_motion)
    assert page.locator(".vizconv-copying:visible").count() == 1  # rot180(k) alone is a copy
    page.locator(".vizconv-copying:visible").click()
    starts, places = page.evaluate(STARTS, "rotated"), page.evaluate(PLACES, "k")
    if reduced_motion == "reduce":
        assert starts == [None] * 4
    else:
        np.testing.assert_allclose(starts, places[::-1], atol=0.5)


EDGES = """() => [...document.querySelectorAll(".vizconv-lines path")].map((edge) => [
  Number.parseFloat(edge.style.strokeWidth) || 0, edge.classList.contains("vizconv-negative-edge")])"""
LIT = ".vizconv-halos path:not(.vizconv-unseen)"


@pytest.mark.parametrize("width", [1000, 390])
def test_a_saved_network_lights_its_edges_and_follows_an_edit(saved, width):
    explorer = explore.chain("two side by side")
    page = saved(explorer.stage, viewport={"width": width, "height": 700})
    page.locator('[data-panel="da0"] [data-cell]').click()  # both ways back, each over w and ∂C/∂w
    expect(page.locator(LIT)).to_have_count(4)
    before = page.evaluate(EDGES)
    assert len(before) == len(explorer.stage.scene.graph.edges)
    page.locator('[data-panel="w1"] [data-cell="1,0"]').click()
    page.keyboard.type("-9")
    page.keyboard.press("Enter")
    after = page.evaluate(EDGES)
    edges = explorer.stage.scene.graph.edges
    (changed,) = [at for at, edge in enumerate(edges) if edge.weight == ("w1", 1) and not edge.back]
    assert after[changed][0] > before[changed][0] and after[changed][1] and not before[changed][1]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_end_of_a_path_lights_all_of_it(saved):
    page = saved(explore.chain("two by two", show="paths").stage)
    page.locator('[data-panel="to a0"] [data-cell="3,0"]').hover()
    expect(page.locator(LIT)).to_have_count(3)  # one weight in each layer
    assert page.locator('[data-panel="via w2"] .vizconv-lit').count() == 1
