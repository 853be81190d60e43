"""How commands speak: to people on the console, errors in one sentence, progress as a bar."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import typer
from pydantic import ValidationError
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ops.commands.send import Refused, Unreadable
from ops.servers.embedded import NoServer
from ops.servers.place import NotRunning
from ops.servers.processes import DidNotStart
from services.intake.domain.mistakes import WrongRules
from shared.web.access import WeakSecret


class Incomplete(Exception):
    """A view does not have everything after a minute: per service, how many are missing."""

    def __init__(self, missing: dict[str, int]) -> None:
        lost = ", ".join(f"{name} lacks {count}" for name, count in missing.items()) or "an outbox is not empty"
        super().__init__(f"Not every view has everything after a minute: {lost}. Look with: ayllu status")


console = Console()
errors = Console(stderr=True)

EXPECTED = (WeakSecret, WrongRules, Incomplete, NotRunning, NoServer, DidNotStart, Refused, Unreadable)


@contextmanager
def bar(what: str, total: int) -> Iterator[Callable[[int], object]]:
    """A progress bar; yields what to tell how many more are done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(what, total=total)
        yield lambda count: progress.advance(task, count)


def ran(work: Coroutine[Any, Any, None]) -> None:
    """Run a command; what may be expected to go wrong ends it with one sentence and exit code 1."""
    try:
        asyncio.run(work)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except EXPECTED as error:
        errors.print(str(error), markup=False)
        raise typer.Exit(1) from None
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        errors.print(f"Not acceptable: {wrong}", markup=False)
        raise typer.Exit(1) from None
    except (PyMongoError, RedisError, OSError) as error:
        errors.print(f"A server does not answer ({type(error).__name__}). Is Ayllu running? Try: ayllu status")
        raise typer.Exit(1) from None
