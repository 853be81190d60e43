"""`deploy/passwords.py` on a folder like the volumes of compose: what it hands to whom, what a rotation changes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.events import Role
from shared.web.signing import Signer, claims, member
from shared.web.tokens import NotValid, Reader

ROOT = Path(__file__).parents[2]
SERVICES = ("intake", "education", "care", "notifications")
READERS = (*SERVICES, "operator", "redis", "mongo", "vault")


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """Volumes as they are after the first start."""
    for each in READERS:
        (tmp_path / each).mkdir()
    passwords(tmp_path)
    return tmp_path


def passwords(secrets: Path, *words: str) -> subprocess.CompletedProcess[str]:
    users = ROOT / "deploy" / "redis" / "users.acl"
    environment = {**os.environ, "AYLLU_SECRETS_ROOT": str(secrets), "AYLLU_REDIS_USERS": str(users)}
    command = [sys.executable, str(ROOT / "deploy" / "passwords.py"), *words]
    return subprocess.run(command, env=environment, check=False, capture_output=True, text=True)


def files(secrets: Path) -> dict[str, str]:
    return {str(each.relative_to(secrets)): each.read_text() for each in secrets.rglob("*") if each.is_file()}


def token(secrets: Path) -> str:
    """A token as the operator issues it."""
    signer = Signer((secrets / "operator" / "ayllu_token_key").read_text())
    return signer.sign(claims(member("ana", Role.SUPERVISOR, ("*",)), hours=1))


def opens(secrets: Path, carried: str) -> list[bool]:
    """Whether each service accepts it once it has started."""

    def accepts(service: str) -> bool:
        try:
            return Reader((secrets / service / "ayllu_token_keys").read_text()).read(carried).sub == "ana"
        except NotValid:
            return False

    return [accepts(service) for service in SERVICES]


def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return read


def test_the_operator_issues_what_every_service_accepts(secrets: Path) -> None:
    assert opens(secrets, token(secrets)) == [True] * 4


def test_only_the_operator_and_the_vault_hold_the_private_key(secrets: Path) -> None:
    private = json.loads((secrets / "operator" / "ayllu_token_key").read_text())["d"]
    holders = {name for name, text in files(secrets).items() if private in text}
    assert holders == {"operator/ayllu_token_key", "vault/token-key"}


def test_only_the_commands_of_the_operator_mount_what_the_operator_holds() -> None:
    mounts = {
        name: {each.partition(":")[0] if isinstance(each, str) else each["source"] for each in told.get("volumes", ())}
        for name, told in compose().items()
    }
    assert {name for name, volumes in mounts.items() if "operator-secrets" in volumes} == {"secrets", "indexes", "ops"}
    assert {name for name, volumes in mounts.items() if "vault" in volumes} == {"secrets"}
    assert {name: mounts[name] for name in SERVICES} == {name: {f"{name}-secrets"} for name in SERVICES}


def test_no_container_is_told_a_key_in_its_environment() -> None:
    told = {name: set(each.get("environment", ())) for name, each in compose().items()}
    assert [name for name, names in told.items() if {"AYLLU_TOKEN_KEY", "AYLLU_TOKEN_KEYS"} & names] == []


def test_a_rotated_key_signs_and_the_one_before_it_signs_nobody_out(secrets: Path) -> None:
    before = token(secrets)
    passwords(secrets, "rotate", "token")
    after = token(secrets)
    assert (opens(secrets, before), opens(secrets, after)) == ([True] * 4, [True] * 4)
    passwords(secrets, "rotate", "token")
    assert opens(secrets, before) == [True] * 4


def test_a_key_rotated_at_once_ends_every_token_of_before(secrets: Path) -> None:
    before = token(secrets)
    passwords(secrets, "rotate", "token")
    between = token(secrets)
    passwords(secrets, "rotate", "token", "--now")
    assert [opens(secrets, each) for each in (before, between)] == [[False] * 4] * 2
    assert opens(secrets, token(secrets)) == [True] * 4


def test_a_rotation_changes_nothing_else_and_starting_again_changes_nothing(secrets: Path) -> None:
    first = files(secrets)
    passwords(secrets)
    assert files(secrets) == first
    passwords(secrets, "rotate", "token")
    changed = {name for name, text in files(secrets).items() if first.get(name) != text}
    services = {f"{name}/ayllu_token_keys" for name in (*SERVICES, "operator")}
    assert changed == {"vault/token-key", "vault/token-keys", "operator/ayllu_token_key", *services}


def test_at_once_is_for_the_key_of_tokens_alone(secrets: Path) -> None:
    before = files(secrets)
    refused = passwords(secrets, "rotate", "care", "--now")
    assert (refused.returncode, "--now is for token" in refused.stderr) == (2, True)
    assert files(secrets) == before


def test_the_secret_of_before_is_taken_away_by_an_upgrade(secrets: Path) -> None:
    (secrets / "vault" / "token-secret").write_text("old")
    (secrets / "care" / "ayllu_token_secret").write_text("old")
    passwords(secrets)
    assert [name for name, text in files(secrets).items() if text == "old"] == []


def test_no_key_is_printed(secrets: Path) -> None:
    for words in (("rotate", "token"), ("rotate", "token", "--now"), ()):
        done = passwords(secrets, *words)
        private = json.loads((secrets / "vault" / "token-key").read_text())
        assert private["d"] not in done.stdout + done.stderr
        assert done.returncode == 0, done.stderr
