"""Cells of a CSV file as JSON: all are text there, and intake takes no text for a number or for true."""

import re
from functools import cache
from typing import Any, get_args

from shared.events import Caregiver, Concern, Consent, Household, Report, ReportedChild, Reporter

MODELS = (Report, Reporter, Household, Caregiver, ReportedChild, Consent)
WHOLE = re.compile(r"-?[0-9]{1,15}(\.0+)?")
"""Programs that fill gaps in a column write its whole numbers as 2017.0."""

NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
TRUTH = {"true": True, "false": False}


def cell(field: str, text: str) -> Any:
    """What a cell holds, by the name of its field; text that is no such value stays as it is, for intake to refuse.

    Spreadsheets write TRUE and FALSE; several concerns are separated by semicolons.
    """
    kind = _kinds().get(field, str)
    if kind is Concern:
        return [each.strip() for each in text.split(";") if each.strip()]
    if kind is bool:
        return TRUTH.get(text.strip().lower(), text)
    if kind is int and WHOLE.fullmatch(text.strip()):
        return int(float(text))
    if kind is float and NUMBER.fullmatch(text.strip()):
        return float(text)
    return text


@cache
def _kinds() -> dict[str, type]:
    """Of each field of a report that is no text, what it is."""
    return {
        field.alias or name: kind
        for model in MODELS
        for name, field in model.model_fields.items()
        for kind in (bool, int, float, Concern)
        if kind in _leaves(field.annotation)
    }


def _leaves(annotation: Any) -> set[Any]:
    inner = get_args(annotation)
    return {leaf for each in inner for leaf in _leaves(each)} if inner else {annotation}
