"""The functions that a learner writes: what is tried, and the typical mistakes by name."""
