"""The envelope every event travels in: CloudEvents 1.0, structured JSON, in one stream field.

Attributes as in the CloudEvents 1.0 specification; `recordedtime`, `correlationid`, `causationid` and
`traceparent` are extensions.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import NAMESPACE_URL, uuid5

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializeAsAny,
    ValidationInfo,
    field_validator,
)
from pydantic.alias_generators import to_camel

TRACEPARENT = r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"
EVENT_FIELD = "event"
"""The one field of a stream entry."""


@lru_cache(maxsize=4096)
def as_text(moment: datetime) -> str:
    """A moment as RFC 3339, always with microseconds: such texts sort as the moments do."""
    return f"{moment.astimezone(UTC).isoformat(timespec='microseconds')[:-6]}Z"


LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""Later moments are refused: one of them would make every following event of a case look late."""


def _utc(moment: datetime) -> datetime:
    try:
        if (utc := moment.astimezone(UTC)) < LATEST:
            return utc
    except OverflowError:
        pass
    raise ValueError("a moment from the year 1 until 2200, with its offset from UTC")


Utc = Annotated[
    AwareDatetime,
    AfterValidator(_utc),
    PlainSerializer(as_text, return_type=str, when_used="json"),
]
Id = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
District = Annotated[str, Field(pattern=r"^[0-9]{6}$", description="UBIGEO code, six digits")]


class Frozen(BaseModel):
    """A value: immutable, camelCase in JSON, unknown fields ignored."""

    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        serialize_by_alias=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    def but(self, **changes: Any) -> Self:
        """A copy with new values in some fields, not validated: a fold makes them from valid ones.

        Pydantic's `model_copy` does the same in three times the time, most of a fold's.
        """
        made = type(self).__new__(type(self))
        object.__setattr__(made, "__dict__", self.__dict__ | changes)
        object.__setattr__(made, "__pydantic_fields_set__", self.__pydantic_fields_set__ | changes.keys())
        object.__setattr__(made, "__pydantic_extra__", None)
        object.__setattr__(made, "__pydantic_private__", None)
        return made


class Fact(Frozen):
    """The content of an event: a past-tense fact. A subclass is an event type; its name is the type's name."""

    private: ClassVar[bool] = False
    """True for a fact that carries names: it never leaves intake."""

    types: ClassVar[dict[str, type[Fact]]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        Fact.types[cls.__name__] = cls


Place = tuple[str, ...]
"""Where an event belongs in a fold."""


class UnknownType(ValueError):
    """The event's type is not in the published language; a newer version of Ayllu may know it."""


@lru_cache(maxsize=1024)
def _schema_of(type_name: str) -> str:
    return f"urn:ayllu:event:{type_name}:1"


class Event(BaseModel):
    """One fact with its source, its subject and its time.

    `time` is when it happened, `recordedtime` when Ayllu received the report behind it; both UTC.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    specversion: Literal["1.0"] = "1.0"
    id: Id
    source: Annotated[str, Field(min_length=1, max_length=200)]
    type: Annotated[str, Field(min_length=1, max_length=100)]
    subject: Id
    time: Utc
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str | None = None
    recordedtime: Utc
    correlationid: Id
    causationid: Id | None = None
    traceparent: Annotated[str, Field(pattern=TRACEPARENT)] | None = None
    data: SerializeAsAny[Fact]

    @classmethod
    def parse(cls, text: str | bytes) -> Event:
        """The event in a CloudEvents text; it keeps the text as it came. Raises ValidationError."""
        event = cls.model_validate_json(text)
        event.__dict__["text"] = text if isinstance(text, str) else text.decode()
        return event

    def __hash__(self) -> int:
        """From its id alone: hashing everything would cost as much as a fold."""
        return hash(self.id)

    @cached_property
    def text(self) -> str:
        """The event as CloudEvents structured JSON: as it came, or written once."""
        return self.model_dump_json(exclude_none=True)

    @field_validator("type")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in Fact.types:
            raise UnknownType("unknown event type")
        return name

    @field_validator("data", mode="before")
    @classmethod
    def _typed(cls, data: Any, info: ValidationInfo) -> Any:
        fact = Fact.types.get(info.data.get("type", ""))
        return fact.model_validate(data) if fact and isinstance(data, dict) else data

    @cached_property
    def place(self) -> Place:
        """Where the event belongs in a fold: its time, recorded time, report and id.

        Sortable as text. The events that follow from two reports of one moment have the same order in every service.
        """
        return as_text(self.time), as_text(self.recordedtime), self.correlationid, self.id

    def reaction(self, source: str, subject: str, fact: Fact, at: datetime | None = None) -> Event:
        """The event with `fact` that follows from this one.

        Its id is derived from cause, type and subject, so a replayed cause leads to the same event. It happens one
        microsecond after its cause, so that a cause always folds before its effects; or `at` a moment.
        """
        type_name = type(fact).__name__
        return _of_valid_parts(
            id=str(uuid5(NAMESPACE_URL, f"{self.id} {type_name} {subject}")),
            source=source,
            type=type_name,
            subject=subject,
            time=at or self.time + timedelta(microseconds=1),
            dataschema=_schema_of(type_name),
            recordedtime=self.recordedtime,
            correlationid=self.correlationid,
            causationid=self.id,
            traceparent=self.traceparent,
            data=fact,
        )


def _of_valid_parts(**values: Any) -> Event:
    """An event of validated parts: checking them again would cost as much as folding the event."""
    event = Event.__new__(Event)
    object.__setattr__(event, "__dict__", _DEFAULTS | values)
    object.__setattr__(event, "__pydantic_fields_set__", set(values))
    object.__setattr__(event, "__pydantic_extra__", None)
    object.__setattr__(event, "__pydantic_private__", None)
    return event


_DEFAULTS = {name: field.default for name, field in Event.model_fields.items() if not field.is_required()}


def family(family_id: str) -> str:
    """The subject of events about a family."""
    return f"family/{family_id}"


def child(child_id: str) -> str:
    """The subject of events about a child."""
    return f"child/{child_id}"


def now() -> datetime:
    """The wall clock, UTC: read at the edge of a service, never in a domain."""
    return datetime.now(UTC)
