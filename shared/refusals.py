"""The value a field expects, in plain words and with an example. What was sent is never repeated.

It may be a name. A value is used for one purpose only: to suggest the code that may be meant.
"""

import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic_core import ErrorDetails

from shared.events import TRACEPARENT, Labelled
from shared.events.door import A_DATE, A_MOMENT

AN_ID = "1 to 200 printable ASCII characters without spaces, such as H-4711"
PATTERNS = {
    r"^[\x21-\x7e]+$": AN_ID,
    r"^[0-9]{6}$": "six digits as text, a UBIGEO code such as 060101",
    r"^[0-9]{4}-[0-9]{2}$": "a year and a month, such as 2016-08",
    TRACEPARENT: "a W3C traceparent",
}
WHOLE, NUMBER, YES_OR_NO = "a whole number, such as 8", "a number, such as 850.5", "true or false"
LIST, OBJECT = "a list, such as []", "an object, such as {}"
LONGEST_CODE = 60
"""Codes are shorter than this; comparing longer texts would be slow."""

MOST_SEARCHES = 3
"""Suggestions in one refusal: each takes a fraction of a millisecond, and a batch has many lines."""

Words = Callable[[dict[str, Any]], str]
SAID: dict[str, str | Words] = {
    "missing": "must be there",
    "string_type": "text, in quotes",
    "string_too_short": lambda limits: f"at least {_counted(limits['min_length'], 'character')}",
    "string_too_long": lambda limits: f"at most {_counted(limits['max_length'], 'character')}",
    "string_pattern_mismatch": lambda limits: PATTERNS.get(limits["pattern"], "text of another form"),
    "string_unicode": "text in Unicode",
    "too_short": lambda limits: f"at least {_counted(limits['min_length'], 'entry')}",
    "too_long": lambda limits: f"at most {_counted(limits['max_length'], 'entry')}",
    "greater_than_equal": lambda limits: f"{limits['ge']:.15g} or more",
    "greater_than": lambda limits: f"more than {limits['gt']:.15g}",
    "less_than_equal": lambda limits: f"{limits['le']:.15g} or less",
    "less_than": lambda limits: f"less than {limits['lt']:.15g}",
    "value_error": lambda limits: str(limits["error"]),
    "json_invalid": lambda limits: f"JSON, which this is not: {limits['error']}",
    "finite_number": NUMBER,
    "none_required": "null",
    "timezone_aware": A_MOMENT,
    **dict.fromkeys(("bool_type", "bool_parsing"), YES_OR_NO),
    **dict.fromkeys(("int_type", "int_parsing", "int_parsing_size", "int_from_float"), WHOLE),
    **dict.fromkeys(("float_type", "float_parsing"), NUMBER),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), LIST),
    **dict.fromkeys(("model_type", "model_attributes_type", "dict_type", "dataclass_type"), OBJECT),
}


def refused(found: Sequence[ErrorDetails], whole: str) -> list[tuple[str, str]]:
    """Each field that pydantic refused, or the `whole`, with what would have been accepted."""
    return [
        (".".join(map(str, each["loc"])) or whole, expected(each, search=number < MOST_SEARCHES))
        for number, each in enumerate(found)
    ]


def expected(error: ErrorDetails, *, search: bool = True) -> str:
    """What would have been accepted instead; with `search`, also the code that may be meant."""
    kind, limits = error["type"], error.get("ctx", {})
    if kind in ("enum", "literal_error"):
        return _one_of(re.findall("'([^']*)'", limits["expected"]), error["input"] if search else None)
    if kind.startswith("datetime"):
        return A_MOMENT
    if kind.startswith("date"):
        return A_DATE
    said = SAID.get(kind, error["msg"])
    return said if isinstance(said, str) else said(limits)


def _counted(number: int, what: str) -> str:
    if number == 1:
        return f"1 {what}"
    return f"{number:,} {'entries' if what == 'entry' else f'{what}s'}"


def _one_of(codes: list[str], sent: Any) -> str:
    if len(codes) == 1:
        return f'"{codes[0]}", as text'
    meant = _meant(codes, sent) if isinstance(sent, str) and len(sent) <= LONGEST_CODE else None
    if meant is None:
        return f"one of: {', '.join(codes)}"
    return f"one of: {', '.join([meant, *(code for code in codes if code != meant)])}; did you mean {meant}?"


def _meant(codes: list[str], sent: str) -> str | None:
    """The code that may be meant: of similar spelling, or with this label in Spanish or English."""
    labels = {label: code for label, code in _labels().items() if code in codes}
    spellings = {**labels, **{code: code for code in codes}}
    plain = "_".join(sent.casefold().replace("-", " ").split())
    near = [plain] if plain in spellings else get_close_matches(plain, spellings, 1, 0.75)
    return spellings[near[0]] if near else None


@cache
def _labels() -> dict[str, str]:
    """Every code by its labels."""
    return {
        "_".join(label.casefold().split()): str(each.value)
        for kind in Labelled.__subclasses__()
        for each in kind
        for label in (each.es, each.en)
    }
