"""Examples: what lessons begin with, small matrices, photographs, filters, neurons, a layer's numbers."""
