"""The command `ayllu`: start Ayllu, send reports, watch it, repair it."""

import asyncio
import json
import secrets
from pathlib import Path
from typing import Annotated

import typer
from rich.live import Live

from ops.commands import again
from ops.commands import status as telling
from ops.commands.access import keys
from ops.commands.dead import dead
from ops.commands.demo import demo as run_demo
from ops.commands.screen import bar, console, errors, moment, ran, tell
from ops.commands.send_file import Choices, send_file
from ops.commands.tokens import token
from ops.commands.triage import triage
from ops.servers import patched
from ops.servers.place import HERE, SERVICES, Data, servers, settings
from ops.servers.up import up as run_up
from ops.sheets.files import TIMEZONE
from shared.streams.publisher import Publisher

app = typer.Typer(
    no_args_is_help=True,
    help="Ayllu: one report about a family comes in, everyone who has to act is told.\n\nBegin with: ayllu demo",
    pretty_exceptions_show_locals=False,  # they could show a name or a password
)
app.add_typer(dead, name="dead")
app.add_typer(keys, name="keys")
app.add_typer(token, name="token")
app.command()(triage)

Service = Annotated[str, typer.Argument(help=f"One of: {', '.join(SERVICES)}.")]
FROM = "Only events published since then, such as 2026-03-02T08:05:00-05:00; UTC if it has no zone."
PortBase = Annotated[int, typer.Option(help="Ports base+1 to base+4: intake, education, care, notifications.")]


@app.command()
def up(
    data: Data = HERE,
    port_base: PortBase = 8000,
    replicas: Annotated[list[str] | None, typer.Option(help="Several of a service, such as care=3.")] = None,
) -> None:
    """Start Redis, MongoDB and the four services; keep them running until Ctrl-C.

    Addresses, process ids, a sender key and a staff token are in DATA/running.json once everything is ready. With
    AYLLU_REDIS_URL or AYLLU_MONGO_URL set, those servers are used and none is started.
    """
    ran(run_up(data, port_base=port_base, replicas=_replicas(replicas or []), say=tell))


@app.command()
def demo(
    data: Annotated[Path | None, typer.Option(help="Keep the data here; by default they are thrown away.")] = None,
    port_base: PortBase = 8000,
    reports: Annotated[int, typer.Option(min=1, max=100_000, help="How many sample reports.")] = 200,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same households; default: random.")] = None,
    exit: Annotated[bool, typer.Option("--exit", help="End when every view has everything.")] = False,
) -> None:
    """Start everything, send sample reports, and show what happened to them."""
    drawn = secrets.randbelow(10**6) if seed is None else seed
    ran(run_demo(data, port_base=port_base, reports=reports, seed=drawn, leave=exit))


@app.command()
def send(
    file: Annotated[str, typer.Argument(help="CSV, XLSX, JSON or NDJSON; `-` reads standard input.")],
    data: Data = HERE,
    to: Annotated[str | None, typer.Option(envvar="AYLLU_INTAKE_URL", help="Address of intake.")] = None,
    key_file: Annotated[Path | None, typer.Option(help="File with the sender key.", envvar="AYLLU_KEY_FILE")] = None,
    ignore: Annotated[list[str] | None, typer.Option(help="A column to leave out; can be repeated.")] = None,
    timezone: Annotated[str, typer.Option(envvar="AYLLU_TIMEZONE", help="Of times without a zone.")] = TIMEZONE,
    check: Annotated[bool, typer.Option("--check", "--dry-run", help="Say what is wrong; send nothing.")] = False,
) -> None:
    """Send reports to intake. Safe to repeat: reports sent before are counted as known.

    In a table the first row names the columns, and a column is a path in the report: reportId, district, family.id,
    family.caregivers.0.name, children.0.birthYear, children.1.livesWith, consent.basis. The first child is 0. Dates are
    2026-03-31 or 31/03/2026; sí or no; codes or their labels, separated by semicolons. Begin with --check.

    If a column is wrong, the command names it and sends nothing. A row that cannot be used is refused and written,
    with the reason, to FILE.refused.csv (FILE.refused.ndjson for JSON): correct it there and send that file.

    Without --to and --key-file the Ayllu that runs in DATA is used.
    """
    ran(send_file(file, data, to, key_file, Choices(ignore or (), timezone, check)))


@app.command()
def status(
    data: Data = HERE,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Every second, until Ctrl-C.")] = False,
    partitions: Annotated[bool, typer.Option("--partitions", help="Each partition and who reads it.")] = False,
) -> None:
    """Lag, dead letters and views, per service and stream.

    A stream with partitions is shown as one, unless --partitions is given. Partitions of an earlier number are shown
    as long as they exist; without lag and pending they are finished.
    """
    ran(_status(data, as_json=as_json, watch=watch, partitions=partitions))


@app.command()
def replay(
    service: Annotated[str | None, typer.Argument(help="Only this one.")] = None,
    since: Annotated[str | None, typer.Option("--from", help=FROM)] = None,
    data: Data = HERE,
) -> None:
    """Publish old events on the streams again, for a service that has learnt to handle them.

    What Redis lost, services publish again by themselves. Receiving an event twice is harmless.
    """
    ran(_replay(data, _chosen(service), since))


@app.command()
def refold(service: Service, data: Data = HERE) -> None:
    """Apply today's rules to every case of a service; nothing old is published again."""
    ran(_refold(data, _chosen(service)[0]))


@app.command()
def indexes(data: Data = HERE) -> None:
    """Create the indexes of every service; safe to repeat."""
    ran(_indexes(data))


async def _status(data: Path, *, as_json: bool, watch: bool, partitions: bool) -> None:
    async with servers(data) as (client, redis):
        found = await telling.status(client, redis)
        if said := await patched.warning(client):
            tell(said, on=errors)
        if as_json:
            typer.echo(json.dumps(found))
        elif not watch:
            console.print(telling.table(found, await telling.room(redis), partitions=partitions))
        else:
            with Live(telling.table(found, await telling.room(redis), partitions=partitions), console=console) as live:
                while True:
                    await asyncio.sleep(1)  # as often as people look; asking counts every view
                    found, room = await telling.status(client, redis), await telling.room(redis)
                    live.update(telling.table(found, room, partitions=partitions))


async def _replay(data: Path, services: list[str], told: str | None) -> None:
    since = None if told is None else moment(told)
    partitions = settings(data).partitions
    async with servers(data) as (client, redis):
        for service in services:
            publisher = Publisher(redis, service, partitions)
            with bar(f"replaying {service}", await again.said_since(client[service], since)) as done:
                count = await again.replay(client[service], publisher, since, done)
            console.print(f"{service}: {count} events published again")


async def _refold(data: Path, service: str) -> None:
    async with servers(data) as (client, _):
        total = await again.views(client[service])
        with bar(f"refolding {service}", total) as done:
            count = await again.refold(client[service], service, done)
        console.print(f"{service}: {count} views folded again")


async def _indexes(data: Path) -> None:
    async with servers(data) as (client, _):
        for service in SERVICES:
            await again.prepare(client[service], service)
            console.print(f"{service}: indexes are ready")


def _chosen(service: str | None) -> list[str]:
    if service is not None and service not in SERVICES:
        raise typer.BadParameter(f"there is no service {service!r}; choose one of: {', '.join(SERVICES)}")
    return [service] if service else list(SERVICES)


def _replicas(given: list[str]) -> dict[str, int]:
    wanted = {}
    for each in given:
        service, _, count = each.partition("=")
        if not count.isdigit() or not 1 <= int(count) <= 20:
            raise typer.BadParameter(f"{each!r}: write it like care=3, with 1 to 20")
        wanted[_chosen(service)[0]] = int(count)
    return wanted


if __name__ == "__main__":
    app()
