"""Bodies as text: whether they are JSON, and if not, what to do about it. Nothing of a body is quoted."""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from services.intake.api import unknown
from shared.events import DOOR

Model = TypeVar("Model", bound=BaseModel)
UNPACK = "is compressed: send it uncompressed"
COMPRESSED = {
    b"\x1f\x8b": UNPACK,
    b"\x28\xb5\x2f\xfd": UNPACK,
    b"PK\x03\x04": "is a ZIP or Excel file: send JSON, or a CSV file with `ayllu send`",
}
AT = re.compile("at line ([0-9]+) column ([0-9]+)")
WIDE = "is not UTF-8 but {}: save it as UTF-8 without BOM"


class NotJson(ValueError):
    """What was sent is not JSON. The message continues "The body": what it is instead, and what to do."""


def admitted(model: type[Model], body: bytes, line: int = 1) -> tuple[Model, Any]:
    """The content of a body, without conversions, and its JSON; `line` is its first line within a batch.

    Raises NotJson, or ValidationError for JSON that is not as it must be.
    """
    tree = _tree(model, body, line)
    if isinstance(tree, list):
        raise NotJson("is a list: send one object; a list goes to /v1/reports:batch as NDJSON, a report a line")
    try:
        return model.model_validate_json(body, strict=True, context=DOOR), tree
    except ValidationError as error:
        if error.error_count() == 1 and (first := error.errors(include_input=False)[0])["type"] == "json_invalid":
            raise NotJson(f"cannot be read as JSON: {_counted_from(line, first['ctx']['error'])}") from None
        raise


def readable(body: bytes) -> None:
    """Raises NotJson for what is compressed, or text in another encoding than UTF-8 from its first letter on."""
    for magic, remedy in COMPRESSED.items():
        if body.startswith(magic):
            raise NotJson(remedy)
    if (encoding := json.detect_encoding(body)).startswith(("utf-16", "utf-32")):
        raise NotJson(WIDE.format(encoding[:6].upper()))


def _tree(model: type[BaseModel], body: bytes, line: int) -> Any:
    readable(body)
    if not body.strip():
        raise NotJson("is empty: send a report as a JSON object")
    if body.startswith(b"\xef\xbb\xbf"):
        raise NotJson("begins with a byte order mark: save it as UTF-8 without BOM")
    try:
        return _decoder(model).decode(body.decode())
    except UnicodeDecodeError as error:
        raise NotJson(f"is not UTF-8 at {_place(body[: error.start], line)}: save it as UTF-8") from None
    except json.JSONDecodeError as error:
        _refuse(error, line)
    except RecursionError:
        raise NotJson("is nested too deeply") from None


def _refuse(error: json.JSONDecodeError, line: int) -> NoReturn:
    place = _place(error.doc[: error.pos].encode("utf-8", "surrogatepass"), line)
    if error.msg == "Extra data":
        raise NotJson(f"goes on after its end, at {place}: many reports go to /v1/reports:batch, a report a line")
    raise NotJson(f"is not JSON at {place}")


def _place(before: bytes, line: int) -> str:
    """Where it ends, as an editor counts: in letters."""
    *whole, last = before.split(b"\n")
    return f"line {line + len(whole)}, column {len(last.decode(errors='replace')) + 1}"


def _counted_from(line: int, words: str) -> str:
    """The words of pydantic's reader, which counts each body's lines from 1."""
    return AT.sub(lambda found: f"at line {line - 1 + int(found[1])}, column {found[2]}", words)


@cache
def _decoder(model: type[BaseModel]) -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=_object(unknown.names(model)),
        parse_constant=_no_number,
        parse_int=str,  # pydantic reads the value; here it would only cost, and thousands of digits fail
        parse_float=str,
    )


def _object(names: Mapping[str, str]) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    """How an object is read: each known field by its one name, and none twice, of which one would vanish."""

    def read(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = {names.get(name, name): value for name, value in pairs}
        if len(found) < len(pairs):
            [(twice, _)] = Counter(names.get(name, name) for name, _ in pairs).most_common(1)
            field = f"the field {twice}" if twice in names else "a field"
            raise NotJson(f"has {field} twice in one object: one of them would be lost")
        return found

    return read


def _no_number(name: str) -> NoReturn:
    raise NotJson(f"holds {name}, which is not JSON: leave out what is not known")
