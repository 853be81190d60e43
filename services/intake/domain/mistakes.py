"""What is wrong in a file of rules, each mistake with the line it is in."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from services.intake.domain.conditions import Wrong

Place = Sequence[str | int]
"""The way to a value, such as ("rule", 3, "level")."""

Told = TypeVar("Told", bound=BaseModel)
Made = TypeVar("Made")

WORDS = {
    "extra_forbidden": "there is no such key",
    "missing": "this is missing",
    "string_pattern_mismatch": "a capital letter and two digits, such as R24",
}
HEAD = re.compile(r"^\s*\[\[?\s*([\w.-]+)\s*\]\]?\s*(#.*)?$")
AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$| \(at end of document\)$")


class WrongRules(ValueError):
    """The file of rules cannot be used; each line of the message names the place and the mistake."""


class Mistakes:
    """The mistakes found in a file so far."""

    def __init__(self, text: str, name: str) -> None:
        self._lines = text.split("\n")
        self._name = name
        self.found: list[tuple[int, str]] = []

    def tell(self, place: Place, message: str) -> None:
        """One more mistake."""
        where = ".".join(str(each) for each in place if not isinstance(each, int))
        self.found.append((_line(self._lines, place), f"{where}: {message}"))

    def of_syntax(self, error: tomllib.TOMLDecodeError) -> WrongRules:
        """What is no TOML at all."""
        told = AT_LINE.search(str(error))
        line = int(told[1]) if told and told[1] else len(self._lines)
        return WrongRules(f"{self._name}, line {line}: this is not TOML: {AT_LINE.sub('', str(error))}")

    def all_told(self) -> WrongRules:
        """All of them, in the order of the file."""
        return WrongRules("\n".join(f"{self._name}, line {line}: {told}" for line, told in sorted(self.found)))

    def made(
        self, model: type[Told], make: Callable[[Told], Made], told: Mapping[str, Any], *place: str
    ) -> Made | None:
        """What a section stands for; None if it is wrong."""
        raw: Any = told
        for name in place:
            if not isinstance(raw, dict) or name not in raw:
                self.tell(place, "this section is missing")
                return None
            raw = raw[name]
        return self._made(model, make, raw, place)

    def each_made(
        self, model: type[Told], make: Callable[[Told], Made], told: Mapping[str, Any], table: str
    ) -> tuple[Made, ...]:
        """What the entries of a table stand for, without those that are wrong."""
        entries = told.get(table, [])
        if not isinstance(entries, list):
            self.tell((table,), f"there are several of these: each begins with [[{table}]]")
            return ()
        made = (self._made(model, make, each, (table, at)) for at, each in enumerate(entries))
        return tuple(each for each in made if each is not None)

    def _made(self, model: type[Told], make: Callable[[Told], Made], raw: Any, place: Place) -> Made | None:
        try:
            return make(model.model_validate(raw))
        except ValidationError as error:
            for each in error.errors():
                self.tell((*place, *each["loc"]), WORDS.get(each["type"], each["msg"]))
        except Wrong as error:
            self.tell((*place, *error.args[1:]), str(error.args[0]))
        return None


def _line(lines: Sequence[str], place: Place) -> int:
    """The line of a key, or where its table begins: tomllib does not tell."""
    start, keys = _table(lines, place)
    if start is None:
        return next((at for at, line in enumerate(lines, 1) if _is_key(line, str(place[0]))), 1)
    for at in range(start + 1, len(lines)):
        head = HEAD.match(lines[at])
        if keys and (_is_key(lines[at], keys[0]) or (head and head[1] == f"{place[0]}.{keys[0]}")):
            return at + 1
        if head and not head[1].startswith(f"{place[0]}."):
            break
    return start + 1


def _table(lines: Sequence[str], place: Place) -> tuple[int | None, list[str]]:
    """The line, from 0, at which the table of a place begins, and the keys that lead on from there."""
    heads = [(at, head[1]) for at, line in enumerate(lines) if (head := HEAD.match(line))]
    names = [str(each) for each in place if not isinstance(each, int)]
    number = next((each for each in place if isinstance(each, int)), 0)
    for size in (2, 1):
        begins = [at for at, name in heads if name == ".".join(names[:size])]
        if len(names) >= size and len(begins) > number and (size == 1 or len(place) == len(names)):
            return begins[number], names[size:]
    return None, names


def _is_key(line: str, key: str) -> bool:
    return re.match(rf"\s*{re.escape(key)}\s*[.=]", line) is not None
