"""Kernels on pictures in a real JupyterLab: pointing, typing, choosing and uploading, seen on the canvas."""

import io
import json

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from scipy.signal import correlate2d

from tests.browser.notebook import until
from vizconv.stage.picture import coloured

SET_UP = "import json\nimport numpy as np\nimport vizconv as vc"
DISC = "grey = vc.explore.kernels('bright disc', 'moving average')\ngrey"
SIGNED = "signed = vc.explore.kernels('photograph', 'Sobel, vertical edges', colours=True)\nsigned"
CANVAS = """canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return [canvas.height, canvas.width, ...data];
}"""


@pytest.fixture(scope="module")
def opened_kernels(opened):
    notebook = opened("kernels.ipynb", SET_UP, DISC, SIGNED)
    expect(notebook.page.locator(".vizconv-stage")).to_have_count(2)
    return notebook


@pytest.fixture
def notebook(opened_kernels):
    """Two explorers, run; whatever the page complains of by the end of a test fails the test."""
    opened_kernels.page.bring_to_front()
    yield opened_kernels
    assert opened_kernels.complaints() == []


@pytest.fixture
def grey(notebook):
    """The first explorer's output, as at the start."""
    notebook.python("grey.show(grey._start)")
    output = notebook.page.locator(".jp-OutputArea-output", has=notebook.page.locator(".vizconv-stage")).nth(
        0
    )
    until_drawn(output, 1, shown(np.full((3, 3), 1 / 9)))
    yield output
    notebook.page.mouse.move(0, 0)


def canvas(output, which):
    return output.locator(".vizconv-picture canvas").nth(which)


def pixels(output, which):
    """All pixels of a canvas (H, W, 3)."""
    height, width, *data = canvas(output, which).evaluate(CANVAS)
    return np.reshape(data, (height, width, 4))[..., :3]


def until_drawn(output, which, wanted):
    until(lambda: pixels(output, which), wanted, np.array_equal)


def known(notebook, what):
    return json.loads(notebook.python(f"print(json.dumps({what}))"))


def point(output, which, row, column, size):
    box = canvas(output, which).bounding_box()
    place = {"x": (column + 0.5) * box["width"] / size, "y": (row + 0.5) * box["height"] / size}
    canvas(output, which).hover(position=place)


def shown(kernel):
    """The disc under a kernel as grey pixels (48, 48, 3), by SciPy."""
    row, column = np.abs(np.indices((48, 48)) - 23.5)
    disc = np.where(row**2 + column**2 < 256, 200, 50)
    y = np.rint(np.clip(correlate2d(disc, kernel, "same"), 0, 255))
    return np.repeat(y[..., None], 3, axis=2)


def upload(notebook, output, data):
    with notebook.page.expect_file_chooser() as chosen:
        output.get_by_role("button", name="upload a picture").click()
    chosen.value.set_files({"name": "a.png", "mimeType": "image/png", "buffer": data})


def explorer(notebook, number):
    stage = notebook.page.locator(".vizconv-stage")
    return notebook.page.locator(".jp-OutputArea-output", has=stage).nth(number)


def formula(output):
    return output.locator('[data-role="formula"]')


@pytest.mark.parametrize("which", [0, 1])
def test_pointing_at_either_picture_shows_its_sum(notebook, grey, which):
    point(grey, which, 24, 8, 48)
    expect(formula(grey)).to_contain_text("y[24,8] =")
    expect(formula(grey)).to_contain_text("= 150")
    expect(grey.locator(".vizconv-picture-said").nth(1)).to_contain_text("row 24, column 8: 150")
    expect(grey.locator(".vizconv-picture-said").nth(0)).to_contain_text("rows 23 to 25, columns 7 to 9")
    regions = "[grey.x.region, grey.y.region]"
    until(lambda: known(notebook, regions), [[23, 7, 3, 3], [24, 8, 1, 1]])


def test_at_the_border_the_frame_sticks_out(notebook, grey):
    point(grey, 0, 0, 47, 48)
    expect(grey.locator(".vizconv-picture-said").nth(0)).to_contain_text("rows −1 to 1, columns 46 to 48")
    expect(formula(grey)).to_contain_text("y[0,47] = (0)")
    frame = grey.locator(".vizconv-picture-region").nth(0).bounding_box()
    box = canvas(grey, 0).bounding_box()
    pixel = box["width"] / 48
    found = [frame["y"] - box["y"], frame["x"] - box["x"], frame["height"], frame["width"]]
    np.testing.assert_allclose(np.array(found) / pixel, [-1, 46, 3, 3], atol=0.05)


def test_the_pictures_stay_where_they_are_while_one_points(notebook):
    output = explorer(notebook, 1)  # in colours: the longest captions
    boxes = []
    for row, column in ((0, 0), (100, 150), (191, 191)):
        point(output, 0, row, column, 192)
        expect(output.locator(".vizconv-picture-said").nth(0)).to_contain_text(f"row {row}, column {column}:")
        canvases = [canvas(output, which).bounding_box() for which in (0, 1)]
        boxes.append([*canvases, output.locator(".vizconv-stage").bounding_box()])
    assert boxes[0][0]["y"] == boxes[0][1]["y"]  # side by side
    assert boxes == [boxes[0]] * 3


def test_the_stage_says_where_its_x_comes_from(notebook, grey):
    grey.locator('[data-panel="x"] [data-cell]').first.dblclick()
    expect(grey.get_by_role("alert")).to_contain_text("x is cut out of the picture above")


def test_a_held_frame_is_let_go_by_escape_on_a_slider(notebook, grey):
    point(grey, 0, 10, 10, 48)
    canvas(grey, 0).click(position={"x": 90, "y": 90})
    held = grey.locator(".vizconv-picture-held")
    expect(held).to_have_count(1)
    grey.locator(".noUi-handle").first.focus()
    notebook.page.keyboard.press("Escape")
    expect(held).to_have_count(0)


def test_the_canvas_holds_the_filtered_picture(notebook, grey):
    until_drawn(grey, 1, shown(np.full((3, 3), 1 / 9)))
    until_drawn(grey, 0, shown([[1]]))


def keep_busy(notebook):
    busy = "import time\ntime.sleep(1.5)"
    notebook.page.evaluate("([path, code]) => void testing.python(path, code)", [notebook.path, busy])


def test_a_typed_weight_changes_the_picture_even_if_the_kernel_was_busy(notebook, grey):
    keep_busy(notebook)
    for index in ("0,0", "1,1"):
        cell = grey.locator(f'[data-panel="w"] [data-cell="{index}"]')
        cell.dblclick()
        cell.get_by_role("textbox").fill("0.5")
        cell.get_by_role("textbox").press("Enter")
    expect(formula(grey)).to_contain_text("(0.5)")  # at once, long before the kernel answers
    kernel = np.full((3, 3), 1 / 9)
    kernel[0, 0] = kernel[1, 1] = 0.5
    until_drawn(grey, 1, shown(kernel))
    assert known(notebook, "grey.settings.kernel.name") == "your own"


def test_another_kernel_is_drawn_on_the_same_canvas(notebook, grey):
    canvas(grey, 1).evaluate("canvas => { canvas.mine = true; }")
    grey.locator(".widget-dropdown", has_text="kernel w").locator("select").select_option("sharpen")
    until_drawn(grey, 1, shown(2 * np.outer([0, 1, 0], [0, 1, 0]) - np.full((3, 3), 1 / 9)))
    assert canvas(grey, 1).evaluate("canvas => canvas.mine")


def test_signed_colours_are_those_of_the_still(notebook):
    output = notebook.page.locator(".jp-OutputArea-output", has=notebook.page.locator(".vizconv-stage")).nth(
        1
    )
    image = np.array(known(notebook, "signed.y.image.tolist()"), np.float32)
    assert image.shape == (192, 192, 3) and image.min() < 0 < image.max()
    until_drawn(output, 1, coloured(image))
    point(output, 1, 60, 70, 192)
    red, green, blue = (f"{value:.0f}".replace("-", "−") for value in image[60, 70])
    said = output.locator(".vizconv-picture-said").nth(1)
    expect(said).to_contain_text(f"row 60, column 70: red {red}, green {green}, blue {blue}")
    expect(formula(output)).to_contain_text("y[0,60,70] = ")
    expect(formula(output)).to_contain_text(f"= {red}")


def test_an_upload_and_one_that_is_none(notebook, grey):
    buffer = io.BytesIO()
    Image.fromarray(np.arange(60, dtype=np.uint8).reshape(6, 10)).save(buffer, "PNG")
    upload(notebook, grey, buffer.getvalue())
    expect(grey.locator(".vizconv-picture-size").nth(0)).to_have_text("6×10")
    until_drawn(grey, 0, np.repeat(np.arange(60).reshape(6, 10, 1), 3, axis=2))
    upload(notebook, grey, b"nonsense")
    expect(grey.locator(".vizconv-stage")).to_contain_text("The picture from before is still here.")
    assert canvas(grey, 0).evaluate("canvas => [canvas.height, canvas.width]") == [6, 10]


def test_a_file_larger_than_a_message_may_be(notebook, grey, tmp_path):
    path = tmp_path / "large.bmp"
    Image.new("RGB", (2400, 1800), (0, 0, 90)).save(path)
    assert path.stat().st_size > 12_000_000  # a server drops messages of more than ten million bytes
    with notebook.page.expect_file_chooser() as chosen:
        grey.get_by_role("button", name="upload a picture").click()
    chosen.value.set_files(path)
    expect(grey.locator(".vizconv-stage")).to_contain_text("made smaller: from 2400 to 512 pixels")
    until(lambda: pixels(grey, 0)[90, 90].tolist(), [10, 10, 10])  # the grey of that blue


def test_the_kernel_chosen_for_one_channel_can_be_chosen_for_the_next(notebook):
    notebook.python("signed.show(signed._start)")
    output = explorer(notebook, 1)
    kernel, channel = (
        output.locator(".widget-dropdown", has_text=words).locator("select")
        for words in ("kernel w", "choose for")
    )
    apart = output.get_by_label("one kernel a channel")
    expect(apart).not_to_be_checked()  # the page has heard of the start
    apart.check()
    channel.select_option("red")
    keep_busy(notebook)  # a list that was used may be heard in another thread than one that was not
    kernel.select_option("blur")
    channel.select_option("green")
    expect(kernel.locator("option:checked")).to_have_text("Sobel, vertical edges")
    kernel.select_option("blur")
    sums = "[float(kernel.values.sum()) for kernel in signed.settings.kernels]"
    until(lambda: known(notebook, sums), [1, 1, 0])
    channel.select_option("all three")
    expect(kernel.locator("option:checked")).to_have_text("your own")
    notebook.python("signed.show(signed._start)")
