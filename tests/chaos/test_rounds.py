"""Five rounds of chaos upon a running Ayllu: nothing is lost, nothing is doubled, and the report says so."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from chaos.draw import draw
from ops.servers.processes import tied
from tests.clusters.outside import ended

SEED, ROUNDS = 316, 5
"""Between them many kinds of fault, and none that takes ten seconds."""


@pytest.mark.timeout(600)
async def test_five_rounds_of_chaos_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    out, kept = tmp_path / "out", tmp_path / "kept"
    words = ("--rounds", str(ROUNDS), "--seed", str(SEED), "--rate", "10", "--out", str(out), "--keep", str(kept))
    process = await asyncio.create_subprocess_exec(
        *tied([sys.executable, "-m", "chaos", *words], signal.SIGINT), stdout=PIPE, stderr=STDOUT
    )
    try:
        printed, _ = await process.communicate()
    finally:
        await ended(process, signal.SIGINT)
    assert process.returncode == 0, printed.decode()
    found = json.loads((out / "chaos.json").read_text())
    assert (found["rounds"], found["failures"], found["wrong_at_the_end"]) == (ROUNDS, [], [])
    assert found["totals"]["acknowledged"] > 20 * ROUNDS
    assert found["totals"]["letters"] > ROUNDS
    assert (found["totals"]["lost"], found["totals"]["doubled"]) == (0, 0)
    assert (
        f"{found['totals']['acknowledged']:,} reports acknowledged: 0 lost, 0 doubled" in (out / "chaos.md").read_text()
    )
    assert f"{ROUNDS} rounds, seed {SEED}" in printed.decode()


def test_its_rounds_are_of_many_kinds() -> None:
    kinds = {each.kind for number in range(1, ROUNDS + 1) for each in draw(SEED, number).faults}
    assert len(kinds) >= 6
    assert "stopped" not in kinds
