"""`ayllu dead`: look at dead letters, deliver them again, or discard them."""

from typing import Annotated

import typer
from rich.table import Column, Table

from ops.commands import letters
from ops.commands.screen import NothingOfThatName, cell, console, ran, tell
from ops.servers.place import HERE, SERVICES, Data, servers
from services.intake.store.collections import record_read
from shared.mongo import Client, Document

dead = typer.Typer(no_args_is_help=True, help="Dead letters: entries a service could not use, with the reason.")

Service = Annotated[str, typer.Argument(help=f"One of: {', '.join(SERVICES)}.")]
Letter = Annotated[str, typer.Argument(help="The id that `dead list` shows, such as intake/1790000000000-0.")]
Which = Annotated[str | None, typer.Argument(help="The id that `dead list` shows; or use --all.")]
All = Annotated[bool, typer.Option("--all", help="Every dead letter of the service.")]


@dead.command("list")
def list_all(data: Data = HERE, limit: Annotated[int, typer.Option(min=1)] = 50) -> None:
    """The newest dead letters of every service, without their content."""

    async def work() -> None:
        made = Table("service", Column("id", no_wrap=True, min_width=24), "at", "tries", "bytes", "reason", box=None)
        async with servers(data) as (client, _):
            for service in SERVICES:
                for each in await letters.letters(client[service], limit):
                    counts = (str(each["attempts"]), str(each["bytes"]))
                    told = (each["_id"], f"{each['at']:%Y-%m-%d %H:%M:%S}", *counts, each["reason"])
                    made.add_row(service, *map(cell, told))
        console.print(made if made.row_count else "No dead letters.")

    ran(work())


@dead.command()
def show(service: Service, letter: Letter, data: Data = HERE) -> None:
    """One dead letter as it came. Those of intake carry names: looking at one is recorded."""

    async def work() -> None:
        async with servers(data) as (client, _):
            found = await _letter(client, service, letter)
            if service == "intake":
                await record_read(client["intake"], "operator", "operator", [f"dead/{letter}"])
        tell(f"{found['reason']} (tries: {found['attempts']}, bytes: {found['bytes']}, sha256: {found['sha256']})")
        for name, value in found["fields"]:
            tell(f"{cell(_text(name))}: {_text(value)}")

    ran(work())


@dead.command()
def retry(service: Service, letter: Which = None, everything: All = False, data: Data = HERE) -> None:
    """Put dead letters on their stream again, as they came, once the fault is corrected."""
    wanted = _which(letter, everything)

    async def work() -> None:
        async with servers(data) as (client, redis):
            await _there(client, service, wanted)
            count = await letters.retry(client[service], redis, wanted)
        if wanted and not count:
            raise NothingOfThatName("It was too long to be kept whole, so it stays: ask its sender to send it again.")
        console.print(f"{count} on their way again")

    ran(work())


@dead.command()
def discard(service: Service, letter: Which = None, everything: All = False, data: Data = HERE) -> None:
    """Delete dead letters for good."""
    wanted = _which(letter, everything)

    async def work() -> None:
        async with servers(data) as (client, _):
            await _there(client, service, wanted)
            count = await letters.discard(client[service], wanted)
        console.print(f"{count} discarded")

    ran(work())


async def _there(client: Client, service: str, letter: str | None) -> None:
    """Raises NothingOfThatName for a service that is not there, or, if one is named, a dead letter of it."""
    if letter:
        await _letter(client, service, letter)
    _known(service)


async def _letter(client: Client, service: str, letter: str) -> Document:
    found = await letters.letter(client[_known(service)], letter)
    if found is None:
        raise NothingOfThatName(f"There is no dead letter {letter!r} of {service}. To list them: ayllu dead list")
    return found


def _known(service: str) -> str:
    if service not in SERVICES:
        raise NothingOfThatName(f"There is no service {service!r}; choose one of: {', '.join(SERVICES)}.")
    return service


def _which(letter: str | None, everything: bool) -> str | None:
    if bool(letter) == everything:
        raise typer.BadParameter("name one dead letter, or use --all")
    return letter


def _text(raw: bytes) -> str:
    return bytes(raw)[:100_000].decode("utf-8", "backslashreplace")
