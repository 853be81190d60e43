"""The documents that each fact received by intake concerns."""

from shared.events import ReportSubmitted, SupportPlanOpened, family
from shared.folds.rules import Hears


def report_submitted(fact: ReportSubmitted) -> list[str]:
    return [family(fact.family_id)]


def support_plan_opened(fact: SupportPlanOpened) -> list[str]:
    return [family(fact.family_id)]


HEARS: Hears = {
    "reports": {ReportSubmitted: report_submitted},
    "care": {SupportPlanOpened: support_plan_opened},
}
