"""Output of commands: text on the console, errors in one sentence, progress as a bar."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import typer
from pydantic import ValidationError
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from ops.commands.send import Refused
from ops.servers.embedded import NoServer
from ops.servers.place import NotRunning
from ops.servers.processes import DidNotStart
from ops.sheets.words import Unreadable
from services.intake.domain.mistakes import WrongRules
from services.intake.store.keys import NoSource, OtherChildIds, UnknownSource
from shared.trouble import explain
from shared.web.keyset import NoTokenKeys
from shared.web.signing import NoDistrict, NoTokenKey, TooLong


class Incomplete(Exception):
    """A view does not have everything after a minute: per service, how many are missing."""

    def __init__(self, missing: dict[str, int]) -> None:
        lost = ", ".join(f"{name} lacks {count}" for name, count in missing.items()) or "an outbox is not empty"
        super().__init__(f"Not every view has everything after a minute: {lost}. Look with: ayllu status")


class NothingOfThatName(LookupError):
    """The service or dead letter that a command names does not exist."""


class WrongMoment(ValueError):
    """Give a date and time with its zone, such as 2026-03-02T08:05:00-05:00; without a zone it is UTC."""

    def __str__(self) -> str:
        return self.__doc__ or ""


EARLIEST_YEAR = 2000
"""No event is older; an earlier year is a typing mistake."""

console = Console()
errors = Console(stderr=True)

EXPECTED = (
    DidNotStart,
    Incomplete,
    NoDistrict,
    NoServer,
    NoSource,
    NoTokenKey,
    NoTokenKeys,
    NotRunning,
    NothingOfThatName,
    OtherChildIds,
    Refused,
    TooLong,
    UnknownSource,
    Unreadable,
    WrongMoment,
    WrongRules,
)


@contextmanager
def bar(what: str, total: int) -> Iterator[Callable[[int], object]]:
    """A progress bar; yields a function to call with how many more are done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(what, total=total)
        yield lambda count: progress.advance(task, count)


def plain(text: str) -> str:
    """Foreign text made safe for a terminal: characters that control it, or turn or hide text, are written out."""
    return "".join(each if each == "\n" or each.isprintable() else f"\\u{ord(each):04x}" for each in text)


def cell(text: str) -> Text:
    """Foreign text in one line, as it is, for a table: neither markup nor a sign with power over a terminal."""
    return Text(plain(text).replace("\n", "\\n"))


def tell(text: str, on: Console = console) -> None:
    """Print text by others as it is, without markup or wrapping."""
    on.print(plain(text), markup=False, highlight=False, emoji=False, soft_wrap=True)


def moment(text: str) -> datetime:
    """A date, or date and time, as typed; in UTC if it has no zone. Raises WrongMoment."""
    try:
        told = datetime.fromisoformat(text)
        aware = told if told.tzinfo else told.replace(tzinfo=UTC)
        found = aware.astimezone(UTC)
    except (ValueError, OverflowError):
        raise WrongMoment from None
    if len(text) < len("2026-03-02") or found.year < EARLIEST_YEAR:
        raise WrongMoment
    return found


def ran(work: Coroutine[Any, Any, None]) -> None:
    """Run a command; an expected error ends it with one sentence and exit code 1."""
    try:
        asyncio.run(work)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except EXPECTED as error:
        tell(str(error), on=errors)
        raise typer.Exit(1) from None
    except ValidationError as error:
        tell(f"Not acceptable: {explain(error)}", on=errors)
        raise typer.Exit(1) from None
    except (PyMongoError, RedisError, OSError) as error:
        errors.print(f"A server does not answer ({type(error).__name__}). Is Ayllu running? Try: ayllu status")
        raise typer.Exit(1) from None
