"""The documents that each fact received by care concerns."""

from shared.events import (
    CaseInDistricts,
    CaseTransferred,
    ChildNeedsCare,
    ChildUpdated,
    FamilyAtRisk,
    ResponseRecorded,
    RiskReassessed,
    child,
    family,
)
from shared.folds.rules import Hears


def family_at_risk(fact: FamilyAtRisk) -> list[str]:
    return [family(fact.family_id)]


def child_needs_care(fact: ChildNeedsCare) -> list[str]:
    return [child(fact.child_id), *([family(fact.family_id)] if fact.on_hold else [])]


def child_updated(fact: ChildUpdated) -> list[str]:
    return [child(fact.child_id)]


def risk_reassessed(fact: RiskReassessed) -> list[str]:
    return [family(fact.family_id)]


def whole_case(fact: CaseInDistricts | CaseTransferred | ResponseRecorded) -> list[str]:
    return [family(fact.family_id), *map(child, fact.child_ids)]


HEARS: Hears = {
    "intake": {
        FamilyAtRisk: family_at_risk,
        ChildNeedsCare: child_needs_care,
        ChildUpdated: child_updated,
        RiskReassessed: risk_reassessed,
        CaseInDistricts: whole_case,
        CaseTransferred: whole_case,
    },
    "notifications": {ResponseRecorded: whole_case},
}
