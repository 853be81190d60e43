"""`ayllu send`: read a file, show what is wrong, send the rest, keep refused reports for correction."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from ops.commands.screen import bar, console, tell
from ops.commands.send import Sent, send
from ops.servers.place import running
from ops.sheets.files import TIMEZONE, read
from ops.sheets.reading import Reading
from ops.sheets.refusals import (
    check,
    forget_refused,
    refused_by_intake,
    refused_path,
    unknown_fields,
    write_refused,
)
from ops.sheets.words import Unreadable

MOST_TOLD = 40
STDIN = "-"


@dataclass(frozen=True)
class Choices:
    """How a file is to be read, and whether it is only looked at."""

    ignored: Sequence[str] = ()
    timezone: str = TIMEZONE
    only_check: bool = False


async def send_file(file: str, data: Path, to: str | None, key_file: Path | None, choices: Choices) -> None:
    """Send the reports of a file; `-` is standard input. Ends with exit code 1 unless all were taken."""
    key = read_key(key_file) if key_file else None
    reading = read(file, content(file), choices.ignored, choices.timezone)
    for note in reading.notes:
        tell(note)
    if reading.problems:
        _list([*reading.problems, *reading.told])
        tell("Nothing was sent. Correct this and send the file again.")
        raise typer.Exit(1)
    if choices.only_check:
        _checked(reading)
    else:
        place = running(data) if key is None or to is None else {}
        await _send(file, reading, to or place["intake"], key or place["senderKey"])


async def _send(file: str, reading: Reading, intake: str, key: str) -> None:
    good = reading.good
    sent = Sent()
    if good:
        with bar("sending", len(good)) as done:
            sent = await send((each.line for each in good), intake, key, done)
    for number, answer in sent.refused:
        good[number].wrong += refused_by_intake(reading, good[number], answer)
    console.print(f"{sent.accepted} accepted, {sent.known} known already, {len(reading.refused)} refused")
    _list([*unknown_fields(sent.ignored)])
    path = refused_path(Path("stdin" if file == STDIN else file), reading)
    if not reading.refused:
        forget_refused(path)
        return
    _list(reading.told)
    write_refused(path, reading)
    tell(f"The refused reports, with the reasons, are in {path}: correct them there and send that file.")
    raise typer.Exit(1)


def _checked(reading: Reading) -> None:
    """Show what would happen to the file."""
    check(reading)
    if reading.understood:
        tell(f"Columns: {', '.join(reading.understood)}")
    console.print(f"{len(reading.good)} can be sent, {len(reading.refused)} would be refused; nothing was sent")
    _list(reading.told)
    if reading.refused:
        raise typer.Exit(1)


def _list(sentences: Sequence[str]) -> None:
    for sentence in sentences[:MOST_TOLD]:
        tell(f"- {sentence}")
    if len(sentences) > MOST_TOLD:
        tell(f"- and {len(sentences) - MOST_TOLD} more of the kind")


def read_key(path: Path) -> str:
    """The sender key in a file: alone, or as the header that curl reads. Raises Unreadable."""
    text = _content(path).decode("utf-8-sig", "replace").strip()
    key = re.sub(r"^(authorization\s*:)?\s*(bearer(\s|$))?\s*", "", text, flags=re.IGNORECASE)
    if not key:
        raise Unreadable(f"The key file {path} is empty. It holds what `ayllu keys add SOURCE` printed.")
    if not re.fullmatch("[!-~]+", key):
        raise Unreadable(f"The key file {path} holds more than a key. It holds what `ayllu keys add SOURCE` printed.")
    return key


def content(file: str) -> bytes:
    """What a file holds; `-` is standard input. Raises Unreadable."""
    return typer.get_binary_stream("stdin").read() if file == STDIN else _content(Path(file))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
