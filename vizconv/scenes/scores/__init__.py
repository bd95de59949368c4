"""Scenes of scores: softmax, cross-entropy, a batch."""
