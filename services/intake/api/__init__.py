"""What intake answers over HTTP, and how reports come in, whichever way."""

from services.intake.api.routes import MODELS, router

__all__ = ["MODELS", "router"]
