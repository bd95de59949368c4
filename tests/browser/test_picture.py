"""Pictures in a real JupyterLab: the canvas holds the array, and pointing at it reaches Python."""

import json

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.notebook import until
from vizconv.stage import Picture
from vizconv.stage.picture import coloured

LABEL = "<img src=x onerror=alert(1)>"
SET_UP = f"""
import numpy as np
from vizconv.stage import Picture
random = np.random.default_rng(0)
grey = random.integers(0, 256, (28, 20)).astype(np.uint8)
photograph = random.integers(0, 256, (512, 512, 3)).astype(np.uint8)
signed = random.standard_normal((6, 9))
signed[2, 3] = np.nan
pictures = [Picture(grey, {LABEL!r}, frame=(5, 3)), Picture(photograph, "photograph"), Picture(signed, "map")]
"""
CELLS = (SET_UP, *(f"pictures[{number}]" for number in range(3)))
SAMPLED = """(canvas, places) => {
    const context = canvas.getContext("2d");
    return places.map(([row, column]) => [...context.getImageData(column, row, 1, 1).data]);
}"""
TIMED = """async (source) => {
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const { render } = (await import(address)).default;
    const [height, width, channels] = [512, 512, 3];
    const heard = {};
    const shown = (grey) => {
        const pixels = new DataView(new Uint8Array(height * width * channels).fill(grey).buffer);
        return { height, width, channels, kind: "uint8", step: 1, largest: 0, palette: [], scale: 1, pixels };
    };
    const state = { _shown: shown(0), label: "", pointer: [], region: [] };
    const model = { get: (name) => state[name], on: (name, answer) => { heard[name] = answer; }, off() {} };
    const el = document.body.appendChild(document.createElement("div"));
    const close = render({ model, el });
    const canvas = el.querySelector("canvas");
    const times = [];
    for (let grey = 1; grey <= 21; grey += 1) {
        state._shown = shown(grey);
        const start = performance.now();
        heard["change:_shown"]();
        const [red] = canvas.getContext("2d").getImageData(511, 511, 1, 1).data;
        times.push(performance.now() - start);
        if (el.querySelector("canvas") !== canvas) throw new Error("the canvas was built anew");
        if (red !== grey) throw new Error(`${red} instead of ${grey}`);
    }
    close();
    el.remove();
    return times;
}"""


@pytest.fixture(scope="module")
def opened_pictures(opened):
    notebook = opened("pictures.ipynb", *CELLS)
    expect(notebook.page.locator(".vizconv-picture")).to_have_count(3)
    return notebook


@pytest.fixture
def notebook(opened_pictures):
    """Three pictures, run; whatever the page complains of by the end of a test fails the test."""
    opened_pictures.page.bring_to_front()
    yield opened_pictures
    assert opened_pictures.complaints() == []


@pytest.fixture(scope="module")
def arrays():
    namespace = {}
    exec(SET_UP, namespace)
    return namespace["grey"], namespace["photograph"], namespace["signed"]


@pytest.fixture
def grey(notebook):
    """The first picture, 28×20 with a frame of 5×3, as at the start."""
    notebook.python("pictures[0].image = grey\npictures[0].region = [11, 8, 5, 3]")
    picture = notebook.page.locator(".vizconv-picture").nth(0)
    expect(picture.locator(".vizconv-picture-size")).to_have_text("28×20")
    expect(said(picture)).to_contain_text("frame: rows 11 to 15, columns 8 to 10")
    yield picture
    picture.locator("canvas").press("Escape")
    notebook.page.mouse.move(0, 0)


def rgba(image):
    colours = coloured(image)
    colours = colours.reshape(*image.shape[:2], -1) + np.zeros(3, np.uint8)
    return np.concatenate([colours, np.full((*image.shape[:2], 1), 255)], axis=2)


def canvas_of(notebook, number):
    return notebook.page.locator(".vizconv-picture canvas").nth(number)


def middle_of(picture, row, column, size=(28, 20)):
    """Where on the page's canvas the middle of a pixel is."""
    box = picture.locator("canvas").bounding_box()
    return {"x": (column + 0.5) * box["width"] / size[1], "y": (row + 0.5) * box["height"] / size[0]}


def known(notebook):
    """What Python knows of the first picture: pointer and region."""
    return json.loads(notebook.python("print([pictures[0].pointer, pictures[0].region])"))


def wait_for(notebook, wanted):
    """Ask Python until it knows what it should."""
    until(lambda: known(notebook), wanted)


def said(picture):
    return picture.locator(".vizconv-picture-said")


@pytest.mark.parametrize("number", range(3))
def test_the_canvas_holds_the_array(notebook, grey, arrays, number):
    image = arrays[number]
    places = np.random.default_rng(1).integers(0, image.shape[:2], (60, 2)).tolist()
    places += [[0, 0], [image.shape[0] - 1, image.shape[1] - 1]]
    wanted = [rgba(image)[row, column].tolist() for row, column in places]
    until(lambda: canvas_of(notebook, number).evaluate(SAMPLED, places), wanted)


def test_another_image_is_drawn_on_the_same_canvas(notebook, grey, arrays):
    canvas = canvas_of(notebook, 0)
    canvas.evaluate("canvas => { canvas.mine = true; }")
    for image in ("255 - grey", "signed"):
        notebook.python(f"pictures[0].image = {image}")
        wanted = 255 - arrays[0] if image == "255 - grey" else arrays[2]
        expect(grey.locator(".vizconv-picture-size")).to_contain_text("×".join(map(str, wanted.shape)))
        notebook.page.wait_for_function(
            "([canvas, first]) => canvas.getContext('2d').getImageData(0, 0, 1, 1).data[0] === first",
            arg=[canvas.element_handle(), int(rgba(wanted)[0, 0, 0])],
        )
        assert canvas.evaluate(SAMPLED, [[5, 8]]) == [rgba(wanted)[5, 8].tolist()]
        assert canvas.evaluate("canvas => canvas.mine")
    wait_for(notebook, [[], [1, 6, 5, 3]])


def test_pointing_reaches_python_and_back(notebook, grey, arrays):
    grey.locator("canvas").hover(position=middle_of(grey, 9, 14))
    frame = "frame: rows 7 to 11, columns 13 to 15"
    expect(said(grey)).to_have_text(f"row 9, column 14: {arrays[0][9, 14]} · {frame}")
    wait_for(notebook, [[9, 14], [7, 13, 5, 3]])
    grey.locator("canvas").hover(position=middle_of(grey, 0, 19))
    wait_for(notebook, [[0, 19], [0, 17, 5, 3]])
    notebook.page.mouse.move(0, 0)
    wait_for(notebook, [[], [0, 17, 5, 3]])
    notebook.python("pictures[0].region = [20, 2, 5, 3]")
    expect(said(grey)).to_have_text("frame: rows 20 to 24, columns 2 to 4")


def test_the_frame_lies_on_its_pixels(notebook, grey):
    grey.locator("canvas").hover(position=middle_of(grey, 9, 14))
    wait_for(notebook, [[9, 14], [7, 13, 5, 3]])
    canvas, frame = (grey.locator(name).bounding_box() for name in ("canvas", ".vizconv-picture-region"))
    pixel = canvas["width"] / 20
    found = [frame["y"] - canvas["y"], frame["x"] - canvas["x"], frame["height"], frame["width"]]
    assert np.allclose(np.array(found) / pixel, [7, 13, 5, 3], atol=0.05)


def test_a_click_holds_the_frame_until_escape(notebook, grey):
    canvas = grey.locator("canvas")
    canvas.click(position=middle_of(grey, 9, 14))
    canvas.hover(position=middle_of(grey, 20, 5))
    wait_for(notebook, [[20, 5], [7, 13, 5, 3]])
    expect(said(grey)).to_contain_text("held")
    canvas.press("Escape")
    expect(said(grey)).not_to_contain_text("held")
    canvas.hover(position=middle_of(grey, 21, 5))
    wait_for(notebook, [[21, 5], [19, 4, 5, 3]])
    for is_held in (True, False):
        canvas.click(position=middle_of(grey, 21, 5))
        expectation = expect(said(grey))
        (expectation.to_contain_text if is_held else expectation.not_to_contain_text)("held")


def test_the_keys_move_by_a_pixel(notebook, grey, arrays):
    canvas = grey.locator("canvas")
    path = {"ArrowDown": (14, 9), "ArrowRight": (14, 10), "ArrowUp": (13, 10), "ArrowLeft": (13, 9)}
    for key, place in path.items():
        canvas.press(key)
        expect(said(grey)).to_contain_text(f"row {place[0]}, column {place[1]}: {arrays[0][place]} ")
        wait_for(notebook, [[*place], [place[0] - 2, place[1] - 1, 5, 3]])
    canvas.press("Enter")
    canvas.hover(position=middle_of(grey, 2, 2))
    wait_for(notebook, [[2, 2], [11, 8, 5, 3]])
    for _ in range(30):
        canvas.press("ArrowRight")  # held against the mouse only
    wait_for(notebook, [[13, 19], [11, 17, 5, 3]])


def test_the_notebook_does_not_take_the_keys(notebook, grey):
    grey.locator("canvas").focus()
    notebook.page.keyboard.type("ddm00")
    assert notebook.page.locator(".vizconv-picture").count() == 3


def test_names_for_those_who_do_not_see_it(notebook, grey):
    name = f"{LABEL}, 28×20 pixels; arrow keys point at a pixel"
    expect(notebook.page.get_by_role("application", name=name)).to_have_count(1)
    expect(said(notebook.page.locator(".vizconv-picture").nth(0))).to_have_attribute("aria-live", "polite")


def test_a_label_is_text(notebook):
    assert notebook.page.locator(".vizconv-picture-label").all_inner_texts() == [LABEL, "photograph", "map"]
    assert notebook.page.locator(".vizconv-picture img").count() == 0


def test_values_of_colours_and_of_signed_numbers(notebook, arrays):
    _, photograph, signed = arrays
    for number, place, value in (
        (1, (300, 17), "red {}, green {}, blue {}".format(*photograph[300, 17])),
        (2, (1, 4), f"{signed[1, 4]:.6g}".replace("-", "−")),
        (2, (2, 3), "NaN"),
    ):
        picture = notebook.page.locator(".vizconv-picture").nth(number)
        position = middle_of(picture, *place, size=arrays[number].shape[:2])
        picture.locator("canvas").hover(position=position)
        expect(said(picture)).to_have_text(f"row {place[0]}, column {place[1]}: {value}")


def test_a_large_picture_is_drawn_at_once(notebook):
    times = notebook.page.evaluate(TIMED, str(Picture._esm))
    assert min(times) < 20  # milliseconds; where others want the machine, too, most take longer
