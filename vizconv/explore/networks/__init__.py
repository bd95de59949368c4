"""Explorers of a whole network: from the pixels to the loss, and back."""
