"""What a column expects, in plain words, with an example."""

from typing import get_args

from pydantic_core.core_schema import ErrorType

from ops.sheets.columns import Kind, Known
from ops.sheets.words import listed

KINDS = {
    Kind.TEXT: "text",
    Kind.ID: "id",
    Kind.DISTRICT: "six digits",
    Kind.WHOLE: "whole number",
    Kind.NUMBER: "number",
    Kind.TRUTH: "sí or no",
    Kind.DATE: "day",
    Kind.MOMENT: "day and time",
    Kind.CODE: "one code",
    Kind.CODES: "codes",
}
FEW = 12
"""How many codes are listed with labels: nobody would read a longer list."""

PYDANTICS = {*get_args(ErrorType)} - {"value_error", "assertion_error"}
"""Kinds of errors whose messages are for programs."""

EXAMPLES = {
    "name": "Rosa Quispe",
    "documentNumber": "41234567",
    "phone": "976 123 456",
    "address": "Jr. Lima 123",
    "birthYear": "2017",
    "ageYears": "8",
    "householdSize": "5",
    "monthlyIncome": "850.50",
    "workHours": "12.5",
    "contact": "976 123 456",
    "id": "H-4802",
    "reportId": "2026-000123",
}


IN_JSON = {
    Kind.TRUTH: "true or false, without quotation marks",
    Kind.DATE: "a date such as 2017-05-31",
    Kind.MOMENT: "the day and time with its zone, such as 2026-03-02T08:05:00-05:00",
}


def expected(known: Known, *, as_json: bool = False) -> str:
    """One sentence that says what to write."""
    return f"Write {IN_JSON.get(known.kind) if as_json and known.kind in IN_JSON else what(known)}."


def own_words(kind: str, message: str) -> str | None:
    """What one of the model's own checks accepts; None for pydantic's messages to programs."""
    return None if kind in PYDANTICS else f"What is accepted: {message.removeprefix('Value error, ').rstrip('.')}."


def what(known: Known) -> str:
    """What a column holds, with an example."""
    example = EXAMPLES.get(known.way[-1])
    such = f", such as {example}" if example else ""
    return {
        Kind.TEXT: f"text of at most {known.longest or 'some hundred'} characters{such}",
        Kind.ID: f"your own id, without spaces or accents and of at most {known.longest or 200} characters{such}",
        Kind.DISTRICT: "the district's UBIGEO code, six digits, such as 060101",
        Kind.WHOLE: f"a whole number{_range(known)}{such}",
        Kind.NUMBER: f"a number{_range(known)}{such}",
        Kind.TRUTH: "sí or no" if known.required else "sí or no, or leave it empty if it is not known",
        Kind.DATE: "a date such as 2017-05-31 or 31/05/2017",
        Kind.MOMENT: "the day and time, such as 2026-03-02T08:05:00-05:00 or 02/03/2026 08:05",
        Kind.CODE: f"one of {_codes(known)}",
        Kind.CODES: f"one or more of {_codes(known)}, separated by semicolons",
    }[known.kind]


def _range(known: Known) -> str:
    if known.least is not None and known.most is not None:
        return f" from {known.least:g} to {known.most:.0f}"
    return f" of at least {known.least:g}" if known.least is not None else ""


def _codes(known: Known) -> str:
    if not known.codes:
        return "your codes"
    few = len(known.codes) <= FEW
    return listed((f"{code} ({labels[0]})" if few and labels else code for code, *labels in known.codes), "or")
