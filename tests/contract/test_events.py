"""The published language: every event has a golden copy that must stay readable, and a schema that may only grow."""

import json
from pathlib import Path
from zlib import crc32

import pytest
from jsonschema import Draft202012Validator

from ops.commands.audit import hears
from ops.servers.place import SERVICES
from shared.events import LISTENERS, SPOKEN_BY, Event, Fact, partition_of
from tests.contract.regenerate import SCHEMAS, schema_of
from tests.factories import event, family_at_risk

GOLDEN = Path(__file__).parent / "golden"
TYPES = sorted(Fact.types)


def golden(name: str) -> str:
    return (GOLDEN / f"{name}.json").read_text()


@pytest.mark.parametrize("name", TYPES)
def test_the_golden_copy_of_an_event_is_read_and_written_as_it_is(name: str) -> None:
    written = json.loads(golden(name))
    event = Event.model_validate_json(golden(name))
    assert type(event.data) is Fact.types[name]
    assert json.loads(event.text) == written


@pytest.mark.parametrize("copy", sorted((GOLDEN / "0.1").glob("*.json")), ids=lambda copy: copy.stem)
def test_an_event_of_an_earlier_version_stays_readable(copy: Path) -> None:
    event = Event.parse(copy.read_text())
    assert (type(event.data).__name__, event.text) == (copy.stem, copy.read_text())


@pytest.mark.parametrize("name", TYPES)
def test_the_golden_copy_of_an_event_fits_its_schema(name: str) -> None:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(golden(name)))


@pytest.mark.parametrize("name", TYPES)
def test_the_schema_kept_is_that_of_the_code(name: str) -> None:
    kept = (SCHEMAS / f"{name}.json").read_text()
    assert kept == schema_of(Fact.types[name]), "if the change only adds: make schemas, and commit the difference"


@pytest.mark.parametrize("name", TYPES)
def test_a_reader_ignores_fields_it_does_not_know(name: str) -> None:
    later = json.loads(golden(name))
    later["data"]["fieldOfTomorrow"], later["extensionoftomorrow"] = {"a": [1]}, "x"
    assert Event.model_validate_json(json.dumps(later)) == Event.model_validate_json(golden(name))


def test_every_event_has_one_speaker() -> None:
    spoken = [fact.__name__ for facts in SPOKEN_BY.values() for fact in facts]
    assert sorted([*spoken, "ReportSubmitted"]) == TYPES


def test_a_stream_waits_for_all_who_listen_and_for_nobody_else() -> None:
    heard = {stream: tuple(sorted(name for name in SERVICES if stream in hears(name))) for stream in LISTENERS}
    assert heard == {stream: tuple(sorted(listeners)) for stream, listeners in LISTENERS.items()}


def test_a_service_hears_only_what_is_said_on_that_stream() -> None:
    said = {**{name: set(facts) for name, facts in SPOKEN_BY.items()}, "reports": {Fact.types["ReportSubmitted"]}}
    for name in SERVICES:
        for stream, handlers in hears(name).items():
            assert set(handlers) <= said[stream], f"{name} waits for what {stream} never says"


@pytest.mark.parametrize("name", TYPES)
def test_every_event_is_about_a_family_and_finds_its_partition_by_it(name: str) -> None:
    family_id = json.loads(golden(name))["data"]["familyId"]
    assert partition_of(Event.model_validate_json(golden(name)), 8) == crc32(family_id.encode()) % 8


def test_the_partition_of_a_family_never_changes() -> None:
    numbers = [partition_of(event(family_at_risk(family_id=f"f{number}")), 8) for number in range(10)]
    assert numbers == [2, 4, 6, 0, 3, 5, 7, 1, 0, 6]


@pytest.mark.parametrize("name", [each for each in TYPES if each != "ReportSubmitted"])
def test_no_event_but_the_report_has_room_for_a_name(name: str) -> None:
    words = ("name", "caregiver", "document", "phone", "address", "narrative", "contact")
    fields = json.loads((SCHEMAS / f"{name}.json").read_text())["properties"]["data"]["properties"]
    assert not [field for field in fields if any(word in field.lower() for word in words)]
