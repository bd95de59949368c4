"""Five epochs of all of MNIST: how well LeNet-5 knows the 10,000 test digits, and how long it took."""

import time
from collections import deque
from pathlib import Path

import vizconv
from vizconv.datasets import mnist

MNIST = Path(__file__).parents[3] / "shared" / "mnist"
EPOCHS, BATCH_SIZE, PEAK = 5, 64, 0.004
RECIPE = f"plain `lenet5`, batch {BATCH_SIZE}, `Adam(OneCycle({PEAK}, steps))`, no augmentation"


def five_epochs(seed) -> tuple[float, float]:
    """Train plain `lenet5` with `fit`; return the accuracy on the test digits and the seconds it took."""
    train, test = mnist(MNIST)
    steps = EPOCHS * -(-len(train) // BATCH_SIZE)
    optimizer = vizconv.Adam(vizconv.OneCycle(PEAK, steps))
    begin = time.perf_counter()
    progress = vizconv.fit(
        vizconv.lenet5(seed),
        train.images,
        train.labels,
        epochs=EPOCHS,
        batch_size=BATCH_SIZE,
        optimizer=optimizer,
        seed=seed,
    )
    last = deque(progress, maxlen=1).pop()
    accuracy = vizconv.evaluate(last.network, test.images, test.labels).accuracy
    return accuracy, time.perf_counter() - begin
