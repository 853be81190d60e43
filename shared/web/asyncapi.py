"""`/asyncapi`: the events a service receives and publishes, as an AsyncAPI 3.0 document with all schemas."""

from typing import Any

from fastapi import APIRouter

from shared.events import EVENT_FIELD, SPOKEN_BY, Event, Fact, streams_of
from shared.folds.rules import Hears


def router(name: str, hears: Hears, partitions: int) -> APIRouter:
    """The route of the document of the service `name`."""
    routes = APIRouter(tags=["operations"])

    @routes.get("/asyncapi")
    async def asyncapi() -> dict[str, Any]:
        """The events this service receives and publishes."""
        return document(name, {stream: list(facts) for stream, facts in hears.items()}, partitions)

    return routes


def document(name: str, hears: dict[str, list[type[Fact]]], partitions: int) -> dict[str, Any]:
    """The AsyncAPI document of the service `name`."""
    channels = {stream: [fact.__name__ for fact in facts] for stream, facts in hears.items()}
    own = [fact.__name__ for fact in SPOKEN_BY[name]]
    facts = {fact.__name__: fact for fact in (*(each for some in hears.values() for each in some), *SPOKEN_BY[name])}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"Ayllu {name}",
            "version": "1",
            "description": f"CloudEvents 1.0, structured JSON, in the field `{EVENT_FIELD}` of a Redis stream entry.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {stream: _channel(stream, types, partitions) for stream, types in {**channels, name: own}.items()},
        "operations": {
            **{f"hear-{stream}": _operation("receive", stream) for stream in channels},
            **({f"say-{name}": _operation("send", name)} if own else {}),
        },
        "components": {"messages": {each: _message(fact) for each, fact in facts.items()}},
    }


def event_schema(fact: type[Fact]) -> dict[str, Any]:
    """The JSON Schema of an event with this `fact`, envelope included."""
    envelope = Event.model_json_schema(by_alias=True)
    data = fact.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    definitions = {**envelope.pop("$defs", {}), **data.pop("$defs", {})}
    definitions.pop("Fact", None)
    envelope["properties"] = {**envelope["properties"], "type": {"const": fact.__name__}, "data": data}
    envelope["title"], envelope["description"] = fact.__name__, fact.__doc__
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **envelope, "$defs": definitions}


def _channel(stream: str, types: list[str], partitions: int) -> dict[str, Any]:
    messages = {each: {"$ref": f"#/components/messages/{each}"} for each in types}
    streams = streams_of(stream, partitions)
    if streams == [stream]:
        return {"address": stream, "messages": messages}
    numbers = [each.removeprefix(f"{stream}.") for each in streams]
    told = {"description": "CRC-32 of `familyId`, modulo the number of partitions.", "enum": numbers}
    return {"address": f"{stream}.{{partition}}", "parameters": {"partition": told}, "messages": messages}


def _operation(action: str, stream: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{stream}"}}


def _message(fact: type[Fact]) -> dict[str, Any]:
    schema = {"schemaFormat": "application/schema+json;version=draft-2020-12", "schema": event_schema(fact)}
    return {"name": fact.__name__, "summary": fact.__doc__, "payload": schema}
