"""The exercises of lesson 04: what a layer learns, returns and saw, how it starts, and a layer to write."""

from collections.abc import Callable

from vizconv.engine import convolution_matrix, output_size
from vizconv.examples.matrices import WORKED_INPUT, WORKED_KERNEL
from vizconv.exercises import checker
from vizconv.exercises.checker import Verdict
from vizconv.exercises.prediction import Prediction, predict
from vizconv.exercises.to_write import convolutional_layer

COLOURS, KERNEL = 3, 3
LENET_FILTERS, LENET_CHANNELS, LENET_KERNEL = 16, 6, 5  # of LeNet-5's second convolutional layer
LAYERS = 10  # of the network in the section on initial weights


# ---- Predict -----------------------------------------------------------------------------------------------


def parameters_of_a_filter() -> Prediction:
    """Ask how many numbers one filter on a colour picture learns."""
    kernel, right = KERNEL**2, COLOURS * KERNEL**2 + 1
    replies = {
        kernel: "That is one kernel. Each of the three colours has a kernel of its own, and then there is b.",
        kernel + 1: "That would do for a grey picture. Each of the three colours has a kernel of its own.",
        COLOURS * kernel: "These are the weights. The filter has a bias, too.",
        COLOURS * (kernel + 1): "The filter has one bias, not one for each colour.",
        right: f"{COLOURS} kernels of {kernel} weights, and one bias. How large the picture is does not "
        "matter.",
    }
    hint = "One kernel for each colour, and one bias in all. The picture's size does not enter."
    question = f"A picture has {COLOURS} colours. How many numbers does one {KERNEL}×{KERNEL} filter learn?"
    return predict(question, right, replies, hint)


def shape_of_y() -> Prediction:
    """Ask for the shape of a layer's output."""
    channels, size, filters, kernel = 3, 32, 8, 5
    side = output_size(size, kernel)
    right = f"{filters} × {side} × {side}"
    replies = {
        f"{channels} × {side} × {side}": "A filter adds up all channels: the three are gone. What is counted "
        "now are the filters.",
        f"{channels * filters} × {side} × {side}": "So many kernels there are. But each filter adds up its "
        "three shares into one map.",
        right: f"One map for each filter, and {size} − {kernel} + 1 = {side} places in each direction.",
        f"{filters} × {size} × {size}": "The number of maps is right. Without padding the kernel fits at "
        f"{size} − {kernel} + 1 places in each direction.",
    }
    question = (
        f"x is {channels} × {size} × {size}. A layer has {filters} filters of {kernel}×{kernel}, no padding. "
        "What is the shape of y?"
    )
    return predict(question, right, replies)


def zeros_of_the_matrix() -> Prediction:
    """Ask how many cells of the matrix of a small convolution are always 0."""
    weight = [[WORKED_KERNEL]]
    size = len(WORKED_INPUT)
    rows, columns = convolution_matrix(weight, (size, size)).shape
    weights = len(WORKED_KERNEL) ** 2
    filled = rows * weights
    replies = {
        0: "A number of y reads only four pixels. What is the weight of the other twelve?",
        filled: "So many are not. All others are 0.",
        rows * columns - weights: "There are four weights, but each stands in every row.",
        rows * columns - filled: f"Each of the {rows} rows has {weights} weights, and {columns - weights} "
        "zeros for the pixels that its window does not read.",
    }
    hint = f"Take one row, that is one number of y. How many of the {columns} pixels does it not read?"
    question = (
        f"Written as a matrix with {rows} rows and {columns} columns: how many of its {rows * columns} "
        "numbers are always 0?"
    )
    return predict(question, rows * columns - filled, replies, hint)


def moved_by_one_with_stride_two() -> Prediction:
    """Ask what a move by one pixel does to a map made with stride 2."""
    other = "it becomes another map"
    replies = {
        "it stays as it is": "The windows stand where they stood, but other pixels lie under them now.",
        "it moves by one cell": "One cell of the map is two pixels of the picture.",
        other: "It would have to move by half a cell. The windows now meet the pixels that they skipped "
        "before: these numbers were in no map at all.",
    }
    question = "The picture moves right by one pixel, the stride is 2. What happens to the map?"
    return predict(question, other, replies)


def field_of_three_layers() -> Prediction:
    """Ask how many pixels a cell sees three layers deep."""
    sides = [1]
    for _ in range(3):
        sides.append(sides[-1] + KERNEL - 1)
    replies = {
        KERNEL: "So many cells it sees of the map before. Each of those has seen something, too.",
        sides[2]: "That is what a cell two layers deep sees.",
        sides[3]: "3, then 5, then 7: each layer adds K − 1 = 2.",
        KERNEL * 3: "The windows of neighbours overlap. Each layer adds only one ring: 2 in each direction.",
        KERNEL**3: "So it would be if the windows did not overlap. Neighbours are only one pixel apart.",
    }
    hint = "One layer: 3. Two layers: 5. What does the third one add?"
    question = (
        f"Three layers of {KERNEL}×{KERNEL} kernels, stride 1. A number of the third map sees a square of "
        "the picture. How many pixels long is its side?"
    )
    return predict(question, sides[3], replies, hint)


def second_layer_of_lenet() -> Prediction:
    """Ask how many numbers LeNet-5's second convolutional layer learns."""
    kernel, weights = LENET_KERNEL**2, LENET_FILTERS * LENET_CHANNELS * LENET_KERNEL**2
    replies = {
        LENET_FILTERS * (kernel + 1): "These filters are flat. Each needs one kernel for each of the 6 maps "
        "that come in.",
        weights: "These are the weights. Each filter has a bias, too.",
        weights + LENET_FILTERS * LENET_CHANNELS: "A filter has one bias, not one for each of its channels.",
        weights + LENET_FILTERS: f"({LENET_CHANNELS} · {kernel} + 1) · {LENET_FILTERS}: for each of "
        f"{LENET_FILTERS} filters {LENET_CHANNELS} kernels and one bias.",
    }
    hint = "First one filter: how many kernels has it, how many weights are these, and how many biases?"
    question = (
        f"{LENET_CHANNELS} maps come in, {LENET_FILTERS} filters of {LENET_KERNEL}×{LENET_KERNEL} look at "
        "them. How many numbers does this layer learn?"
    )
    return predict(question, weights + LENET_FILTERS, replies, hint)


def twice_the_scale() -> Prediction:
    """Ask what twice the scale of all weights does to the last of ten layers with ReLU."""
    replies = {
        2: "That is what the first layer does. The second one gets numbers twice as large, and doubles them.",
        2 * LAYERS: "Layer by layer it is doubled, not increased by two.",
        LAYERS**2: "Doubled ten times over: 2 · 2 · … · 2.",
        2**LAYERS: f"2 · 2 · … · 2, {LAYERS} times. A ReLU lets a factor above 0 through unchanged.",
    }
    hint = "What does the first layer return, if all its weights are doubled? And what does the second get?"
    question = (
        f"{LAYERS} layers with ReLU and no biases. All weights are made twice as large. By which factor do "
        "the numbers of the last layer grow?"
    )
    return predict(question, 2**LAYERS, replies, hint)


# ---- Your turn: a layer's forward --------------------------------------------------------------------------


def check(function: Callable) -> Verdict:
    """Check a learner's layer: function(x, w, b) returns y, one map for each filter."""
    return checker.check(convolutional_layer.EXERCISE, function)
