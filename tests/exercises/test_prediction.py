"""Predictions: every answer is heard, the right one is the engine's, and the widget says what is said."""

import pytest

from tests.exercises.questions import QUESTIONS
from tests.front_end import send
from vizconv.exercises import Question, lesson01, predict
from vizconv.exercises.prediction import read_number

every_question = pytest.mark.parametrize(
    "make", QUESTIONS, ids=lambda make: f"{make.__module__[-8:]} {make.__name__}"
)


@every_question
def test_one_answer_is_right_and_every_foreseen_one_has_a_sentence(make):
    question, (answer, foreseen) = make().question, QUESTIONS[make]
    assert question.answer == (answer if question.choices else pytest.approx(answer))
    assert len(question.replies) == foreseen and (question.hint or question.choices)
    for said, sentence in question.replies.items():
        reply = question.reply(str(said))
        assert reply.right is (said == question.answer)
        assert reply.sentence.startswith("Right. " if reply.right else "Not ")
        assert reply.sentence.endswith(sentence) and sentence.endswith((".", "?"))


@pytest.mark.parametrize(
    ("text", "number"),
    [("-37", -37), (" −37 ", -37), ("2,5", 2.5), ("1/4", 0.25), ("−1/4", -0.25), ("1e3", 1000)],
)
def test_numbers_are_read_as_people_type_them(text, number):
    assert read_number(text) == number


@pytest.mark.parametrize("text", ["", "x", "1/0", "1/2/3", "<b>", "1/", "nan", "inf", "1e999", "/"])
def test_what_is_no_number_is_told_so(text):
    reply = lesson01.places().question.reply(text)
    assert reply.right is None and reply.sentence.startswith(f"“{text}” is not a number")


def test_numbers_are_compared_as_the_stage_writes_them():
    question = Question("A third?", 1 / 3, {1 / 3: "Yes."}, "No.")
    assert [question.reply(text).right for text in ("1/3", "0.333", "0,3333", "0.33", "3")] == [True] * 3 + [
        False
    ] * 2


def test_another_number_gets_the_hint():
    assert lesson01.places().question.reply("77").sentence.startswith("Not 77. In how many rows")


def test_an_unknown_choice_is_no_answer():
    assert lesson01.stride_of_three().question.reply("5").right is None


def test_a_right_answer_without_a_sentence_is_refused():
    with pytest.raises(ValueError, match="the answer 3 has no reply; there are"):
        predict("How many?", 3, {4: "No."})


# ---- The widget --------------------------------------------------------------------------------------------


@every_question
def test_the_page_hears_what_the_question_says(make):
    prediction = make()
    assert prediction.reply is None and prediction._said == {} and prediction.value == ""
    for said in (*map(str, prediction.question.replies), "77", "<b>", "x"):
        send(prediction, value=said)
        reply = prediction.question.reply(said)
        assert prediction.reply == reply
        assert prediction._said == {"right": reply.right, "sentence": reply.sentence}
    send(prediction, value="  ")
    assert prediction.reply is None and prediction._said == {}


def test_a_prediction_is_one_line_without_the_answer():
    assert repr(lesson01.places()) == "Predict: At how many places can the kernel lie without sticking out?"
    assert repr(lesson01.stride_of_three()).count(" · ") == 3
    data, _ = lesson01.places()._repr_mimebundle_()
    assert data["text/plain"] == repr(lesson01.places())


def test_two_askings_share_nothing():
    first, second = lesson01.places(), lesson01.places()
    first.value = "9"
    assert second.reply is None and second.value == ""
