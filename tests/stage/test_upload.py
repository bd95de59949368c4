"""The upload's Python half: parts become a file, nonsense becomes nothing."""

import pytest

from vizconv.stage import Upload
from vizconv.stage.upload import MOST


@pytest.fixture
def upload():
    """An upload that keeps what it takes and refuses."""
    seen = []
    made = Upload("choose", seen.append, seen.append)
    made.seen = seen
    return made


def send(upload, content, *buffers):
    message = {"data": {"method": "custom", "content": content}}
    upload._handle_msg({"content": message, "buffers": list(buffers)})


def test_parts_become_a_file(upload):
    for at, part in ((0, b"abc"), (3, b"def"), (6, b"g")):
        assert upload.seen == []
        send(upload, {"size": 7, "at": at}, memoryview(part))
    assert upload.seen == [b"abcdefg"]


def test_the_same_file_again_and_an_empty_one(upload):
    for _ in range(2):
        send(upload, {"size": 1, "at": 0}, b"x")
    send(upload, {"size": 0, "at": 0})
    assert upload.seen == [b"x", b"x", b""]


def test_another_file_ends_an_unfinished_one(upload):
    send(upload, {"size": 9, "at": 0}, b"abc")
    send(upload, {"size": 2, "at": 0}, b"xy")
    send(upload, {"size": 9, "at": 3}, b"def")
    assert upload.seen == [b"xy"]


def test_what_is_too_large_is_refused(upload):
    send(upload, {"size": MOST + 1})
    assert upload.seen == [f"The file has {MOST + 1:,} bytes; at most {MOST:,} are read."]


@pytest.mark.parametrize(
    "content", [{}, {"size": "5", "at": 0}, {"size": 5}, {"size": 5, "at": 3}, [], "x", None]
)
def test_nonsense_is_nothing(upload, content):
    send(upload, content, b"12345")
    assert upload.seen == []


def test_the_page_gets_the_module():
    state = Upload("choose", print, print).get_state()
    assert "export default" in state["_esm"] and state["most"] == MOST and state["accept"] == "image/*"


def test_a_page_that_goes_on_sending_fills_nothing(upload):
    send(upload, {"size": 1, "at": 0}, b"12345")
    for at in range(5):
        send(upload, {"size": 3, "at": at}, b"x")
    assert upload.seen == [b"xxx"] and len(upload._parts) <= 3
