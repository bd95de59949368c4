"""Scenes of gradients: dx, dw and db of a convolution, and a descent on dw."""
