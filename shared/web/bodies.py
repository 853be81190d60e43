"""Bodies of requests by staff, read only after the token is checked: FastAPI would parse a stranger's body first."""

from typing import Any, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError

from shared.web.access import SignedIn
from shared.web.openapi import ref
from shared.web.problems import Problem, unacceptable

Model = TypeVar("Model", bound=BaseModel)


def told(model: type[Model]) -> Any:
    """A dependency that gives the body as this model. Raises Problem 400 if it is not JSON, 422 for wrong fields."""

    async def read(request: Request, _: SignedIn) -> Model:
        try:
            return model.model_validate_json(await request.body())
        except ValidationError as error:
            found = error.errors(include_url=False)
            if any(each["type"] == "json_invalid" for each in found):
                raise Problem(400, "The body is not JSON. Send an object, UTF-8, uncompressed.") from error
            raise unacceptable(found) from error

    return Depends(read)


def documented(model: type[BaseModel]) -> dict[str, Any]:
    """The OpenAPI description of such a body; add the model to the application too."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": ref(model)}}}}
