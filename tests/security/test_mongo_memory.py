"""A MongoDB that tells strangers what is in its memory (CVE-2025-14847): not the one we start, and others are named."""

import pytest
from pydantic import SecretStr
from pymongo import MongoClient

from ops.servers.embedded import COMPRESSORS, MongoServer
from ops.servers.patched import PATCHED, is_patched, warning
from shared.mongo import Client, close, connect
from shared.settings import Settings
from tests.clusters.outside import command
from tests.conftest import Servers


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> "MongoServer":
    """The packaged mongod, with every compressor, as others would start it."""
    return WithZlib(tmp_path_factory.mktemp("old"))


class WithZlib(MongoServer):
    """As MongoDB comes."""

    def prepare(self) -> None:
        """As ever, but with MongoDB's own compressors."""
        super().prepare()
        self.config.write_text(self.config.read_text().replace(",".join(COMPRESSORS), "snappy,zstd,zlib"))


def test_the_server_that_we_start_speaks_no_zlib(servers: Servers) -> None:
    with MongoClient(servers.mongo_url) as client:
        hello = client.admin.command("hello", compression=["zlib", "snappy", "zstd"])
    assert sorted(hello["compression"]) == sorted(COMPRESSORS)


async def test_nothing_is_said_of_the_server_that_we_start(mongo: Client) -> None:
    assert await warning(mongo) is None


async def test_the_status_warns_of_an_old_server_of_others(old: MongoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with old:
        client = connect(Settings(mongo_url=SecretStr(old.url)))
        told = await warning(client)
        await close(client)
        monkeypatch.setenv("AYLLU_MONGO_URL", old.url)
        done = await command("status")
    assert told is not None
    assert "CVE-2025-14847" in told
    assert told in done.output


@pytest.mark.parametrize(
    ("version", "patched"),
    [
        *(((*line, patch, 0), True) for line, patch in PATCHED.items()),
        *(((*line, patch - 1, 0), False) for line, patch in PATCHED.items()),
        ((6, 0, 5, 0), False),
        ((7, 3, 4, 0), False),
        ((8, 1, 9, 0), False),
        ((4, 2, 99, 0), False),
        ((8, 3, 0, 0), True),
        ((9, 0, 0), True),
    ],
)
def test_a_version_is_patched_from_the_patch_of_its_line_on(version: tuple[int, ...], patched: bool) -> None:
    assert is_patched(version) is patched
