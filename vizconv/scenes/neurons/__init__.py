"""Scenes of neurons: the chain rule, its paths, dense layers."""
