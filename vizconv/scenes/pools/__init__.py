"""Scenes of pooling."""
