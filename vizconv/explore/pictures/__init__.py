"""The explorer of kernels on pictures."""
