"""Names and documents as people mean them: one spelling for each, and those that identify nobody."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

PLACEHOLDERS = Path(__file__).with_name("placeholders.txt")
APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u201b\u02bc\u02bb\u02b9\u02c8\u0060\u00b4\u2032\uff07"), "'")
DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
UNSEEN = {"Cc", "Cf", "Cs", "Co"}
"""Unicode categories of what nobody sees: control characters, zero-width spaces, direction marks."""


def cleaned(text: str) -> str:
    """A name as it is shown: composed (NFC), one kind of apostrophe and dash, single spaces, nothing unseen."""
    one = unicodedata.normalize("NFC", text).translate(APOSTROPHES | DASHES)
    seen = "".join(" " if each.isspace() else each for each in one if each.isspace() or _is_seen(each))
    return unicodedata.normalize("NFC", " ".join(seen.split()))


def compared(text: str) -> str:
    """A name as it is compared: cleaned, and in one case."""
    return unicodedata.normalize("NFC", cleaned(text).casefold())


def document(number: str | None) -> str | None:
    """A document number as it is compared: letters and digits alone, in upper case; None if it identifies nobody."""
    bare = "".join(each for each in _plain(compared(number or "")).upper() if each.isalnum())
    return None if len(set(bare)) < 2 or bare in _placeholders("document") else bare


def identifies(name: str | None) -> bool:
    """Whether a name is somebody's: not `NN`, `RN`, `RN de Rosa`, `sin nombre`, or no letters at all."""
    words = re.findall(r"[^\W\d_]+", _plain(compared(name or "")))
    if len("".join(words)) < 2 or " ".join(words) in _placeholders("name"):
        return False
    return words[0] not in _placeholders("first word") and "".join(words) not in _placeholders("name")


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in UNSEEN


def _plain(text: str) -> str:
    """Without accents: `recién nacida` is `recien nacida`. But ñ is a letter: Nina is a name, `niña` is none."""
    apart = unicodedata.normalize("NFD", text).replace("n\u0303", "ñ")
    return "".join(each for each in apart if not unicodedata.combining(each))


@cache
def _placeholders(kind: str) -> frozenset[str]:
    return frozenset(_of_kind(kind, PLACEHOLDERS.read_text(encoding="utf-8").splitlines()))


def _of_kind(kind: str, lines: Iterable[str]) -> Iterable[str]:
    section = ""
    for line in map(str.strip, lines):
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#") and section == kind:
            yield line
