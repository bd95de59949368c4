"""Explorers of gradients: dx, dw and db of a convolution, and a kernel found by descent."""
