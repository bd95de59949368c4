"""What the mistakes of any function make of numbers that one can write down."""

import numpy as np
import pytest

from vizconv.exercises.mistakes import common, instead, only, resized, returned_early, swapped, then, turned

RESULT = np.array([[1.5, -2, 3], [-4, 5.5, 6]])
ARRAYS = {
    "Every sign is turned round.": [[-1.5, 2, -3], [4, -5.5, -6]],
    "The signs are gone.": [[1.5, 2, 3], [4, 5.5, 6]],
    "Your y is transposed: y[j, i] stands where y[i, j] belongs.": [[1.5, -4], [-2, 5.5], [3, 6]],
    "Your y is still 0 everywhere: fill it.": [[0, 0, 0], [0, 0, 0]],
    "The fractions are cut off: your y holds whole numbers only. Make it without `dtype=int`.": [
        [1, -2, 3],
        [-4, 5, 6],
    ],
    "Only the first number is there: does `return` stand inside the loops? It ends all.": [
        [1.5, 0, 0],
        [0, 0, 0],
    ],
    "Only the first row is there: does `return` stand inside the outer loop? It ends all.": [
        [1.5, -2, 3],
        [0, 0, 0],
    ],
}
SHAPES = {
    "One row and one column are missing: so few.": (1, 2),
    "One row and one column too many: so many.": (3, 4),
    "Rows and columns are swapped.": (3, 2),
}
KERNELS = {
    "You reversed the kernel's rows only; its columns have to be, too.": [[3, 4], [1, 2]],
    "You reversed the kernel's columns only; its rows have to be, too.": [[2, 1], [4, 3]],
    "You transposed the kernel instead of turning it by 180 degrees.": [[1, 3], [2, 4]],
    "Your kernel is transposed: k[v, u] stands where k[u, v] belongs.": [[4, 2], [3, 1]],
    "You turned the kernel by 90 degrees to the left. Two quarter turns make 180.": [[2, 4], [1, 3]],
    "You turned the kernel by 90 degrees to the right. Two quarter turns make 180.": [[3, 1], [4, 2]],
}


def right(x):
    return x


def test_what_each_makes_is_what_its_sentence_says():
    mistakes = common(right, "y", "ij", "fill it") | returned_early(right)
    assert {sentence: make(RESULT).tolist() for sentence, make in mistakes.items()} == ARRAYS
    shapes = resized(right, "so few", "so many") | swapped(right)
    assert {sentence: make(RESULT) for sentence, make in shapes.items()} == SHAPES


def test_kernels_are_turned_as_the_sentences_say():
    turns = turned(lambda turn: turn, "k")
    kernel = np.array([[1, 2], [3, 4]])
    assert {sentence: turn(kernel).tolist() for sentence, turn in turns.items()} == KERNELS


def test_a_row_of_numbers_has_nothing_to_transpose_and_maps_keep_their_order():
    assert not any("transposed" in sentence for sentence in common(right, "dx", "i"))
    maps = common(right, "y", "fij")["Your y is transposed: y[f, j, i] stands where y[f, i, j] belongs."]
    assert maps(np.zeros((5, 2, 3))).shape == (5, 3, 2)
    assert swapped(right, ": look")["Rows and columns are swapped: look."](np.zeros((5, 2, 3))) == (5, 3, 2)


def test_other_arguments_and_other_results():
    def minus(x, y, scale=1):
        return scale * (x - y)

    assert instead(minus, y=3)(10, 1) == 7
    assert instead(minus, x=lambda x: 2 * x, scale=10)(10, 1) == 190
    assert then(minus, lambda result: -result)(10, 1, 2) == -18
    assert only(np.s_[:, 1])(RESULT).tolist() == [[0, -2, 0], [0, 5.5, 0]]
    with pytest.raises(TypeError):
        instead(minus, z=3)(10, 1)
