"""Intake over HTTP, and the ways in which reports come in."""

from services.intake.api.routes import MODELS, router

__all__ = ["MODELS", "router"]
