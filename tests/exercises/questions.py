"""What holds for every question of every lesson."""

from vizconv.exercises import Question


def assert_answered_in_sentences(question: Question, answer, least: int) -> None:
    """One answer is right, and each of the foreseen ones, `least` at the least, has a sentence of its own."""
    assert question.answer == answer and len(question.replies) >= least
    for said, sentence in question.replies.items():
        reply = question.reply(str(said))
        assert reply.right is (said == answer) and reply.sentence.endswith(sentence)
        assert sentence.endswith((".", "?"))
