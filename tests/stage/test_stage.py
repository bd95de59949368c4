"""The stage's Python half: what it tells the page, and which of the page's edits it takes."""

import base64
import io
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from comm.base_comm import BaseComm
from PIL import Image

from tests.front_end import send
from tests.scenes.cases import permuted_scene
from tests.stage.cases import repeated_scene, ruled_scene
from tests.stage.messages import decoded_panel, decoded_step, decoded_terms
from vizconv.engine.operations import correlation as correlate
from vizconv.scenes import Panel, Reading, Rule, Scene, Terms, correlation
from vizconv.scenes.terms import Repeat
from vizconv.stage import Stage, lasting
from vizconv.stage.message import as_message

X = np.array([[1, -2, -9, 6], [5, 8, 7, 9], [-6, 2, 0, -1], [-3, 4, -1, 0]])
K = np.array([[6, 0], [-7, -1]])
REPEAT = "count", "out", "left", "right"


@pytest.fixture
def stage():
    """The worked example with a padding of 1: x starts at cell 7 of its 6×6 panel."""
    return Stage(correlation(correlate(X, K, padding=1), notes=["A note."], code="lines"))


@pytest.fixture
def sent(monkeypatch):
    """Every message that a widget sends, as it goes over the wire."""
    messages = []

    def publish(self, kind, data=None, metadata=None, buffers=None, **keys):
        messages.append({"kind": kind, "data": data, "buffers": buffers})

    classes = [BaseComm, *BaseComm.__subclasses__()]
    for owner in (one for one in classes if "publish_msg" in vars(one)):
        monkeypatch.setattr(owner, "publish_msg", publish)
    return messages


# ---- What the page reads -----------------------------------------------------------------------------


def assert_says(message, scene):
    """The message holds the scene, number by number."""
    assert [panel["name"] for panel in message["panels"]] == [panel.name for panel in scene.panels]
    for said, panel in zip(message["panels"], scene.panels, strict=True):
        for theirs, ours in zip(decoded_panel(said), (panel.values, panel.kinds, panel.owners), strict=True):
            np.testing.assert_array_equal(theirs, ours)
        assert said["origin"] == list(panel.origin)
        assert said["place"] == (panel.place and list(panel.place))
        assert said["moved"] == list(panel.moved)
        assert said["names"] == [list(axis) for axis in panel.names]
        for name in ("label", "subscript", "superscript", "sign", "editable", "constant", "bars"):
            assert said[name] == getattr(panel, name)
        shades = scene.ranges.get(panel.name)
        assert (said["scale"], said["pixels"]) == (
            shades and shades.scale.name,
            shades and shades.scale.pixels and list(shades.scale.pixels),
        )
    assert [table["name"] for table in message["terms"]] == list(scene.terms)
    for said in message["terms"]:
        terms = scene.terms[said["name"]]
        indices = decoded_terms(said)
        assert tuple(indices) == terms.roles
        for role in terms.roles:
            np.testing.assert_array_equal(indices[role], getattr(terms, role))
        assert (
            tuple(Repeat(**dict(zip(REPEAT, each, strict=True))) for each in said["repeats"]) == terms.repeats
        )
    assert [decoded_step(step) for step in message["steps"]] == list(scene.steps)
    assert (message["walk"], message["notes"]) == (scene.walk, list(scene.notes))


@pytest.mark.parametrize("seed", range(5))
def test_a_message_holds_any_scene(seed):
    generator = np.random.default_rng(seed)
    for scene in (permuted_scene(generator), repeated_scene(generator, 1 + seed % 3), ruled_scene(generator)):
        assert_says(as_message(scene), scene)


def test_what_comes_again_travels_once():
    terms = Terms([0], [1], [2]).repeated(1000, out=70, left=1).repeated(3, right=5)
    (said,) = as_message(Scene((), {"t": terms}))["terms"]
    assert said == {"name": "t", "wide": False, "repeats": [[3, 0, 0, 5], [1000, 70, 1, 0]]} | {
        role: bytes([index, 0]) for index, role in enumerate(terms.roles)
    }


def test_a_message_holds_the_worked_example(stage):
    assert_says(stage._scene, stage.scene)
    assert stage.code == "lines"


def test_a_bias_has_no_right_index():
    panels = Panel("y", [0, 0], (0, 1)), Panel("b", 3.5, (0, 0))
    scene = Scene(panels, {"b": Terms([0, 1], [0, 0], None)}, (Reading("b", "out", "y", "b"),))
    assert_says(as_message(scene), scene)
    assert "right" not in as_message(scene)["terms"][0]


def test_the_page_hears_where_to_point_first(stage):
    assert stage._scene["pointed"] is None
    assert as_message(replace(stage.scene, pointed=("y", 3)))["pointed"] == {"panel": "y", "cell": 3}


def test_wide_and_narrow_indices_travel_in_one_width():
    panels = Panel("y", np.zeros(70_000), (0, 1)), Panel("x", [1, 2], (0, 0))
    terms = Terms([69_999, 0], [0, 1], None)
    scene = Scene(panels, {"t": terms}, (Reading("t", "out", "y", "x"),))
    assert as_message(scene)["terms"][0]["wide"]
    assert_says(as_message(scene), scene)


def test_arrays_in_any_order_of_memory():
    values = np.asfortranarray(np.arange(12.0).reshape(3, 4)[:, ::-1])
    scene = Scene((Panel("x", values, (0, 0), kinds=np.asfortranarray(values.astype(np.uint8) % 8)),))
    assert_says(as_message(scene), scene)


def test_numbers_travel_as_buffers(sent):
    stage = Stage(correlation(correlate(np.zeros((28, 28)), np.zeros((5, 5)))))
    opening = next(message for message in sent if "_scene" in message["data"].get("state", {}))
    paths = [tuple(path) for path in opening["data"]["buffer_paths"]]
    wanted = {("_scene", "panels", i, name) for i in range(3) for name in ("values", "kinds")}
    wanted |= {("_scene", "terms", 0, role) for role in ("out", "left", "right")}
    assert set(paths) == wanted | {("_scene", "panels", 1, "owners")}
    assert sum(len(buffer) for buffer in opening["buffers"]) == (784 + 25 + 576) * 9 + 25 * 2 + 14_400 * 3 * 2
    sent.clear()
    stage.scene = correlation(correlate(X, K))
    (update,) = [message for message in sent if message["data"].get("method") == "update"]
    assert set(update["data"]["state"]) == {"_scene"}
    assert sum(len(buffer) for buffer in update["buffers"]) == (16 + 4 + 9) * 9 + 4 * 2 + 36 * 3 * 2


def test_another_scene_takes_the_first_ones_place(stage):
    scene = correlation(correlate(X, X), code="other lines")
    stage.scene = scene
    assert_says(stage._scene, scene)
    assert stage.code == "other lines"


# ---- Edits from the page -----------------------------------------------------------------------------


def edited(panel="x", cell=7, value=2.5, serial=1):
    return message({"panel": panel, "cell": cell, "value": value}, serial)


def message(change, serial=1):
    """What the page sends: all changes since the last answer."""
    return {"changes": [change], "serial": serial}


def test_an_edit_from_the_page_changes_the_scene_and_its_sums(stage):
    send(stage, edit=edited("x", 7, 11))
    x = X.copy()
    x[0, 0] = 11
    assert_says(stage._scene, correlation(correlate(x, K, padding=1), notes=["A note."]))
    assert stage.scene.panel("x").values.dtype == np.int64
    send(stage, edit=edited("w", 3, -0.5, serial=2))
    k = K.astype(float)
    k[1, 1] = -0.5
    assert_says(stage._scene, correlation(correlate(x, k, padding=1), notes=["A note."]))


def test_every_cell_of_the_input_can_be_edited(stage):
    for serial, (cell, kind) in enumerate(enumerate(stage.scene.panel("x").kinds.flat), 1):
        before = stage.scene.panel("x").values.flat[cell]
        send(stage, edit=edited("x", cell, 50, serial))
        assert stage.scene.panel("x").values.flat[cell] == (before if kind else 50)
    np.testing.assert_array_equal(
        stage.scene.panel("y").values, correlate(np.full((4, 4), 50), K, padding=1).y[0, 0]
    )


def test_the_answer_carries_the_edits_number(stage, sent):
    send(stage, edit=edited(serial=7))
    answers = [message["data"]["state"] for message in sent if message["data"].get("method") == "update"]
    assert [answer["_scene"]["serial"] for answer in answers] == [7]
    stage.scene = correlation(correlate(X, K))
    assert stage._scene["serial"] == 7


def test_the_same_number_again_is_no_news(stage, sent):
    send(stage, edit=edited())
    sent.clear()
    send(stage, edit=edited())
    assert [message["data"]["method"] for message in sent] in ([], ["echo_update"])


IGNORED = {
    "nothing": {},
    "another panel": edited("z"),
    "a panel that is worked out": edited("y", 0),
    "a padding cell": edited("x", 0),
    "no panel": message({"cell": 7, "value": 1}),
    "a panel that is a list": edited(["x"]),
    "a panel that is a dictionary": edited({"x": 1}),
    "no cell": message({"panel": "x", "value": 1}),
    "a cell before the first": edited(cell=-1),
    "a cell behind the last": edited(cell=36),
    "a cell that is a fraction": edited(cell=7.5),
    "a cell that is a float": edited(cell=7.0),
    "a cell that is a text": edited(cell="7"),
    "a cell that is a bool": edited("w", cell=True),
    "a cell that is a list": edited(cell=[1, 1]),
    "a huge cell": edited(cell=10**30),
    "no value": message({"panel": "x", "cell": 7}),
    "a change that is a list": message(["x", 7, 1]),
    "changes that are no list": {"changes": 7, "serial": 1},
    "no changes": {"serial": 1},
    "NaN": edited(value=float("nan")),
    "infinity": edited(value=float("inf")),
    "less than the least": edited(value=float("-inf")),
    "more than a float holds": edited(value=10**400),
    "a value that is a bool": edited(value=True),
    "a value that is a text": edited(value="3"),
    "a value that is a list": edited(value=[3]),
    "a value that is None": edited(value=None),
}


def test_all_changes_of_a_message_are_taken_in_order(stage):
    changes = [edited("x", 7, 11), edited("x", 8, 3), edited("x", 7, 5), edited("w", 3, 2)]
    send(stage, edit={"changes": [change for one in changes for change in one["changes"]], "serial": 4})
    assert stage.scene.panel("x").values.flat[7:9].tolist() == [5, 3]
    assert stage.scene.panel("w").values.flat[3] == 2
    assert np.array_equal(stage.scene.sums()["y"], stage.scene.panel("y").values)


@pytest.mark.parametrize("name", IGNORED)
def test_an_edit_that_makes_no_sense_is_ignored(stage, name):
    before = stage.scene
    stage.edit = {"panel": "before"}
    send(stage, edit=IGNORED[name])
    assert stage.scene is before
    assert_says(stage._scene, before)
    assert stage._scene["serial"] == IGNORED[name].get("serial", 0)  # the page is answered all the same


@pytest.mark.parametrize("serial", [None, "5", 2.5, [], True])
def test_a_number_that_counts_nothing_is_not_echoed(stage, serial):
    send(stage, edit=edited(serial=4))
    send(stage, edit=edited(value=9, serial=serial))
    assert stage.scene.panel("x").values.flat[7] == 9
    assert stage._scene["serial"] == 4


@pytest.mark.parametrize("value", [1.7e308, -1e300, 2**62, 5e-324, 0, -0.0])
def test_any_finite_number_may_be_typed(stage, value):
    send(stage, edit=edited("w", 1, value))
    assert stage.scene.panel("w").values.flat[1] == value
    assert stage.scene.panel("y").values[1, 1] == 1 * 6 - 2 * float(value) - 5 * 7 - 8


def test_an_edit_may_make_what_its_owner_decides():
    asked = []

    def double(scene, edits):
        asked.extend(edits)
        return correlation(correlate(X * 2, K))

    stage = Stage(correlation(correlate(X, K)), edited=double)
    send(stage, edit=edited("w", 2, 4))
    assert asked == [("w", 2, 4)] and stage._scene["serial"] == 1
    np.testing.assert_array_equal(stage.scene.panel("x").values, X * 2)


def test_an_edit_of_which_a_rule_makes_nothing_changes_nothing():
    panels = Panel("x", [1.0, 2], (0, 0), editable=True), Panel("z", [[10.0, 20]], (0, 1))
    panels += (Panel("p", [[0.0, 0]], (0, 2)),)
    steps = Reading("t", "out", "z", "x", "x"), Rule(name="softmax", out="p", of=("z",))
    scene = Scene(panels, {"t": Terms([0, 1], [0, 1], [0, 1])}, steps)
    stage = Stage(scene.edited("x", 1, 3))
    before = stage.scene
    send(stage, edit=edited("x", 0, 1e200))
    assert stage.scene is before and stage._scene["serial"] == 1
    changes = [{"panel": "x", "cell": cell, "value": value} for cell, value in ((0, 1e200), (1, 5))]
    send(stage, edit={"changes": changes, "serial": 2})
    np.testing.assert_array_equal(stage.scene.panel("x").values, [1, 5])


def test_panels_without_a_place_are_not_named():
    scene = correlation(correlate(X, K))
    hidden = replace(scene, panels=(*scene.panels, Panel("gate", [1, 0], None)))
    assert repr(Stage(hidden)) == repr(Stage(scene))


# ---- How it shows itself -----------------------------------------------------------------------------


def test_one_line_says_what_it_is(stage):
    assert repr(stage) == "Stage(x 6×6 ⋆ w 2×2 = y 5×5)"
    assert repr(Stage(stage.scene)) == repr(stage)


def test_its_display_carries_a_picture_and_no_address(stage):
    data, _ = stage._repr_mimebundle_()
    assert data["text/plain"] == repr(stage)
    assert not re.search(r"0x|object at", data["text/plain"])
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == stage.model_id
    assert set(data) == {"text/plain", "image/png", "application/vnd.jupyter.widget-view+json"}


def test_a_cell_keeps_a_picture_below_the_widget(stage, monkeypatch):
    shown = []
    monkeypatch.setattr(lasting, "display", lambda data, **_: shown.append(data))
    stage._ipython_display_()
    alive, later = shown
    assert set(alive) == {"text/plain", "application/vnd.jupyter.widget-view+json"}
    assert later["text/plain"] == lasting.AGAIN and set(later) == {"text/plain", "image/png"}
    picture, larger = (
        Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
        for data in (stage._repr_mimebundle_()[0], later)
    )
    assert larger.height == picture.height + 20  # a line of words


def test_a_long_line_is_not_cut():
    scene = permuted_scene(np.random.default_rng(0))
    long = Scene(tuple(replace(panel, name=panel.name * 30) for panel in scene.panels))
    stage = Stage(long)
    assert len(repr(stage)) > 200
    assert stage._repr_mimebundle_()[0]["text/plain"] == repr(stage)


def test_the_picture_is_the_scene_on_show(stage):
    before = stage._repr_mimebundle_()[0]["image/png"]
    assert stage._repr_mimebundle_()[0]["image/png"] == before
    send(stage, edit=edited("w", 0, 500))
    assert stage._repr_mimebundle_()[0]["image/png"] != before


def test_the_page_gets_the_module_and_the_style(stage):
    state = stage.get_state()
    assert "export default" in state["_esm"] and ".vizconv-stage" in state["_css"]


def test_a_stage_shows_a_scene_and_nothing_else():
    with pytest.raises(Exception, match="scene"):
        Stage("no scene")


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_what_json_cannot_say_is_echoed_as_nothing(sent, odd):
    stage = Stage(correlation(correlate(X, K)))
    sent.clear()
    before = stage.scene
    send(stage, edit=edited("x", 0, odd, serial=7), pinned={"panel": "x", "cell": [odd]})
    assert stage.scene is before and any("_scene" in said["data"].get("state", {}) for said in sent)
    for said in sent:
        state = {name: value for name, value in said["data"]["state"].items() if name != "_scene"}
        json.dumps(state, allow_nan=False)
