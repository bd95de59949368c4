"""Train the LeNet-5 that ships, and write it to lenet5.npz beside this file.

`python data/train_lenet5.py [folder of MNIST]`, some minutes on one core; without a folder,
`vizconv.datasets.mnist` finds MNIST or downloads it.
"""

import hashlib
import sys
from collections import deque
from pathlib import Path

import vizconv as vc
from vizconv.datasets import Digits

SEED, EPOCHS, BATCH_SIZE, PEAK = 0, 10, 64, 0.004


def without_shipped_test_digits(train: Digits) -> Digits:
    """Leave out the 1,000 test digits that ship, so that this network has not seen them, either."""
    _, shipped = vc.datasets.digits()
    held_out = {image.tobytes() for image in shipped.images}
    kept = [image.tobytes() not in held_out for image in train.images]
    return Digits(train.images[kept], train.labels[kept])


def trained(train: Digits) -> vc.Network:
    """Train LeNet-5 from its seed: Adam, its learning rate rising to a peak and falling, no augmentation."""
    steps = EPOCHS * -(-len(train) // BATCH_SIZE)
    progress = vc.fit(
        vc.lenet5(SEED),
        train.images,
        train.labels,
        epochs=EPOCHS,
        batch_size=BATCH_SIZE,
        optimizer=vc.Adam(vc.OneCycle(PEAK, steps)),
        seed=SEED,
    )
    return deque(progress, maxlen=1).pop().network


if __name__ == "__main__":
    every, test = vc.datasets.mnist(*sys.argv[1:])
    digits = without_shipped_test_digits(every)
    network = trained(digits)
    path = vc.save(network, Path(__file__).with_name("lenet5.npz"))
    print(f"{len(digits):,} digits seen, {vc.evaluate(network, test.images, test.labels)}")
    print(f"{path}: SHA-256 {hashlib.sha256(path.read_bytes()).hexdigest()}")
