"""Errors over HTTP: RFC 9457 problem documents that name the field and say what would be accepted."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException

from shared.mongo import AWAY
from shared.refusals import refused
from shared.web.headers import CAREFUL

RETRY_SECONDS = 2
MEDIA_TYPE = "application/problem+json"
MOST_LISTED = 20


class FieldError(BaseModel):
    """A wrong field, and what would be accepted."""

    field: str
    accepted: str


class ProblemDocument(BaseModel):
    """What is wrong and what to do (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] | None = None
    error_count: int | None = Field(None, alias="errorCount", description="of which at most 20 are listed")
    differences: list[str] | None = Field(None, description="names of fields; never what is or was in them")
    difference_count: int | None = Field(None, alias="differenceCount", description="of which at most 20 are listed")


class Problem(Exception):
    """An answer that says what is wrong and what to do; `more` are further members of the document."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.headers = dict(headers or {})
        self.document = {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": detail,
        }
        self.document |= more

    def response(self) -> JSONResponse:
        """The problem as application/problem+json."""
        return JSONResponse(self.document, self.status, {**self.headers, **CAREFUL}, MEDIA_TYPE)


def away() -> Problem:
    """MongoDB cannot be reached, or did not answer: the report may or may not have been kept."""
    return Problem(
        503,
        "The database does not answer. Send the same again: nothing is kept twice.",
        {"Retry-After": str(RETRY_SECONDS)},
    )


def unacceptable(found: Sequence[ErrorDetails]) -> Problem:
    """Problem 422 for what pydantic refused: each wrong field with what would be accepted; no value that was sent."""
    told = refused(found[:MOST_LISTED], "body")
    return wrong_fields("Some fields are not acceptable.", dict(told), len(found))


def wrong_fields(detail: str, accepted: Mapping[str, str], count: int | None = None) -> Problem:
    """Problem 422 with the accepted values of wrong fields; `count` is the number of all, if not all are given."""
    errors = [{"field": field, "accepted": each} for field, each in accepted.items()]
    return Problem(422, detail, errors=errors, errorCount=len(errors) if count is None else count)


def install(app: FastAPI) -> None:
    """Answer every error of an application with a problem document."""

    @app.exception_handler(Problem)
    async def _problem(_: Request, error: Problem) -> JSONResponse:
        return error.response()

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        return unacceptable(error.errors()).response()

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> JSONResponse:
        return Problem(error.status_code, str(error.detail), error.headers).response()

    @app.exception_handler(Exception)
    async def _fault(_: Request, __: Exception) -> JSONResponse:
        return Problem(500, "This is our fault, and it is in our log. Nothing was lost; try again.").response()

    async def _away(_: Request, __: Exception) -> JSONResponse:
        return away().response()

    for kind in AWAY:
        app.add_exception_handler(kind, _away)
