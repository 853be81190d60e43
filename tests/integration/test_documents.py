"""Views on a real MongoDB: the same whatever the order, the repetition, the crash and the number of writers."""

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from pymongo import monitoring

from shared.events import Event, SupportPlanOpened
from shared.folds.documents import Documents
from shared.folds.history import CHANGES
from shared.folds.rules import Fold
from shared.mongo import Database, close, connect
from shared.settings import Settings
from tests.factories import event, support_plan_opened
from tests.integration.tally import FOLD, SILENT, Tally, begin, concerned, evolve, silent

Databases = Callable[[str], Database]
FIRST_MOMENT, LAST_MOMENT = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def events(count: int, family_id: str = "f1") -> list[Event]:
    return [event(support_plan_opened(family_id), hours=hour) for hour in range(count)]


@pytest.fixture
def care(database: Databases) -> Database:
    return database("care")


@pytest.fixture
async def documents(care: Database) -> Documents[Tally]:
    made = Documents(care, FOLD, "/care")
    await made.prepare()
    return made


async def state(care: Database, document: str = "family/f1") -> Tally:
    found = await care["views"].find_one({"_id": document})
    assert found is not None
    return Tally.model_validate(found["state"])


async def said(documents: Documents[Tally]) -> list[str]:
    facts = [each.data async for each in documents.history.said()]
    return [fact.goals[0] for fact in facts if isinstance(fact, SupportPlanOpened)]


async def heard_in(documents: Documents[Tally], document: str = "family/f1") -> list[str]:
    return [each.id for change in (await documents.history.of([document]))[document] for each in change.heard]


async def test_events_are_folded_in_the_order_in_which_they_happened(
    documents: Documents[Tally], care: Database
) -> None:
    heard = events(5)
    await documents.fold(concerned(heard[2:]))
    await documents.fold(concerned(heard[:2]))
    assert (await state(care)).order == tuple(each.id for each in heard)


async def test_the_time_of_a_change_is_mongodbs_and_later_than_that_of_the_one_before(
    documents: Documents[Tally], care: Database
) -> None:
    for hour in range(3):
        await documents.fold([(event(support_plan_opened(f"f{n}"), hours=hour), [f"family/f{n}"]) for n in range(5)])
    rows = await care["history"].find(CHANGES).to_list(None)
    times = [row["at"] for row in sorted(rows, key=lambda row: int(row["_id"].rpartition(" ")[2]))]
    assert len(set(times)) == 15
    assert [max(times[at : at + 5]) < min(times[at + 5 : at + 10]) for at in (0, 5)] == [True, True]
    assert max(times) <= (await care.command("ping"))["operationTime"]


@pytest.mark.parametrize(("since", "expected"), [(FIRST_MOMENT, 1), (LAST_MOMENT, 0)])
async def test_what_was_said_is_counted_since_any_moment_that_can_be_written_down(
    documents: Documents[Tally], since: datetime, expected: int
) -> None:
    await documents.fold(concerned(events(1)))
    assert await documents.history.count_said(since) == expected


async def test_an_event_heard_twice_changes_nothing(documents: Documents[Tally], care: Database) -> None:
    heard = events(3)
    await documents.fold(concerned(heard))
    before = await care["views"].find().to_list(None)
    again = await documents.fold(concerned([heard[1], heard[1], heard[2]]))
    assert (again.batches, again.heard, again.said) == ([], [], [])
    assert await care["views"].find().to_list(None) == before
    assert await heard_in(documents) == [each.id for each in heard]


async def test_an_event_twice_in_one_batch_counts_once(documents: Documents[Tally], care: Database) -> None:
    (only,) = events(1)
    await documents.fold(concerned([only, only]))
    assert (await state(care)).count == 1


@pytest.mark.parametrize("seed", range(5))
async def test_any_order_repetition_and_split_gives_the_same_view(
    documents: Documents[Tally], care: Database, seed: int
) -> None:
    draw, heard = random.Random(seed), events(12)
    told = heard + draw.choices(heard, k=6)
    draw.shuffle(told)
    while told:
        size = draw.randint(1, 5)
        await documents.fold(concerned(told[:size]))
        told = told[size:]
    assert (await state(care)).order == tuple(each.id for each in heard)


async def test_many_writers_of_one_view_lose_nothing(documents: Documents[Tally], care: Database) -> None:
    heard = events(30)
    shuffled = random.Random(1).sample(heard, len(heard))
    saved = await asyncio.gather(*(documents.fold(concerned([each])) for each in shuffled))
    assert (await state(care)).order == tuple(each.id for each in heard)
    assert sum(len(each.heard) for each in saved) == 30
    assert sum(each.conflicts for each in saved) > 0
    assert [len(each.batches) for each in saved] == [1 + each.conflicts for each in saved]
    assert await documents.outbox.waiting() == sum(len(each.batches) for each in saved)


async def test_one_event_folds_into_every_view_it_concerns(documents: Documents[Tally], care: Database) -> None:
    (only,) = events(1)
    await documents.fold([(only, ["family/f1", "family/f2"])])
    assert [(await state(care, each)).count for each in ("family/f1", "family/f2")] == [1, 1]


async def test_a_latecomer_has_said_what_it_should_have_said_and_nothing_that_was(
    documents: Documents[Tally],
) -> None:
    first, *later = events(3)
    await documents.fold(concerned(later))
    assert await said(documents) == ["0"]
    await documents.fold(concerned([first]))
    assert await said(documents) == ["0", "0"]  # the latecomer is the first now; the old first is not said again


async def test_a_changed_rule_says_no_old_news_when_a_latecomer_comes(care: Database) -> None:
    first, *later = events(6)
    await Documents(care, SILENT, "/care").fold(concerned(later))
    saved = await Documents(care, FOLD, "/care").fold(concerned([first]))
    assert len(saved.said) == 1


async def test_a_changed_rule_is_applied_to_old_cases_by_a_refold_that_says_nothing(care: Database) -> None:
    await Documents(care, SILENT, "/care").fold(concerned(events(6)))
    changed = Fold(FOLD.state, begin, lambda state, each: evolve(evolve(state, each), each), FOLD.decide)
    documents = Documents(care, changed, "/care")
    saved = await documents.refold(["family/f1"])
    assert (saved.refolded, saved.said, await said(documents)) == (1, [], [])
    assert (await state(care)).count == 12
    assert (await documents.history.of(["family/f1"]))["family/f1"][-1].heard == []  # on record: changed, by no event


async def test_a_refold_that_changes_nothing_leaves_no_trace(documents: Documents[Tally], care: Database) -> None:
    await documents.fold(concerned(events(3)))
    before = await care["views"].find().to_list(None), await care["history"].find().to_list(None)
    await documents.refold(["family/f1"])
    assert (await care["views"].find().to_list(None), await care["history"].find().to_list(None)) == before


@pytest.fixture
async def left_behind(documents: Documents[Tally], care: Database) -> list[Event]:
    """Four events in the history, of which the view holds three: the process died before writing it."""
    heard = events(4)
    await documents.fold(concerned(heard[:3]))
    view = await care["views"].find_one({"_id": "family/f1"})
    assert view is not None
    await documents.fold(concerned(heard[3:]))
    await care["views"].replace_one({"_id": "family/f1"}, view)
    return heard


async def test_a_view_that_a_crash_left_behind_its_history_is_brought_up_by_the_same_event_again(
    documents: Documents[Tally], care: Database, left_behind: list[Event]
) -> None:
    again = await documents.fold(concerned(left_behind[3:]))
    assert (again.heard, again.said) == ([], [])
    assert (await state(care)).order == tuple(each.id for each in left_behind)


async def test_a_view_that_a_crash_left_behind_its_history_is_brought_up_by_the_next_event(
    documents: Documents[Tally], care: Database, left_behind: list[Event]
) -> None:
    await documents.fold(concerned(events(5)[4:]))
    assert (await state(care)).order == (*(each.id for each in left_behind), events(5)[4].id)


async def test_a_view_that_a_crash_left_behind_its_history_is_brought_up_by_a_refold(
    documents: Documents[Tally], care: Database, left_behind: list[Event]
) -> None:
    await documents.refold(["family/f1"])
    assert (await state(care)).count == 4


async def test_a_lost_view_is_restored_from_its_history(documents: Documents[Tally], care: Database) -> None:
    await documents.fold(concerned(events(4)))
    lost = await care["views"].find_one_and_delete({"_id": "family/f1"})
    await documents.restore(["family/f1", "family/unheard-of"])
    assert await care["views"].find().to_list(None) == [lost]


async def test_an_older_view_is_never_written_over_a_newer_one(documents: Documents[Tally], care: Database) -> None:
    heard = random.Random(1).sample(events(40), 40)
    for at in range(0, len(heard), 8):
        await asyncio.gather(*(documents.fold(concerned([each])) for each in heard[at : at + 8]))
        assert (await state(care)).count == at + 8


async def test_a_rule_that_raises_leaves_nothing_behind(care: Database) -> None:
    def broken(_: Tally, __: Event) -> Tally:
        raise ZeroDivisionError

    failing = Documents(care, Fold(FOLD.state, begin, broken, silent), "/care")
    with pytest.raises(ZeroDivisionError):
        await failing.fold(concerned(events(2)))
    assert [await care[each].count_documents({}) for each in ("history", "views")] == [0, 0]


@pytest.mark.parametrize("families", [1, 20, 400])
async def test_a_batch_takes_the_same_number_of_round_trips_whatever_its_size(
    settings: Settings, database: Databases, families: int
) -> None:
    database("care")
    commands: list[str] = []

    class Listener(monitoring.CommandListener):
        def started(self, started: monitoring.CommandStartedEvent) -> None:
            commands.append(started.command_name)

        def succeeded(self, _: monitoring.CommandSucceededEvent) -> None: ...

        def failed(self, _: monitoring.CommandFailedEvent) -> None: ...

    client = connect(settings, event_listeners=[Listener()])
    try:
        made = Documents(client["care"], FOLD, "/care")
        for first in (1, 0):  # the later event of each family, then both
            told = ((each, f"family/f{n}") for n in range(families) for each in events(2, f"f{n}")[first:])
            await made.fold([(each, [document]) for each, document in told])
    finally:
        await close(client)
    new, late = ["find", "insert", "insert"], ["find", "find", "insert", "update"]
    assert [each for each in commands if each in ("find", "insert", "update")] == new + late
