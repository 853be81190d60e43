"""`ayllu keys`: who may send."""

from typing import Annotated

import typer
from rich.table import Table

from ops.commands.screen import cell, console, ran, tell
from ops.servers.place import HERE, Data, servers
from services.intake.store.keys import ChildIds, add_key, list_keys, revoke_keys

keys = typer.Typer(no_args_is_help=True, help="Keys of the systems that send reports.")
CHILD_IDS = "unique: a child's id means the same child in every family of this system; family: only within its family."
Source = Annotated[str, typer.Argument(help="Name of the sending system, such as municipality.")]


@keys.command()
def add(
    source: Source,
    rate: Annotated[float | None, typer.Option(min=0.1, help="Reports a second; default: the setting.")] = None,
    child_ids: Annotated[ChildIds | None, typer.Option(help=CHILD_IDS, show_default="family")] = None,
    data: Data = HERE,
) -> None:
    """Make a key. It is printed once, alone on its line, and kept only as a digest."""

    async def work() -> None:
        async with servers(data) as (client, _):
            typer.echo(await add_key(client["intake"], source, rate, child_ids))

    ran(work())


@keys.command("list")
def list_all(data: Data = HERE) -> None:
    """List the keys: whose, since when, whether revoked. The keys themselves cannot be shown."""

    async def work() -> None:
        made = Table("source", "created", "revoked", "reports a second", "child ids", "digest")
        async with servers(data) as (client, _):
            for each in await list_keys(client["intake"]):
                revoked = f"{each['revoked']:%Y-%m-%d %H:%M}" if each["revoked"] else ""
                rate = f"{each['rate']:g}" if each["rate"] else "as set"
                told = (f"{each['created']:%Y-%m-%d %H:%M}", revoked, rate, each["childIds"], each["_id"][:12])
                made.add_row(*map(cell, (each["source"], *told)))
        console.print(made)

    ran(work())


@keys.command()
def revoke(source: Source, data: Data = HERE) -> None:
    """Revoke every key of a system; it is locked out within five seconds."""

    async def work() -> None:
        async with servers(data) as (client, _):
            count = await revoke_keys(client["intake"], source)
        tell(f"{count} keys of {source} revoked" if count else f"Every key of {source} was already revoked.")

    ran(work())
