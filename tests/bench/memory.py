"""What a training step holds: bytes owned by records, and the peaks of both sides' allocators."""

import tracemalloc

import numpy as np
import torch

import vizconv
from tests.bench import sides


def owned_bytes(*traces) -> int:
    """Sum the bytes of all arrays of some traces; a buffer that several of them view counts once."""
    buffers = {}
    for trace in traces:
        for record in trace.values():
            for array in record.arrays().values():
                buffer = _buffer(array)
                buffers[id(buffer)] = buffer
    return sum(buffer.nbytes for buffer in buffers.values())


def _buffer(array):
    while getattr(array, "base", None) is not None:
        array = array.base
    return array


def engine_record_bytes(size) -> int:
    """Bytes that the trace and the gradients of one training step own."""
    images, labels = sides.digits()
    network, optimizer = vizconv.lenet5(seed=0), vizconv.Adam(0.001)
    _, _, run = vizconv.train_step(network, images[:size], labels[:size], optimizer)
    return owned_bytes(run.forward, run.backward)


def engine_peak(size) -> int:
    """Peak of what NumPy and Python allocate during a step, over what there was before it."""
    step = sides.engine_step(size)
    step()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    step()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak - before


def torch_peak(size) -> int:
    """Peak of what PyTorch's profiler sees allocated during a step, over what there was before it."""
    step = sides.torch_step(size)
    step()
    with torch.profiler.profile(profile_memory=True) as profile:
        step()
    events = [event for event in profile.profiler.kineto_results.events() if event.name() == "[memory]"]
    events.sort(key=lambda event: event.start_ns())
    return int(np.cumsum([event.nbytes() for event in events]).max())
