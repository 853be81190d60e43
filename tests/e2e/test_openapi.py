"""What the OpenAPI documents tell is what the services answer, whatever is asked of them: checked by Schemathesis."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as told

from ops.servers.place import SERVICES
from tests.e2e.instance import Ayllu

CHECKS = [
    not_a_server_error,
    told.status_code_conformance,
    told.content_type_conformance,
    told.response_headers_conformance,
    told.response_schema_conformance,
]
ASKED = settings(
    derandomize=True,  # the same questions each time: the seed is the test itself
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
EXAMPLES = {"known": 10, "stranger": 3}
"""How many of a kind are asked of each operation; a stranger is told the same whatever it asks."""


@schemathesis.serializer("application/x-ndjson")
def _ndjson(_: Any, value: Any) -> Any:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("asked", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("who", EXAMPLES)
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_answers_as_its_document_says(ayllu: Ayllu, service: str, who: str, asked: GenerationMode) -> None:
    document = schemathesis.openapi.from_url(f"{ayllu.place[service]}/openapi.json")
    for found in document.get_all_operations():
        operation = found.ok()
        if asked is GenerationMode.POSITIVE or any(operation.iter_parameters()) or operation.body:
            answers = _ask(operation.as_strategy(generation_mode=asked), _headers(ayllu, operation, who), EXAMPLES[who])
            assert who == "known" or not _secured(operation) or answers == {401}, operation.label


def _ask(cases: Any, headers: dict[str, str], examples: int) -> set[int]:
    answers = set()

    @settings(ASKED, max_examples=examples)
    @given(cases)
    def ask(case: Any) -> None:
        answers.add(case.call_and_validate(headers=headers, checks=CHECKS).status_code)

    ask()
    return answers


def _headers(ayllu: Ayllu, operation: Any, who: str) -> dict[str, str]:
    by_key = any("SenderKey" in each for each in _secured(operation))
    key = ayllu.place["senderKey" if by_key else "staffToken"]
    return {"Authorization": f"Bearer {key}"} if who == "known" else {}


def _secured(operation: Any) -> list[dict[str, Any]]:
    secured: list[dict[str, Any]] = operation.definition.raw.get("security", [])
    return secured
