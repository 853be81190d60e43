"""Numbers as people write them, with a decimal comma or point: the column shows which."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from ops.sheets.columns import Known
from ops.sheets.expected import expected
from ops.sheets.unfit import Unfit

INTEGER = re.compile(r"-?[0-9]{1,15}")
GROUPED = re.compile(r"-?[1-9][0-9]{0,2}([.,])[0-9]{3}")
"""`1,234`: a thousand and more, or one and something."""

DECIMAL = {
    ".": re.compile(r"-?([0-9]{1,12}|[0-9]{1,3}(,[0-9]{3})+)\.[0-9]{1,12}"),
    ",": re.compile(r"-?([0-9]{1,12}|[0-9]{1,3}(\.[0-9]{3})+),[0-9]{1,12}"),
}
THOUSANDS = {
    ".": re.compile(r"-?[1-9][0-9]{0,2}(,[0-9]{3}){1,4}"),
    ",": re.compile(r"-?[1-9][0-9]{0,2}(\.[0-9]{3}){1,4}"),
}
BOTH = "Some numbers of this column have a decimal comma, others a decimal point. Write all of them as 1234.50."
EITHER = "This may be a thousand or a decimal sign. Write thousands without a sign, as 1234, and decimals as 1234.50."

MOST = 10**15
"""Beyond that a spreadsheet does not keep every digit."""

Number = int | float


def whole(known: Known, texts: Sequence[str]) -> Callable[[Any], int]:
    """Reads whole numbers; `8.0` is 8."""
    read = number(known, texts)

    def value(cell: Any) -> int:
        found = read(cell)
        if isinstance(found, float):
            raise Unfit(expected(known))
        return found

    return value


def number(known: Known, texts: Sequence[str]) -> Callable[[Any], Number]:
    """Reads numbers; the whole column shows which sign begins the decimals."""
    signs = {sign for sign in DECIMAL if any(_proves(sign, text) for text in texts)}

    def value(cell: Any) -> Number:
        if isinstance(cell, bool) or not isinstance(cell, int | float | str):
            raise Unfit(expected(known))
        return _within(known, _read(cell, signs, known) if isinstance(cell, str) else cell)

    return value


def _proves(sign: str, text: str) -> bool:
    """Whether this number only makes sense if `sign` begins the decimals."""
    if GROUPED.fullmatch(text):
        return False
    return bool(DECIMAL[sign].fullmatch(text) or (THOUSANDS[sign].fullmatch(text) and not INTEGER.fullmatch(text)))


def _read(text: str, signs: set[str], known: Known) -> Number:
    if INTEGER.fullmatch(text):
        return int(text)
    if GROUPED.fullmatch(text) and not signs:
        raise Unfit(EITHER, whole=True)
    for sign in DECIMAL:
        if DECIMAL[sign].fullmatch(text) or THOUSANDS[sign].fullmatch(text):
            if len(signs) > 1:
                raise Unfit(BOTH, whole=True)
            if sign in signs:
                other = "," if sign == "." else "."
                return float(text.replace(other, "").replace(sign, "."))
    raise Unfit(expected(known))


def _within(known: Known, value: Number) -> Number:
    """The value as an integer if it is one. Raises Unfit outside the limits of the column."""
    low = -MOST if known.least is None else known.least
    high = MOST if known.most is None else known.most
    if not low <= value <= high:
        raise Unfit(expected(known))
    return int(value) if value == int(value) else value
