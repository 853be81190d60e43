"""The rules of notifications, pure: an inbox item for each family and responsible role."""

from services.notifications.domain.causes import Periods, Risk, is_for
from services.notifications.domain.item import SHAPE, STATE, Item, begin, item_id
from services.notifications.domain.rules import decide, evolve

__all__ = ["SHAPE", "STATE", "Item", "Periods", "Risk", "begin", "decide", "evolve", "is_for", "item_id"]
