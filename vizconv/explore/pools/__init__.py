"""Explorers of pooling."""
