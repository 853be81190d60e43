"""The programme that tests judge by: the rules and periods that come with Ayllu, days and ages of Lima."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from services.intake.app import RULES, rules_of
from services.intake.domain.assessment import Assessment, assess, judged
from services.intake.domain.programme import Programme
from services.intake.domain.triage import Judgement
from shared.events import ReportSubmitted
from shared.settings import Periods
from tests.factories import at

PROGRAMME = Programme(Periods(), rules_of(RULES), ZoneInfo("America/Lima"), timedelta(days=365))


def assessed(told: ReportSubmitted) -> Assessment:
    """What a report comes to, learnt of five hours after Monday morning."""
    return assess(told, at(5), PROGRAMME)


def judgement(told: ReportSubmitted) -> Judgement:
    """The judgement behind it."""
    return judged(told, PROGRAMME)


def cited(told: ReportSubmitted) -> list[str]:
    """The ids of the rules that a report's answer names, in order."""
    found = assessed(told)
    return [each.rule for each in (*found.reasons, *filter(None, [found.nobody_told]))]
