"""The benchmark: the engine beside PyTorch, in one run, written to engine.md."""
