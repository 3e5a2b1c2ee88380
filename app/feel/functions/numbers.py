"""Functions over numbers."""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    DecimalException,
)

from app.feel.errors import Undefined
from app.feel.functions.registry import built_in
from app.feel.scope import Run
from app.feel.values import ARITHMETIC

SMALLEST_SCALE, LARGEST_SCALE = -6111, 6176
#: Room for every digit a number of 34 digits can need when its scale changes.
_WIDE = Context(prec=13_000, Emin=-999_999, Emax=999_999)


def rounded(value: Decimal, scale: Decimal | None, rounding: str) -> Decimal:
    """Round to ``scale`` digits behind the point.

    Raises:
        Undefined: the scale is no whole number from -6111 to 6176.
    """
    digits = Decimal(0) if scale is None else scale.to_integral_value(ROUND_DOWN)
    if not SMALLEST_SCALE <= digits <= LARGEST_SCALE:
        raise Undefined(f"a scale must be from {SMALLEST_SCALE} to {LARGEST_SCALE}")
    exponent = -int(digits)
    current = value.as_tuple().exponent
    if isinstance(current, int) and current >= exponent:
        return value
    try:
        exact = value.quantize(Decimal((0, (1,), exponent)), rounding, _WIDE)
        return ARITHMETIC.create_decimal(exact)
    except DecimalException:
        raise Undefined(f"{value} cannot be rounded to that scale") from None


@built_in("decimal", "n: number", "scale: number")
def decimal(run: Run, value: Decimal, scale: Decimal) -> Decimal:
    return rounded(value, scale, ROUND_HALF_EVEN)


@built_in("floor", "n: number")
@built_in("floor", "n: number", "scale: number")
def floor(run: Run, value: Decimal, scale: Decimal | None = None) -> Decimal:
    return rounded(value, scale, ROUND_FLOOR)


@built_in("ceiling", "n: number")
@built_in("ceiling", "n: number", "scale: number")
def ceiling(run: Run, value: Decimal, scale: Decimal | None = None) -> Decimal:
    return rounded(value, scale, ROUND_CEILING)


@built_in("round up", "n: number", "scale: number")
def round_up(run: Run, value: Decimal, scale: Decimal) -> Decimal:
    return rounded(value, scale, ROUND_UP)


@built_in("round down", "n: number", "scale: number")
def round_down(run: Run, value: Decimal, scale: Decimal) -> Decimal:
    return rounded(value, scale, ROUND_DOWN)


@built_in("round half up", "n: number", "scale: number")
def round_half_up(run: Run, value: Decimal, scale: Decimal) -> Decimal:
    return rounded(value, scale, ROUND_HALF_UP)


@built_in("round half down", "n: number", "scale: number")
def round_half_down(run: Run, value: Decimal, scale: Decimal) -> Decimal:
    return rounded(value, scale, ROUND_HALF_DOWN)


@built_in("modulo", "dividend: number", "divisor: number")
def modulo(run: Run, dividend: Decimal, divisor: Decimal) -> Decimal:
    """The remainder has the sign of the divisor."""
    try:
        quotient = _WIDE.divide_int(dividend, divisor)
        rest = _WIDE.subtract(dividend, _WIDE.multiply(divisor, quotient))
        if rest and (rest < 0) != (divisor < 0):
            rest = _WIDE.add(rest, divisor)
        return ARITHMETIC.create_decimal(rest)
    except DecimalException:
        raise Undefined(f"{dividend} cannot be divided by {divisor}") from None


@built_in("sqrt", "number: number")
def sqrt(run: Run, value: Decimal) -> Decimal:
    if value < 0:
        raise Undefined("a negative number has no square root")
    return ARITHMETIC.sqrt(value)


@built_in("log", "number: number")
def log(run: Run, value: Decimal) -> Decimal:
    if value <= 0:
        raise Undefined("only numbers above zero have a logarithm")
    return ARITHMETIC.ln(value)


@built_in("exp", "number: number")
def exp(run: Run, value: Decimal) -> Decimal:
    try:
        return ARITHMETIC.exp(value)
    except DecimalException:
        raise Undefined("the result of “exp” is out of range") from None


@built_in("odd", "number: number")
def odd(run: Run, value: Decimal) -> bool:
    return _WIDE.remainder(value, Decimal(2)).copy_abs() == 1


@built_in("even", "number: number")
def even(run: Run, value: Decimal) -> bool:
    return _WIDE.remainder(value, Decimal(2)) == 0
