"""The passwords of a deployment: generated once into the vault, written for each reader as files only it mounts.

`passwords.py` generates missing passwords and writes all files; it never replaces a password in the vault.
`passwords.py rotate ROLE` forgets a role's passwords first; docs/operate.md says what to restart then. Tokens signed
with a former key stay valid after `rotate token`; `rotate token --now` ends them all.
"""

import argparse
import base64
import hashlib
import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from shared.web.signing import renewed

SECRETS = Path(os.environ.get("AYLLU_SECRETS_ROOT", "/secrets"))
VAULT = SECRETS / "vault"
USERS = Path(os.environ.get("AYLLU_REDIS_USERS", "/etc/ayllu/users.acl"))

SERVICES = ("intake", "education", "care", "notifications")
PEOPLE = (*SERVICES, "operator")
IN_REDIS = (*PEOPLE, "outsider", "health")
ROLES = {
    **{name: (f"redis-{name}", f"mongo-{name}") for name in PEOPLE},
    "outsider": ("redis-outsider",),
    "health": ("redis-health",),
    "root": ("mongo-root",),
    "keyfile": ("mongo-keyfile",),
    "token": ("token-key",),
}
"""The roles that can be rotated, and the vault's names of their passwords."""


def write(path: Path, text: str, mode: int = 0o440) -> None:
    """Replace a file as a whole, so that no reader ever sees half a password."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w") as file:
        file.write(text)
    fresh.chmod(mode)
    fresh.replace(path)


def draw(name: str) -> str:
    """A new password: 256 bits in hexadecimal, which needs no escaping in a URL; MongoDB's keyfile is longer."""
    return base64.b64encode(secrets.token_bytes(756)).decode() if name == "mongo-keyfile" else secrets.token_hex(32)


def vault() -> dict[str, str]:
    """All passwords in the vault, after generating missing ones."""
    names = {name for kept in ROLES.values() for name in kept} - {"token-key"}
    for name in sorted(names):
        if not (VAULT / name).exists():
            write(VAULT / name, draw(name), mode=0o400)
            sys.stdout.write(f"drawn: {name}\n")
    return {name: (VAULT / name).read_text() for name in names} | token_keys()


def token_keys() -> dict[str, str]:
    """The private key that signs staff tokens, and the public ones: former ones too, while their tokens are valid."""
    files = {name: VAULT / name for name in ("token-key", "token-keys")}
    kept = {name: file.read_text() if file.exists() else None for name, file in files.items()}
    if kept["token-key"] is None:
        sys.stdout.write("drawn: token-key\n")
    pair = dict(zip(files, renewed(*kept.values()), strict=True))
    for name in reversed(files):  # the public one first: a key that was not kept signs nothing
        if pair[name] != kept[name]:
            write(files[name], pair[name], mode=0o400)
    return pair


def forget(role: str, *, at_once: bool) -> None:
    """Remove a role's passwords from the vault; the root user's is kept aside for one more login."""
    if at_once:
        (VAULT / "token-keys").unlink(missing_ok=True)
    for name in ROLES[role]:
        if name == "mongo-root" and (VAULT / name).exists():
            aside = SECRETS / "mongo" / "root.previous"
            older = aside.read_text() if aside.exists() else ""
            write(aside, f"{(VAULT / name).read_text()}\n{older}")
        (VAULT / name).unlink(missing_ok=True)


def redis_url(kept: Mapping[str, str], user: str) -> str:
    """How a role reaches Redis."""
    return f"redis://{user}:{kept[f'redis-{user}']}@redis:6379/0"


def mongo_url(kept: Mapping[str, str], user: str) -> str:
    """How a role reaches MongoDB."""
    return f"mongodb://{user}:{kept[f'mongo-{user}']}@mongo:27017/?replicaSet=rs0&authSource=admin"


def render_redis(kept: Mapping[str, str]) -> None:
    """Redis gets only hashes, and the one password of its own health check."""
    hashes = {user: hashlib.sha256(kept[f"redis-{user}"].encode()).hexdigest() for user in IN_REDIS}
    lines = [line for line in USERS.read_text().splitlines() if line.startswith("user ")]
    write(SECRETS / "redis" / "users.acl", "\n".join(lines).format_map(hashes) + "\n")
    write(SECRETS / "redis" / "health", kept["redis-health"])


def render_mongo(kept: Mapping[str, str]) -> None:
    """MongoDB gets its keyfile, which it accepts only if no one else can read it, and its users' passwords."""
    write(SECRETS / "mongo" / "keyfile", kept["mongo-keyfile"], mode=0o400)
    write(SECRETS / "mongo" / "dump.yaml", f"password: {kept['mongo-root']}\n")
    for user in ("root", *PEOPLE):
        write(SECRETS / "mongo" / user, kept[f"mongo-{user}"])


def render_people(kept: Mapping[str, str]) -> None:
    """Each service, and the operator, gets its own addresses of the servers, as shared/settings.py reads them."""
    for user in PEOPLE:
        write(SECRETS / user / "ayllu_redis_url", redis_url(kept, user))
        write(SECRETS / user / "ayllu_mongo_url", mongo_url(kept, user))
        write(SECRETS / user / "ayllu_token_keys", kept["token-keys"])
        (SECRETS / user / "ayllu_token_secret").unlink(missing_ok=True)  # of before 0.2
    write(SECRETS / "operator" / "ayllu_token_key", kept["token-key"])
    (VAULT / "token-secret").unlink(missing_ok=True)
    write(SECRETS / "operator" / "outsider_redis_url", redis_url(kept, "outsider"))


def main() -> None:
    """Rotate if asked to, then generate missing passwords and write all files."""
    parser = argparse.ArgumentParser(description="Draw and render the passwords of this deployment.")
    commands = parser.add_subparsers(dest="command")
    rotate = commands.add_parser("rotate", help="draw a role's passwords anew")
    rotate.add_argument("role", choices=sorted(ROLES))
    rotate.add_argument("--now", action="store_true", help="token: end every token at once")
    asked = parser.parse_args()
    if asked.command == "rotate":
        if asked.now and asked.role != "token":
            parser.error("--now is for token: other passwords always end at once")
        forget(asked.role, at_once=asked.now)
    kept = vault()
    render_redis(kept)
    render_mongo(kept)
    render_people(kept)


if __name__ == "__main__":
    main()
