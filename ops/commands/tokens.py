"""`ayllu token`: who may read, who let them, and no longer."""

import os
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.table import Table

from ops.commands.screen import cell, console, ran, tell
from ops.servers.folder import KEY, KEYS
from ops.servers.place import HERE, Data, servers, signer
from ops.servers.processes import account, write_private
from ops.servers.tokens import issue, revoke_person, revoke_token
from services.intake.store.issued import list_issued
from shared.events import Id, Role
from shared.web.revoked import LOOK_SECONDS
from shared.web.signing import member, renewed
from shared.web.tokens import MOST_HOURS

token = typer.Typer(no_args_is_help=True, help="Staff tokens: who may read, who let them, and no longer.")

WHO = "Who it is, as the record of reads shall say."
ASKED = "Who asks for it, as the record shall say; the account of the system is written beside it."
FOLDER = "Where the two files are; AYLLU_SECRETS_DIR, or the secrets of DATA, if not given."
NOW = "End every token at once: the key may be in other hands."
By = Annotated[str, typer.Option(help=ASKED, envvar="AYLLU_BY", show_default="the account")]


@token.command("issue")
def issue_one(
    role: Annotated[Role, typer.Option(help="What the person does.")],
    district: Annotated[list[str], typer.Option(help="UBIGEO code; repeat for several; '*' for all.")],
    staff: Annotated[str, typer.Option("--staff", "--for", help=WHO)],
    hours: Annotated[float, typer.Option(min=0.1, max=MOST_HOURS, help="How long it is valid.")] = MOST_HOURS,
    by: By = "",
    data: Data = HERE,
) -> None:
    """Issue a staff token, printed alone on its line. That it was issued is on record, with who asked."""

    async def work() -> None:
        of, asked, signs = member(staff, role, tuple(district)), _asked(by), signer(data)
        async with servers(data) as (client, _):
            typer.echo(await issue(client, signs, of, hours, asked))

    ran(work())


@token.command("list")
def list_all(
    data: Data = HERE,
    ended: Annotated[bool, typer.Option("--all", help="Also those that have ended or were revoked.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="The newest so many.")] = 100,
) -> None:
    """The tokens that were issued and hold, the newest first. The tokens themselves cannot be shown."""

    async def work() -> None:
        made = Table("id", "staff", "role", "districts", "issued", "until", "by", "revoked", box=None)
        async with servers(data) as (client, _):
            for each in await list_issued(client["intake"], ended=ended, limit=limit):
                by = each["by"] if each["by"] == each["account"] else f"{each['by']} ({each['account']})"
                gone = f"{each['revoked']['at']:%Y-%m-%d %H:%M}, {each['revoked']['by']}" if each["revoked"] else ""
                times = (f"{each['at']:%Y-%m-%d %H:%M}", f"{each['until']:%Y-%m-%d %H:%M}")
                told = (each["_id"], each["staff"], each["role"], " ".join(each["districts"]), *times, by, gone)
                made.add_row(*map(cell, told))
        console.print(made if made.row_count else "No tokens.")

    ran(work())


@token.command()
def revoke(
    staff: Annotated[str | None, typer.Option("--staff", help="Everything this person was given so far.")] = None,
    jti: Annotated[str | None, typer.Option("--jti", help="One token: the id that `token list` shows.")] = None,
    by: By = "",
    data: Data = HERE,
) -> None:
    """Revoke what a person was given so far, or one token; it holds in every service within two seconds."""
    if bool(staff) == bool(jti):
        raise typer.BadParameter("say --staff or --jti")

    async def work() -> None:
        asked, whose = _asked(by), _id(staff or jti or "")
        async with servers(data) as (client, _):
            count = await (revoke_person if staff else revoke_token)(client, whose, asked)
        tell(f"Revoked: within {LOOK_SECONDS} seconds no service accepts it. On record, and valid until now: {count}.")

    ran(work())


@token.command()
def rotate(
    folder: Annotated[Path | None, typer.Argument(help=FOLDER)] = None,
    at_once: Annotated[bool, typer.Option("--now", help=NOW)] = False,
    data: Data = HERE,
) -> None:
    """Make a new key that signs tokens, or the first one. In compose: docker compose run --rm secrets rotate token.

    Tokens signed with the key before it hold on, unless --now is said. Two files are written: ayllu_token_key, for the
    operator alone, and ayllu_token_keys, for every service. Start the services again, or `ayllu up`, to use them.
    """

    async def work() -> None:
        place = folder or Path(os.environ.get("AYLLU_SECRETS_DIR", data / "secrets"))
        try:
            _write_keys(place, at_once=at_once)
        except OSError as error:
            raise typer.BadParameter(f"{place}: {error.strerror}") from None
        tell(f"{place}: {KEY}, {KEYS}. Start the services again.")

    ran(work())


def _write_keys(place: Path, *, at_once: bool) -> None:
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    former = place / KEYS
    pair = renewed(None, former.read_text() if former.exists() and not at_once else None)
    write_private(place / KEYS, pair.keys)
    write_private(place / KEY, pair.key)


def _asked(by: str) -> str:
    return _id(by or account())


def _id(told: str) -> str:
    return TypeAdapter(Id).validate_python(told)
