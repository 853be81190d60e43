"""What an operator mistypes is refused in one sentence, with exit code 1; nothing is made or lost."""

import pytest

from services.intake.store.keys import KEYS
from shared.events import EVENT_FIELD
from shared.streams.dead import DEAD
from tests.clusters.outside import Ended
from tests.e2e.instance import Ayllu
from tests.waiting import eventually


def refused(done: Ended) -> str:
    """The sentence, on one line."""
    assert done.code == 1, done.output
    assert "Traceback" not in done.output
    return " ".join(done.output.split())


@pytest.mark.parametrize("source", ["", " ", "the clinic", "clínica", "a\tb", "\u202eclinic", "x" * 201])
async def test_a_key_is_for_a_source_that_can_be_a_name_everywhere(ayllu: Ayllu, source: str) -> None:
    before = await ayllu.database("intake")[KEYS].count_documents({})
    told = refused(await ayllu.command("keys", "add", source))
    assert told == "A source is 1 to 200 printable ASCII characters without spaces, such as municipality."
    assert await ayllu.database("intake")[KEYS].count_documents({}) == before


async def test_all_keys_of_a_source_say_the_same_of_its_child_ids(ayllu: Ayllu) -> None:
    assert (await ayllu.command("keys", "add", "registry", "--child-ids", "unique")).code == 0
    told = refused(await ayllu.command("keys", "add", "registry", "--child-ids", "family"))
    assert told == "The first key of registry says that its child ids are unique; so must all others."
    assert (await ayllu.command("keys", "add", "registry")).code == 0  # as the first one
    listed = await ayllu.command("keys", "list")
    assert [line.count("unique") for line in listed.output.splitlines() if "registry" in line] == [1, 1]
    assert "family" in next(line for line in listed.output.splitlines() if "demo" in line)


async def test_keys_that_are_not_there_cannot_be_revoked(ayllu: Ayllu) -> None:
    assert "There is no key of 'nobody'" in refused(await ayllu.command("keys", "revoke", "nobody"))
    assert (await ayllu.command("keys", "add", "leaving")).code == 0
    assert "1 keys of leaving revoked" in (await ayllu.command("keys", "revoke", "leaving")).output
    again = await ayllu.command("keys", "revoke", "leaving")
    assert (again.code, "was already revoked" in again.output) == (0, True)


@pytest.mark.parametrize(
    ("district", "why"),
    [
        ("60105", "six digits; Excel drops the leading zero: 060105?"),
        ("6101", "six digits as text"),
        ("069999", "a UBIGEO code that exists"),
        ("", "six digits as text"),
    ],
)
async def test_a_token_is_for_districts_that_exist(ayllu: Ayllu, district: str, why: str) -> None:
    told = ("--role", "social_worker", "--staff", "ana", "--district", "060101", "--district", district)
    done = await ayllu.command("token", "issue", *told)
    assert f"{district!r} is not a district: {why}" in refused(done)


@pytest.mark.parametrize("staff", ["", "ana torres", "x" * 201])
async def test_a_token_names_somebody(ayllu: Ayllu, staff: str) -> None:
    done = await ayllu.command("token", "issue", "--role", "social_worker", "--district", "*", "--staff", staff)
    assert refused(done).startswith("Not acceptable: id: ")


@pytest.mark.parametrize(
    "words", [("show", "care"), ("retry", "care"), ("discard", "care"), ("show", "the-moon"), ("discard", "the-moon")]
)
async def test_a_dead_letter_that_is_not_there_is_said_to_be_missing(ayllu: Ayllu, words: tuple[str, ...]) -> None:
    told = refused(await ayllu.command("dead", *words, "intake/1-0"))
    assert told.startswith("There is no dead letter 'intake/1-0'" if "care" in words else "There is no service")


async def test_a_dead_letter_that_was_not_kept_whole_is_not_sent_again(ayllu: Ayllu) -> None:
    entry = (await ayllu.redis.xadd("care", {EVENT_FIELD: "x" * 9_000_000})).decode()
    found = await eventually(lambda: ayllu.database("notifications")[DEAD].find_one({"_id": f"care/{entry}"}))
    told = refused(await ayllu.command("dead", "retry", "notifications", found["_id"]))
    assert "too long to be kept whole" in told
    assert (await ayllu.command("dead", "discard", "notifications", found["_id"])).code == 0


@pytest.mark.parametrize(
    "since", ["yesterday", "", "2026-02-30", "02/03/2026", "0026-03-02", "9999-12-31T23:59:59-14:00"]
)
async def test_a_replay_from_a_moment_that_is_none_is_refused(ayllu: Ayllu, since: str) -> None:
    told = refused(await ayllu.command("replay", "care", "--from", since))
    assert told == ("Give a date and time with its zone, such as 2026-03-02T08:05:00-05:00; without a zone it is UTC.")


@pytest.mark.parametrize(
    "since", ["2199-03-02T08:05:00-05:00", "2199-03-02T08:05:00", "2199-03-02", "2199-03-02 08:05Z"]
)
async def test_a_replay_begins_at_a_moment_with_or_without_a_zone(ayllu: Ayllu, since: str) -> None:
    done = await ayllu.command("replay", "care", "--from", since)
    assert (done.code, "care: 0 events published again" in done.output) == (0, True), done.output
