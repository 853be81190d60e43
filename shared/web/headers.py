"""Headers of every answer: nobody on its way keeps what may be personal, nobody guesses what kind of thing it is."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NOT_GUESSED = {"X-Content-Type-Options": "nosniff"}
NOT_KEPT = {"Cache-Control": "no-store"}
CAREFUL = {**NOT_GUESSED, **NOT_KEPT}
"""Of an answer that may hold personal data, as far as who sends it knows: of every error."""

IMPERSONAL = ("/health/", "/metrics", "/docs", "/openapi.json", "/asyncapi", "/static-offline-docs/")
"""What begins so holds nothing of any person, and may be kept."""


class CarefulHeaders:
    """Adds to each answer of an application what it must not go without."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def careful(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(NOT_GUESSED if _impersonal(scope["path"]) else CAREFUL)
            await send(message)

        await self._app(scope, receive, careful)


def _impersonal(path: str) -> bool:
    return path.startswith(IMPERSONAL)
