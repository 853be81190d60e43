"""Writes the JSON Schema of every event to docs/schemas: `make schemas`, then read the difference."""

import json
from pathlib import Path

from shared.events import Fact
from shared.web.asyncapi import event_schema

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"


def schema_of(fact: type[Fact]) -> str:
    """The schema as it is kept in the repository."""
    return json.dumps(event_schema(fact), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    SCHEMAS.mkdir(exist_ok=True)
    for name, fact in Fact.types.items():
        (SCHEMAS / f"{name}.json").write_text(schema_of(fact))
