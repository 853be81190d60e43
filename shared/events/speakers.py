"""Who says which event on the stream of its name, and who has to hear it."""

from shared.events.care import PlacementRequested, SupportPlanOpened
from shared.events.education import EnrolmentCheckOpened
from shared.events.envelope import Fact
from shared.events.intake import ChildNeedsCare, FamilyAtRisk
from shared.events.notifications import NotificationAcknowledged, StaffNotified

LISTENERS: dict[str, tuple[str, ...]] = {
    "reports": ("intake",),
    "intake": ("care", "education", "notifications"),
    "care": ("intake", "notifications"),
    "education": ("notifications",),
    "notifications": (),
}
"""Each stream and the services that must have heard an entry before it may be trimmed."""

SPOKEN_BY: dict[str, tuple[type[Fact], ...]] = {
    "intake": (FamilyAtRisk, ChildNeedsCare),
    "care": (SupportPlanOpened, PlacementRequested),
    "education": (EnrolmentCheckOpened,),
    "notifications": (StaffNotified, NotificationAcknowledged),
}
"""What each service says."""
