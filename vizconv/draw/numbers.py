"""How a number is written: integers as integers, else three significant digits, a true minus sign."""

import math


def format_number(value: float) -> str:
    """Write a number as the stage does: −12, 0.333, 1.2e−7, ∞, NaN."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    size = abs(value)
    if float(value).is_integer() and size < 1e6:
        text = str(int(value))
    elif size >= 1e5 or size < 1e-3:
        mantissa, exponent = f"{value:.1e}".split("e")
        text = f"{mantissa}e{int(exponent)}"
    elif size >= 1000:
        text = str(round(value))
    else:
        text = f"{float(f'{value:.3g}'):g}"
    return text.replace("-", "−")
