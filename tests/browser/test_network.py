"""A whole network in a browser: opened, followed, drawn into, edited, in JupyterLab and in a saved page."""

import base64
import json
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Error

import vizconv as vc
from tests.browser.notebook import until
from tests.explore.networks.test_network import picture, small_network
from tests.scenes.test_network_sections import IMAGE, large
from vizconv import scenes
from vizconv.engine.writing import format_number

WALKS = Path(__file__).with_name("network_page.js").read_text()
CELLS = (
    "import vizconv as vc\nvc.explore",
    "explorer = vc.explore.network()\nexplorer",
)
ROUNDING = 1e-9
HANDLE = "document.querySelector('.vizconv-network').vizconv"


class Shown:
    """A network on a page."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator(".vizconv-network")
        page.wait_for_function(f"() => document.querySelector('.vizconv-network') && {HANDLE}")
        page.evaluate(WALKS)

    def values(self, name: str) -> np.ndarray:
        return self.all_values([name])[name]

    def all_values(self, names: list[str] | None = None) -> dict[str, np.ndarray]:
        """Return the numbers of panels, of all by default; they come as bytes, as there are many."""
        texts = self.page.evaluate("names => walking.bytes(names)", names)
        return {name: np.frombuffer(base64.b64decode(text)) for name, text in texts.items()}

    def call(self, name: str, *given):
        return self.page.evaluate(f"([name, given]) => {HANDLE}[name](...given)", [name, given])

    def names(self) -> list[str]:
        return self.call("names")

    def walk(self, name: str, count: int, seed: int = 1):
        return self.page.evaluate("([name, given]) => walking[name](...given)", [name, [count, seed]])

    def formula(self) -> str:
        return self.root.locator('[data-role="formula"]').inner_text()

    def button(self, name: str):
        return self.root.get_by_role("button", name=name, exact=True)

    def assert_is(self, scene: scenes.Scene) -> None:
        shown = self.all_values()
        is_of_loss = self.root.get_by_label("whose gradients").input_value() == '{"loss":true}'
        for panel in scene.panels:
            if is_of_loss and panel.name.startswith("chosen"):
                continue  # the class that was chosen last, of which nothing is made
            ours = panel.values.astype(float).ravel()
            close = ROUNDING * (1 + np.abs(ours).max())
            np.testing.assert_allclose(shown[panel.name], ours, rtol=0, atol=close, err_msg=panel.name)

    def show_pad(self) -> None:
        """Show the drawing pad, if it does not show."""
        if self.root.locator(".vizconv-network-input").evaluate("input => input.hidden"):
            self.root.get_by_role("button", name="✎").click()

    def draw(self, *places) -> None:
        """Draw a line on the pad, through places from 0 to 1."""
        field = self.root.locator(".vizconv-pad-field")
        field.scroll_into_view_if_needed()
        box = field.bounding_box()
        first, *others = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
        self.page.mouse.move(*first)
        self.page.mouse.down()
        for place in others:
            self.page.mouse.move(*place, steps=6)
        self.page.mouse.up()


@pytest.fixture(scope="module")
def lenet():
    return vc.explore.network()


@pytest.fixture(scope="module")
def saved(browser, lenet, tmp_path_factory):
    """A saved page without a network; every error is heard."""
    heard, contexts = [], []

    def open_saved(explorer=lenet, **options) -> Shown:
        path = tmp_path_factory.mktemp("saved") / "network.html"
        explorer.save(path)
        contexts.append(browser.new_context(offline=True, **options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
        page.goto(path.as_uri())
        return Shown(page)

    yield open_saved
    for context in contexts:
        context.close()
    assert heard == []


@pytest.fixture(scope="module")
def alone(saved):
    return saved()


@pytest.fixture(scope="module")
def notebook(opened):
    return opened("network.ipynb", *CELLS)


@pytest.fixture
def alive(notebook):
    """A network in JupyterLab, as at the start."""
    notebook.page.bring_to_front()
    notebook.python("explorer.show(explorer._start)")
    shown = Shown(notebook.page)
    until(lambda: shown.values("x").tolist(), vc.explore.network().settings.image.ravel().tolist())
    yield shown
    assert notebook.complaints() == []


def settings_of(notebook, what: str):
    return json.loads(notebook.python(f"import json; print(json.dumps({what}))"))


# ---- Open and follow ---------------------------------------------------------------------------------------


def test_the_page_makes_the_engines_numbers(alone, lenet):
    alone.assert_is(lenet.stage.scene)


@pytest.mark.parametrize(("cells", "trails"), [(60, 6), pytest.param(500, 200, marks=pytest.mark.nightly)])
def test_any_number_opens_and_leads_to_both_ends(alone, cells, trails):
    assert alone.walk("cells", cells) == []
    assert_ends(alone.walk("trails", trails))


@pytest.mark.nightly
def test_any_number_opens_and_leads_to_both_ends_in_jupyterlab(alive):
    assert alive.walk("cells", 500) == []
    assert_ends(alive.walk("trails", 200))


def test_any_number_of_a_small_network_opens(saved):
    shown = saved(vc.explore.network(small_network(), picture(), 1))
    assert shown.walk("cells", 50) == []
    assert_ends(shown.walk("trails", 5))


@pytest.mark.parametrize("layers", ["conv2", "flatten"])
def test_any_number_of_a_section_of_a_large_network_opens(saved, layers):
    explorer = vc.explore.network(large(), IMAGE, 1, layers)
    shown = saved(explorer)
    (note,) = explorer.stage.scene.notes
    assert shown.root.locator(".vizconv-network-about").inner_text() == note
    shown.assert_is(explorer.stage.scene)
    assert shown.walk("cells", 40) == []
    shown.walk("trails", 6)
    reaches = layers == "flatten"
    assert shown.root.get_by_label("the right class").is_visible() == reaches
    assert not shown.button("✎ draw or choose a digit").is_visible()
    shown.call("show", "gradients")
    assert shown.root.locator('[data-layer="drelu1"]').count() == 0
    shown.page.set_viewport_size({"width": 390, "height": 800})
    until(lambda: shown.page.evaluate("() => document.documentElement.scrollWidth"), 390)


def assert_ends(ends: list[str]) -> None:
    """Trails end with what is given, or with what nothing reads."""
    known = ("x[", "t[", "−1", "L", "d", "chosen", "conv1.padded[")  # nothing reaches a padding cell
    others = [end for end in ends if not end.startswith(known)]
    assert [end for end in others if ".weight[" not in end and ".bias[" not in end] == []


def test_a_large_sum_that_is_left_while_it_is_built_leaves_nothing_behind(alone):
    panels = """() => [...document.querySelectorAll(".vizconv-opened [data-panel]")].map(
        (panel) => panel.dataset.panel + " " + panel.querySelectorAll("[data-cell]").length)"""
    alone.call("open", "conv1", [3, 4, 5])
    alone.page.evaluate(
        """async () => {
            const { vizconv } = document.querySelector(".vizconv-network");
            const frame = () => new Promise(requestAnimationFrame);
            for (const [name, cell] of [["linear1", 7], ["conv2", 9], ["linear1", 8], ["dpool1", 5]]) {
                vizconv.open(name, cell);
                await frame();
                await frame();
            }
            vizconv.open("conv2", 40);
        }"""
    )
    until(lambda: alone.root.locator(".vizconv-opened .vizconv-coming").count(), 0)
    expected = ["pool1 150", "conv2.weight 150", "products 150", "sums 6", "conv2.bias 1", "conv2 1"]
    until(lambda: sorted(alone.page.evaluate(panels)), sorted(expected))
    assert alone.walk("cells", 5) == []


def test_pointing_says_what_a_number_is_made_of(alone, lenet):
    alone.call("show", "activations", {"loss": True})
    alone.call("point", "conv2", [3, 4, 5])
    value = format_number(float(lenet.stage.scene.panel("conv2").values[3, 4, 5]))
    said = alone.root.locator(".vizconv-network-sentence").inner_text()
    assert said.startswith(f"conv2[3,4,5] = 150 products + bias = {value}. Largest: ")
    assert said.endswith("Its field: 14×14 pixels.")


def test_keys_point_and_open(alone):
    alone.root.locator('[data-layer="pool2"]').focus()
    alone.call("point", "pool2", [3, 2, 2])
    for key in ("ArrowRight", "ArrowDown", "PageDown", "Enter"):
        alone.page.keyboard.press(key)
    assert alone.root.locator('.vizconv-crumb[aria-current="step"]').inner_text() == "pool2[4,3,3]"
    alone.page.keyboard.press("Escape")
    assert not alone.root.locator(".vizconv-opened").is_visible()


def test_escape_closes_wherever_the_focus_is(alone):
    alone.call("open", "pool2", [3, 2, 2])
    alone.page.evaluate("() => document.activeElement.blur()")
    alone.page.keyboard.press("Escape")
    assert not alone.root.locator(".vizconv-opened").is_visible()


def test_enlarged_numbers_fit_their_cells(alone):
    alone.call("open", "linear1", [7])
    cells = alone.root.locator(".vizconv-enlarged .vizconv-cell")
    alone.page.evaluate("() => document.querySelector('.vizconv-network').vizconv.finish()")
    assert cells.count() == 45
    wider = "all => all.filter((each) => each.scrollWidth > each.clientWidth + 1).length"
    assert cells.evaluate_all(wider) == 0
    alone.call("open", None)


def test_a_sum_of_many_channels_does_not_widen_the_page(saved):
    shown = saved(viewport={"width": 620, "height": 800})
    shown.call("open", "dpool1", [4, 8, 5])
    assert shown.page.evaluate("() => document.documentElement.scrollWidth") <= 620


def test_a_frame_at_the_edge_is_whole(alone):
    alone.call("point", "linear1", [7])  # all of x is framed, at the left edge
    painted = """() => { const [frames, x] = ['.vizconv-network-frames', '[data-layer="x"]']
        .map((name) => document.querySelector(name));
      const [box, over] = [x.getBoundingClientRect(), frames.getBoundingClientRect()];
      const at = (left) => frames.getContext('2d')
        .getImageData(left - over.left, box.top + box.height / 2 - over.top, 1, 1).data[3];
      return [at(box.left - 1), at(box.right)]; }"""
    assert min(alone.page.evaluate(painted)) > 100


def test_a_finger_points_and_then_opens(saved):
    shown = saved(has_touch=True, viewport={"width": 390, "height": 800})
    box = shown.root.locator('[data-layer="conv2"]').bounding_box()
    shown.page.touchscreen.tap(box["x"] + 20, box["y"] + 20)
    assert not shown.root.locator(".vizconv-opened").is_visible()
    shown.page.touchscreen.tap(box["x"] + 22, box["y"] + 20)
    assert shown.root.locator('.vizconv-crumb[aria-current="step"]').inner_text().startswith("conv2[0,")
    assert shown.page.evaluate("() => document.documentElement.scrollWidth") <= 390


# ---- Change ------------------------------------------------------------------------------------------------


def test_a_drawn_digit_goes_through_all_layers_and_back_out(alone, lenet):
    alone.button("✎ draw or choose a digit").click()
    before = alone.all_values()
    alone.draw((0.3, 0.2), (0.7, 0.2), (0.5, 0.8))
    x = alone.values("x").reshape(1, 28, 28)
    ink = np.argwhere(x[0] > 0)
    assert (np.ptp(ink, axis=0).max() + 1, x.max()) == (20, 1)  # as MNIST's digits are
    middle = np.array([np.average(axis, weights=x[0]) for axis in np.indices((28, 28))])
    assert np.abs(middle - 13.5).max() <= 0.5 + 1e-9
    drawn = scenes.network(lenet.settings.network, x, lenet.settings.label)
    alone.assert_is(drawn)
    alone.button("undo").click()  # a stroke as a whole
    after = alone.all_values()
    for name, values in before.items():
        np.testing.assert_array_equal(after[name], values)


def test_a_digit_is_chosen_with_its_label(alone):
    alone.root.locator(".vizconv-network-input").evaluate("input => input.hidden") and alone.button(
        "✎ draw or choose a digit"
    ).click()
    alone.root.get_by_role("button", name="a 3", exact=True).first.click()
    digit = vc.datasets.digits()[1].images[3] / 255
    np.testing.assert_array_equal(alone.values("x"), digit.ravel())
    assert alone.values("t").argmax() == 3
    alone.button("undo all").click()


def test_the_pad_shows_what_the_picture_is_drawn_with(alone):
    alone.show_pad()
    given = alone.values("x").tolist()
    one, other, again = ((0.3, 0.2), (0.3, 0.8)), ((0.7, 0.2), (0.7, 0.8)), ((0.3, 0.3), (0.3, 0.5))
    alone.draw(*one)
    drawn = alone.values("x").tolist()
    alone.draw(*other)
    alone.button("undo").click()
    alone.draw(*again)  # over ink that is there: the stroke that was undone is gone from the pad, too
    assert alone.values("x").tolist() == drawn
    alone.root.get_by_role("button", name="a 3", exact=True).first.click()
    digit = alone.values("x").tolist()
    alone.root.locator(".vizconv-pad-field").focus()
    alone.page.keyboard.press("ArrowLeft")  # the pen is not set down
    assert alone.values("x").tolist() == digit
    alone.draw(*one)  # on an empty pad
    assert alone.values("x").tolist() == drawn
    alone.button("undo all").click()
    assert alone.values("x").tolist() == given
    alone.draw(*again)
    assert alone.values("x").tolist() != drawn
    alone.button("undo all").click()


def test_a_stroke_on_its_way_can_be_undone(alone):
    alone.show_pad()
    given = alone.values("x").tolist()
    alone.draw((0.3, 0.2), (0.3, 0.8))
    drawn = alone.values("x").tolist()
    box = alone.root.locator(".vizconv-pad-field").bounding_box()
    alone.page.mouse.move(box["x"] + 120, box["y"] + 20)
    alone.page.mouse.down()
    alone.page.mouse.move(box["x"] + 150, box["y"] + 90, steps=4)
    alone.page.keyboard.press("Control+z")
    assert alone.values("x").tolist() == drawn
    alone.page.mouse.move(box["x"] + 20, box["y"] + 150, steps=4)
    alone.page.mouse.up()
    assert alone.values("x").tolist() == drawn
    alone.button("undo all").click()
    assert alone.values("x").tolist() == given


def test_a_small_picture_has_a_small_box_and_no_digits_to_choose(saved):
    shown = saved(vc.explore.network(small_network(), picture(), 1))
    shown.button("✎ draw a picture").click()
    assert shown.page.get_by_text("in a 6×6 box").is_visible()
    assert not shown.root.locator(".vizconv-digits").is_visible()


def test_a_negative_pixel_is_seen(alone):
    colour = """() => [...document.querySelector('[data-layer="x"]').getContext('2d')
        .getImageData(1, 1, 1, 1).data]"""
    paper = alone.page.evaluate(colour)
    alone.call("set", "x", 0, -1)
    negative = alone.page.evaluate(colour)
    alone.button("undo").click()
    assert negative != paper == alone.page.evaluate(colour)


def test_gradients_of_a_score_and_of_a_probability(alone, lenet):
    settings = lenet.settings
    for of in (("score", 3), ("probability", 2)):
        alone.call("show", "gradients", dict([of]))
        alone.assert_is(scenes.network(settings.network, settings.image, settings.label, of))
    alone.call("show", "activations", {"loss": True})


def test_typing_into_the_open_sum_changes_the_network_in_python(alive, notebook):
    alive.call("open", "conv2", [3, 4, 5])
    cell = alive.root.locator('[data-panel="conv2.weight"] [data-cell="3,1,2,2"]')
    cell.dblclick()
    alive.page.keyboard.type("0.75")
    alive.page.keyboard.press("Enter")
    weight = "explorer.settings.network.parameters['conv2.weight'][3, 1, 2, 2].item()"
    until(lambda: settings_of(notebook, weight), 0.75)
    sums = "explorer.stage.scene.panel('L').values.item()"
    assert alive.values("L")[0] == pytest.approx(settings_of(notebook, sums), abs=1e-12)
    alive.button("undo").click()
    trained = float(vc.datasets.trained_lenet5().parameters["conv2.weight"][3, 1, 2, 2])
    until(lambda: settings_of(notebook, weight), trained)


def test_a_drawing_reaches_python(alive, notebook):
    alive.button("✎ draw or choose a digit").click()
    alive.draw((0.4, 0.2), (0.4, 0.8))
    drawn = alive.values("x").tolist()
    until(lambda: settings_of(notebook, "explorer.settings.image.ravel().tolist()"), drawn)
    alive.button("✎ draw or choose a digit").click()


SMALL = """
import numpy as np
from dataclasses import replace
random = np.random.default_rng(0)
linear = vc.Linear(random.normal(size=(3, 64)), random.normal(size=3))
small = vc.Network({"flatten": vc.Flatten(), "linear": linear})
explorer.show(replace(explorer.settings, network=small, image=random.random((1, 8, 8)), label=1))
"""


def test_another_network_has_a_pad_of_its_own(alive, notebook):
    alive.call("open", "conv2", [3, 4, 5])  # a number that the other network has not
    alive.show_pad()
    alive.draw((0.3, 0.2), (0.3, 0.8))
    notebook.python(SMALL)
    until(lambda: alive.call("shape", "x"), [1, 8, 8])
    assert not alive.root.locator(".vizconv-opened").is_visible()
    assert not alive.root.locator(".vizconv-digits").is_visible()
    alive.draw((0.5, 0.2), (0.5, 0.8))
    ink = np.argwhere(alive.values("x").reshape(8, 8) > 0)
    assert np.ptp(ink, axis=0).max() + 1 == 6
    alive.root.get_by_role("button", name="✎").click()


def test_an_open_gradient_is_measured_below(alive, notebook):
    alive.call("open", "dconv2.weight", [3, 1, 2, 2])
    measured = alive.page.get_by_text("a finite difference gives").first
    measured.wait_for()
    assert measured.inner_text().startswith("dconv2.weight[3, 1, 2, 2] = ")


def test_what_a_rule_refuses_is_said_and_nothing_is_lost(alone):
    before = alone.all_values()
    largest = int(alone.values("relu4").argmax())
    assert not alone.call("set", "linear3.weight", [0, largest], 1.7e308)
    assert alone.root.get_by_role("alert").first.inner_text().startswith("✗ ")
    after = alone.all_values()
    for name, values in before.items():
        np.testing.assert_array_equal(after[name], values)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("conv1", 0, 1), "conv1 is worked out from others"),
        (("x", 784, 1), "x has no cell 784; its shape is 1×28×28"),
        (("x", [0, 28, 0], 1), "x has no cell 0,28,0"),
        (("x", [0, 0.5, 2], 1), "x has no cell 0,0.5,2"),
        (("x", 0, None), "value is null; a finite number is expected"),
        (("nothing", 0, 1), "there is no nothing; there are x, dx, "),
    ],
)
def test_what_cannot_be_set_is_refused(alone, given, sentence):
    with pytest.raises(Error, match=re.escape(sentence)):
        alone.call("set", *given)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("nothing",), "mode is nothing; activations or gradients is expected"),
        (("both",), "mode is both; activations or gradients is expected"),
        (("gradients", {"score": 10}), 'of is {"score":10}; {loss: true}, {score: k} or {probability: k}'),
        (("gradients", {"score": "3"}), 'of is {"score":"3"}; '),
        (("gradients", {"score": 1, "loss": True}), 'of is {"score":1,"loss":true}; '),
        (("gradients", {"loss": False}), 'of is {"loss":false}; '),
        (("gradients", {}), "of is {}; "),
        (("gradients", None), "of is null; "),
        (("gradients", "loss"), 'of is "loss"; '),
    ],
)
def test_what_cannot_be_shown_is_refused(alone, given, sentence):
    before = alone.values("chosen").tolist(), alone.values("dlinear3").tolist()
    with pytest.raises(Error, match=re.escape(sentence)):
        alone.call("show", *given)
    assert (alone.values("chosen").tolist(), alone.values("dlinear3").tolist()) == before


@pytest.mark.nightly
def test_five_hundred_events_leave_the_engines_numbers(alone, lenet):
    random = np.random.default_rng(4)
    alone.root.locator(".vizconv-network-input").evaluate("input => input.hidden") and alone.button(
        "✎ draw or choose a digit"
    ).click()
    names = [name for name in alone.names() if name == "x" or name.endswith((".weight", ".bias"))]
    names = [name for name in names if not name.startswith("d")]

    def memory():
        return alone.page.evaluate("() => performance.memory.usedJSHeapSize")

    sizes = []
    for event in range(500):
        kind = event % 6
        if kind == 0:
            alone.draw(*random.uniform(0.1, 0.9, (3, 2)).tolist())
        elif kind == 1:
            name = names[random.integers(len(names))]
            alone.call("set", name, int(random.integers(alone.values(name).size)), float(random.normal()))
        elif kind == 2:
            alone.walk("cells", 1, seed=event)
        elif kind == 3:
            of = [{"loss": True}, {"score": 4}, {"probability": 2}][random.integers(3)]
            alone.call("show", ["activations", "gradients"][random.integers(2)], of)
        elif kind == 4 and alone.button("undo").is_enabled():
            alone.button("undo").click()
        else:
            alone.page.keyboard.press(["Escape", "Backspace", "Enter", "q", "Tab"][random.integers(5)])
        if event % 100 == 99:
            sizes.append(memory())
    alone.call("show", "activations", {"loss": True})
    trained = lenet.settings.network
    shaped = {name: alone.values(name).reshape(array.shape) for name, array in trained.parameters.items()}
    x, label = alone.values("x").reshape(1, 28, 28), int(alone.values("t").argmax())
    alone.assert_is(scenes.network(trained.with_parameters(shaped), x, label))
    assert sizes[-1] < sizes[0] + 40e6
    alone.button("undo all").click()


def test_two_views_of_a_network_and_python_are_one(opened):
    notebook = opened("network_views.ipynb", *CELLS, "explorer")
    roots = notebook.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .vizconv-network")
    until(roots.count, 2)

    def call(view, name, *given):
        made = "(root, [name, given]) => Object.values(root.vizconv[name](...given))"
        return roots.nth(view).evaluate(made, [name, given])

    def weights(view):
        return call(view, "values", "conv1.weight")[:2]

    first = weights(0)
    call(0, "set", "conv1.weight", 0, 0.75)
    until(lambda: weights(1), [0.75, first[1]])
    call(1, "set", "conv1.weight", 1, -0.5)
    until(lambda: weights(0), [0.75, -0.5])
    ours = "explorer.settings.network.parameters['conv1.weight'].ravel()[:2].tolist()"
    until(lambda: settings_of(notebook, ours), [0.75, -0.5])
    assert call(0, "values", "L") == call(1, "values", "L")
    assert notebook.complaints() == []
    notebook.close()
