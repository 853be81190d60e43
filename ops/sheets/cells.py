"""Turns a cell into the value its column holds, if that is certain; otherwise says what to write."""

import re
from collections.abc import Callable, Sequence
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ops.sheets import dates, numbers
from ops.sheets.columns import Kind, Known
from ops.sheets.expected import expected
from ops.sheets.guesses import nearest_code
from ops.sheets.unfit import Unfit
from ops.sheets.words import folded, quoted, trimmed
from shared.events import unknown_district

TRUE = {"si", "x", "✓", "✔", "1", "true", "verdadero", "yes"}
FALSE = {"no", "0", "false", "falso"}
FAULTS = re.compile(r"#+|#(N/[AD]|[¡¿]?[A-ZÑ/0-9]{3,12}[!?])")
"""What a spreadsheet shows where a formula fails or a column is too narrow."""

SHORTENED = re.compile(r"[0-9][.,][0-9]+E\+[0-9]+")
FIVE_DIGITS = (
    "A district has six digits; spreadsheets drop a zero at the beginning. Give the whole column the number format "
    "000000 (in Excel: Format Cells, Custom), so that 60105 becomes 060105, and save again."
)
EXACT = 10**15
"""The most digits that a spreadsheet keeps of a number."""

Reader = Callable[[Any], Any]


def reader(known: Known, cells: Sequence[Any], zone: ZoneInfo, say: Callable[[str], None]) -> Reader:
    """How the cells of one column are read; all cells together can settle what one leaves uncertain."""
    texts = [plain(cell) for cell in cells if isinstance(cell, str)]
    by_kind: dict[Kind, Callable[[], Reader]] = {
        Kind.TEXT: lambda: _text,
        Kind.ID: lambda: _text,
        Kind.DISTRICT: lambda: _district,
        Kind.WHOLE: lambda: numbers.whole(known, texts),
        Kind.NUMBER: lambda: numbers.number(known, texts),
        Kind.TRUTH: lambda: lambda cell: _truth(known, cell),
        Kind.DATE: lambda: dates.day(known),
        Kind.MOMENT: lambda: dates.moment(known, zone, say),
        Kind.CODE: lambda: lambda cell: _code(known, spoken(cell)),
        Kind.CODES: lambda: lambda cell: _several(known, spoken(cell)),
    }
    read = by_kind[known.kind]()
    return lambda cell: read(_sound(cell))


def plain(cell: str) -> str:
    """A text without the spaces around it; inner spaces and lines stay."""
    return cell.replace("\u00a0", " ").replace("\ufeff", "").strip()


def spoken(cell: Any) -> str:
    """The text of a cell of any kind."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return plain(cell) if isinstance(cell, str) else str(cell)


def _sound(cell: Any) -> Any:
    if isinstance(cell, str):
        cell = plain(cell)
        if FAULTS.fullmatch(cell):
            raise Unfit("A formula failed there, or the column was too narrow when it was exported: write the value.")
    return cell


def _text(cell: Any) -> str:
    if isinstance(cell, date | time | timedelta):
        raise Unfit("The spreadsheet took it for a date: format the column as Text and write it again.")
    number = isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= EXACT
    if number or (isinstance(cell, str) and SHORTENED.fullmatch(cell)):
        raise Unfit("The spreadsheet cut off its digits: format the column as Text and write them again.", whole=True)
    return spoken(cell)


def _district(cell: Any) -> str:
    text = spoken(cell)
    if unknown_district(text) is None:
        return text
    if re.fullmatch("[0-9]{6}", text):
        raise Unfit("No district of Peru has this UBIGEO code. Look it up: Cajamarca, for example, is 060101.")
    if re.fullmatch("[0-9]{5}", text):
        raise Unfit(FIVE_DIGITS, whole=True)
    raise Unfit("Write the district's UBIGEO code, six digits, such as 060101.")


def _truth(known: Known, cell: Any) -> bool:
    word = folded(spoken(cell))
    if word in TRUE or word in FALSE:
        return word in TRUE
    raise Unfit(expected(known))


def _code(known: Known, text: str) -> str:
    if (code := _known_code(known, text)) is not None:
        return code
    near = nearest_code(known, text)
    told = f"{quoted(text)} (the nearest is {near})" if near else quoted(text)
    raise Unfit(expected(known), found=told)


def _known_code(known: Known, text: str) -> str | None:
    """The code with this spelling or label."""
    found = {codes[0] for codes in known.codes if folded(text) in map(folded, codes)}
    return found.pop() if len(found) == 1 else None


def _several(known: Known, text: str) -> list[str]:
    if not known.codes:
        return [trimmed(part) for part in re.split(r"[;,|\n]", text) if trimmed(part)]
    if (whole := _known_code(known, text)) is not None:
        return [whole]
    found: dict[str, None] = {}
    for part in filter(None, map(trimmed, re.split(r"[;,|\n]", text))):
        words = part.split()
        if len(words) > 1 and all(_known_code(known, word) for word in words):  # KoboToolbox divides codes by spaces
            found |= dict.fromkeys(_code(known, word) for word in words)
        else:
            found[_code(known, part)] = None
    return list(found)
