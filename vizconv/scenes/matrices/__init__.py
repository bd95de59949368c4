"""Scenes of matrices: a convolution as one, im2col, and Jacobians."""
