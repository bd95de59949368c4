"""Scenes of what slides: cross-correlation, convolution, whole layers."""
