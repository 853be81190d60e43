"""Additions to FastAPI's OpenAPI documents: every problem, and bodies we parse ourselves."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shared.web.problems import MEDIA_TYPE, ProblemDocument

REF = "#/components/schemas/{model}"

Answers = dict[int | str, dict[str, Any]]
"""The possible answers of a route, by status, in FastAPI's form."""


def problems(*statuses: int) -> Answers:
    """These statuses come with a problem document."""
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": ref(ProblemDocument)}}}
        for status in statuses
    }


def ref(model: type[BaseModel]) -> dict[str, str]:
    """A reference to a model that was given to `install`."""
    return {"$ref": REF.format(model=model.__name__)}


def install(app: FastAPI, models: Sequence[type[BaseModel]]) -> None:
    """Add these models, and that of problems, to the document of an application."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            told = get_openapi(title=app.title, version=app.version, routes=app.routes)
            wanted: list[type[BaseModel]] = [ProblemDocument, *models]
            _, found = models_json_schema([(each, "validation") for each in wanted], ref_template=REF)
            told.setdefault("components", {}).setdefault("schemas", {}).update(found["$defs"])
            app.openapi_schema = told
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]
