"""The wording of faults in a file: rows counted, values quoted, the nearest word named, one sentence for each."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

FIRST = 3
"""Rows and values that are named; the others are counted."""

LONGEST_QUOTE = 40
UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class Unreadable(Exception):
    """The file cannot be read: why, and what to do."""


@dataclass(frozen=True)
class Wrong:
    """A fault in one row: its column, what was found, what to write, and whether the column is at fault."""

    place: str
    found: str
    advice: str
    whole: bool = False

    def __str__(self) -> str:
        return " ".join(f"{self.place}: {self.found}. {self.advice}".split())


def trimmed(text: str) -> str:
    """Without invisible characters: outer, doubled and non-breaking spaces, zero-width marks."""
    return " ".join(UNSEEN.sub("", text).split())


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """For comparing: without case, accents, and what separates words."""
    plain = unicodedata.normalize("NFKD", trimmed(text).casefold())
    return " ".join(re.sub(r"[_\-]", " ", "".join(each for each in plain if not unicodedata.combining(each))).split())


def quoted(value: Any) -> str:
    """A value as found, shortened."""
    text = " ".join(str(value).split())
    return f'"{text[:LONGEST_QUOTE]}…"' if len(text) > LONGEST_QUOTE else f'"{text}"'


def rows_told(rows: Sequence[int], unit: str = "row") -> str:
    """`row 3`, `rows 3 and 7`, `rows 3, 7, 9 and 38 more`."""
    if len(rows) == 1:
        return f"{unit} {rows[0]}"
    if len(rows) <= FIRST + 1:
        return f"{unit}s {listed(map(str, rows))}"
    return f"{unit}s {', '.join(map(str, rows[:FIRST]))} and {len(rows) - FIRST} more"


def listed(words: Iterable[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, end = list(words)
    return f"{', '.join(most)} {last} {end}" if most else end


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known word most similar to this one, if any."""
    plain = {folded(each): each for each in known}
    found = get_close_matches(folded(word), plain, n=1, cutoff=cutoff)
    return plain[found[0]] if found else None


def sentences(wrongs: Iterable[tuple[int, Wrong]], unit: str = "row") -> list[str]:
    """One sentence for each column and advice, with what was found there and the rows counted."""
    groups: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row, wrong in wrongs:
        groups[wrong.place, wrong.advice][wrong.found].append(row)
    return [f"{place}: {_found(found, unit)}. {advice}".strip() for (place, advice), found in groups.items()]


def _found(found: dict[str, list[int]], unit: str) -> str:
    told = [f"{what} in {rows_told(rows, unit)}" for what, rows in list(found.items())[:FIRST]]
    others = [row for rows in list(found.values())[FIRST:] for row in rows]
    if others:
        values = "1 other value" if len(found) == FIRST + 1 else f"{len(found) - FIRST} other values"
        told.append(f"{values} in {rows_told(others, unit)}")
    return "; ".join(told)
