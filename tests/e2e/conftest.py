"""One Ayllu that tests share as long as they break nothing; whoever breaks things starts one of their own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.instance import Ayllu, up


@pytest_asyncio.fixture(scope="package")
async def ayllu(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ayllu]:
    """An Ayllu for all tests of this folder."""
    async with up(_folder(tmp_path_factory)) as running:
        yield running


@pytest_asyncio.fixture(scope="module")
async def own_ayllu(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ayllu]:
    """An Ayllu for the tests of one module, which may end its processes."""
    async with up(_folder(tmp_path_factory)) as running:
        yield running


def _folder(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("ayllu") / "data"
