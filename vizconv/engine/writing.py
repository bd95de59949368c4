"""How a number is written: integers as integers, else a few significant digits, a true minus sign."""

import math
from decimal import ROUND_HALF_UP, Context, Decimal


def format_number(value: float, digits: int = 3) -> str:
    """Write a number as the stage does: −12, 0.333, 1.2e−7, ∞, NaN; halves are rounded away from zero.

    `digits` are significant; below 0.001 and from 10^(digits + 2) on, one fewer and an exponent.
    """
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    size = abs(value)
    if value.is_integer() and size < 1e6:
        text = str(int(value))
    elif size >= 10 ** (digits + 2) or size < 1e-3:
        mantissa, exponent = f"{_rounded(value, digits - 1):.{digits - 2}e}".split("e")
        text = f"{mantissa}e{int(exponent)}"
    elif size >= 10**digits:
        text = str(Decimal(value).to_integral_value(ROUND_HALF_UP))
    else:
        text = f"{_rounded(value, digits).normalize():f}"
    return text.replace("-", "−")


def counted(number: int, one: str, many: str = "") -> str:
    """Count things: 1 weight, 9 weights; `many` is the plural where it is not `one` with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _rounded(value: float, digits: int) -> Decimal:
    """Round the exact binary value as JavaScript does; Python's own formats round halves to even."""
    return Context(prec=digits, rounding=ROUND_HALF_UP).create_decimal_from_float(value)
