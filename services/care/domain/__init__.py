"""Care's rules, pure: a support plan for each family at risk, a placement request for each child who needs care."""

from services.care.domain.views import STATE, State, begin, decide, evolve

__all__ = ["STATE", "State", "begin", "decide", "evolve"]
