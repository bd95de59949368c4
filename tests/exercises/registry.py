"""Every exercise with its checker, right and wrong answers, and what the checker says of the right ones."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.exercises import (
    answers_01,
    answers_02,
    answers_03,
    answers_04,
    answers_05,
    answers_06,
    answers_07,
    answers_08,
    answers_09,
    answers_11,
)
from vizconv.exercises import (
    Exercise,
    lesson01,
    lesson02,
    lesson03,
    lesson04,
    lesson05,
    lesson06,
    lesson07,
    lesson08,
    lesson09,
    lesson11,
)
from vizconv.exercises.to_write import (
    convolution,
    convolutional_layer,
    cross_correlation,
    im2col,
    input_gradient,
    loss_gradient,
    neuron,
    picture_filter,
    pooling,
    row_gradient,
    softmax,
    strided_input_gradient,
    weight_gradient,
)


@dataclass(frozen=True, kw_only=True, repr=False)
class Entry:
    """An exercise.

    right: solutions; wrong: functions, each with words that name its mistake; praise: how the list of inputs
    begins; panels: of its scene; alike: the numbers of the cases in which some mistakes make the same;
    sums: what the scene's target holds, where that is not yet what is right.
    """

    check: Callable
    exercise: Exercise
    right: tuple[Callable, ...]
    wrong: tuple[tuple[Callable, str], ...]
    praise: str
    panels: str
    alike: tuple[int, ...] = ()
    sums: Callable | None = None


EXERCISES = {
    "cross-correlation": Entry(
        check=lesson01.check,
        exercise=cross_correlation.EXERCISE,
        right=answers_01.RIGHT,
        wrong=answers_01.WRONG,
        praise="all 8 inputs (x 4×4, w 2×2, stride 1;",
        panels="x w y",
        alike=(6,),
    ),
    "convolution": Entry(
        check=lesson02.check,
        exercise=convolution.EXERCISE,
        right=answers_02.RIGHT,
        wrong=answers_02.WRONG,
        praise="all 6 inputs (x 4×4, k 2×2;",
        panels="x k rotated y",
    ),
    "filter": Entry(
        check=lesson03.check,
        exercise=picture_filter.EXERCISE,
        right=answers_03.RIGHT,
        wrong=answers_03.WRONG,
        praise="all 5 inputs (picture 3×4×5, kernel 3×3;",
        panels="picture kernel y",
        alike=(2, 3),
        sums=picture_filter.sums,
    ),
    "layer": Entry(
        check=lesson04.check,
        exercise=convolutional_layer.EXERCISE,
        right=answers_04.RIGHT,
        wrong=answers_04.WRONG,
        praise="all 6 inputs (x 2×4×4, w 2×2×2×2, b 2;",
        panels="x w b y",
    ),
    "neuron": Entry(
        check=lesson05.check,
        exercise=neuron.NEURON,
        right=answers_05.RIGHT,
        wrong=answers_05.WRONG,
        praise="all 6 inputs (w 2, b −5, a_prev 3, y 0.8;",
        panels="a_prev w b z a y difference da_prev dw db delta da slope C gradient",
        alike=(2, 4, 5),
    ),
    "neurons": Entry(
        check=lesson05.check_layer,
        exercise=neuron.LAYER,
        right=answers_05.LAYER_RIGHT,
        wrong=answers_05.LAYER_WRONG,
        praise="all 5 inputs (w 2×1, b 2, a_prev 1, da 2;",
        panels="a_prev w b z a da_prev dw db delta da slope",
    ),
    "row": Entry(
        check=lesson06.check,
        exercise=row_gradient.EXERCISE,
        right=answers_06.RIGHT,
        wrong=answers_06.WRONG,
        praise="all 7 inputs (dy 3, w 2, length 4, stride 1, padding 0;",
        panels="w dy dy/dx dx",
        alike=(2, 3, 6),
    ),
    "dw": Entry(
        check=lesson07.check_dw,
        exercise=weight_gradient.EXERCISE,
        right=answers_07.DW_RIGHT,
        wrong=answers_07.DW_WRONG,
        praise="all 5 inputs (x 1×4×4, dy 1×3×3;",
        panels="x dy dw",
    ),
    "dx": Entry(
        check=lesson07.check_dx,
        exercise=input_gradient.EXERCISE,
        right=answers_07.DX_RIGHT,
        wrong=answers_07.DX_WRONG,
        praise="all 5 inputs (dy 3×3, w 2×2;",
        panels="dy spread rotated dx w",
    ),
    "dx with stride": Entry(
        check=lesson07.check_dx_with_stride,
        exercise=strided_input_gradient.EXERCISE,
        right=answers_07.STRIDED_RIGHT,
        wrong=answers_07.STRIDED_WRONG,
        praise="all 8 inputs (dy 3×3, w 2×2, x 4×4, stride 1, padding 0;",
        panels="dy spread rotated dx w",
        alike=(5,),
    ),
    "pooling": Entry(
        check=lesson08.check,
        exercise=pooling.EXERCISE,
        right=answers_08.RIGHT,
        wrong=answers_08.WRONG,
        praise="all 9 inputs (x 4×4, dy 2×2, size 2, stride 2;",
        panels="x mask y L dx dy sum_dx sum_dy",
        alike=(1, 4, 6, 8),
    ),
    "softmax": Entry(
        check=lesson09.check_softmax_backward,
        exercise=softmax.EXERCISE,
        right=answers_09.SOFTMAX_RIGHT,
        wrong=answers_09.SOFTMAX_WRONG,
        praise="all 6 inputs (p 3, dp 3;",
        panels="z p dz J dp L factor rows",
        alike=(4, 5),
    ),
    "loss": Entry(
        check=lesson09.check,
        exercise=loss_gradient.EXERCISE,
        right=answers_09.LOSS_RIGHT,
        wrong=answers_09.LOSS_WRONG,
        praise="all 9 inputs (z 2×3, labels 2;",
        panels="z p y dz",
        alike=(3, 4, 5, 8),
    ),
    "im2col": Entry(
        check=lesson11.check,
        exercise=im2col.EXERCISE,
        right=answers_11.RIGHT,
        wrong=answers_11.WRONG,
        praise="all 6 inputs (x 4×4, height 2, width 2, stride 1;",
        panels="x X",
        alike=(3, 4),
    ),
}
