"""The one kind of fact that the contenders are given."""

from shared.events import Event, FamilyAtRisk


def fact_of(event: Event) -> FamilyAtRisk:
    """What the event says. Raises TypeError for anything but a family at risk: nobody here knows what else to do."""
    if isinstance(event.data, FamilyAtRisk):
        return event.data
    raise TypeError(event.type)
