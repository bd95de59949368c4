"""Explorers of neurons: the chain rule."""
