"""The capacity model: what a district and a continent would need, from what a report costs."""

from dataclasses import replace

import pytest

from benchmarks.capacity.model import (
    CORES,
    DISK,
    GIB,
    PROCESS,
    READS,
    STREAMS,
    TERRITORIES,
    Costs,
    Needs,
    Territory,
    assumed,
)

COSTS = Costs(
    services={"intake": 1.0, "care": 0.5},
    redis=0.1,
    mongod=1.0,
    tenfold=1.0,
    idle=0.02,
    said=5.0,
    cases=0.8,
    changes=8.0,
    data=10_000,
    indexes=5_000,
    process=100 * 2**20,
)
DISTRICT, COUNTRY, ALL = TERRITORIES


def test_twice_the_people_need_twice_of_all_that_grows() -> None:
    once, twice = Needs(COUNTRY, COSTS), Needs(COUNTRY._replace(people=2 * COUNTRY.people), COSTS)
    grows = ("mean", "peak", "said", "cases", "mongod_cores", "redis_cores", "working_set", "touched", "redis_memory")
    for what in (*grows, "disk"):
        assert getattr(twice, what) == pytest.approx(2 * getattr(once, what)), what


def test_a_district_runs_on_one_process_of_each_service_and_one_machine() -> None:
    found = Needs(DISTRICT, COSTS)
    assert (set(found.replicas.values()), found.shards, found.partitions) == ({1}, 1, 1)
    assert max(found.load.values()) < 1


def test_what_nobody_reports_costs_only_what_waiting_costs() -> None:
    found = Needs(Territory("nobody", 0), COSTS)
    assert found.cores == COSTS.idle
    assert (found.disk, found.shards, set(found.replicas.values())) == (0, 1, {1})


def test_a_service_that_one_process_cannot_bear_gets_replicas_and_its_streams_partitions() -> None:
    found = Needs(ALL, replace(COSTS, services={"intake": 10.0, "care": 0.001}))
    needed = found.peak * 10.0 / 1000 / assumed("used")
    assert needed <= found.replicas["intake"] < needed + 1
    assert found.replicas["care"] == 1
    assert found.partitions >= 2 * found.replicas["intake"]


def test_ten_times_the_cases_make_mongod_dearer_by_what_was_measured() -> None:
    dearer = replace(COSTS, tenfold=1.2)
    few, many = Needs(COUNTRY, dearer), Needs(COUNTRY._replace(people=10 * COUNTRY.people), dearer)
    assert many.mongod_cores == pytest.approx(12 * few.mongod_cores)


@pytest.mark.parametrize(
    ("dear", "first"),
    [
        ({"services": {"intake": 10_000.0}}, PROCESS),
        ({"mongod": 100_000.0}, CORES),
        ({"indexes": 100_000.0, "changes": 1_000_000.0}, READS),
        ({"data": 100_000_000.0, "indexes": 0.0}, DISK),
        ({"said": 10_000_000.0}, STREAMS),
    ],
)
def test_what_is_fullest_breaks_first(dear: dict[str, float], first: str) -> None:
    assert Needs(COUNTRY, replace(COSTS, **dear)).first == first


def test_what_does_not_fit_on_a_disk_is_sharded() -> None:
    found = Needs(COUNTRY, replace(COSTS, data=10_000_000.0, indexes=0.0))
    assert found.shards >= found.disk / (assumed("disk") * GIB) > 1
