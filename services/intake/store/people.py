"""Who was told of under each id: birth and sex, so that two children who share an id are not taken for one."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from pymongo import UpdateOne

from services.intake.domain.ages import Birth
from shared.mongo import Database, Document, insert_new

PEOPLE = "people"


class Claim(NamedTuple):
    """A report says that the child of this id was born then, and is of this sex; None: it does not say."""

    child_id: str
    birth: Birth | None
    sex: str | None


async def contradictions(database: Database, claims: Iterable[Claim]) -> set[int]:
    """Keep what is new; returns the positions of claims that contradict what was told before.

    What is known of a child only becomes more: a day instead of an estimate, a sex where none was told. Asked again,
    after a crash or of a report sent twice, the answer is the same.
    """
    telling = {at: claim for at, claim in enumerate(claims) if claim.birth or claim.sex}
    ids = list({claim.child_id for claim in telling.values()})
    while True:
        rows = await database[PEOPLE].find({"_id": {"$in": ids}}).to_list(None) if ids else []
        known = {row["_id"]: row for row in rows}
        found, after = _compared(known, telling)
        if await _kept(database, known, [row for name, row in after.items() if row != known.get(name)]):
            return found


def _compared(known: Mapping[str, Document], telling: Mapping[int, Claim]) -> tuple[set[int], dict[str, Document]]:
    """The claims that contradict, and what is known once the others are believed, one after the other."""
    found, after = set[int](), dict(known)
    for at, claim in telling.items():
        first = after.get(claim.child_id, {"_id": claim.child_id, "born": None, "sex": None})
        if _contradicts(first, claim):
            found.add(at)
        else:
            after[claim.child_id] = _learnt(first, claim)
    return found, after


async def _kept(database: Database, known: Mapping[str, Document], rows: list[Document]) -> bool:
    """Write what is new or known better; whether no other replica wrote of the same children meanwhile."""
    raced = await insert_new(database[PEOPLE], [row for row in rows if row["_id"] not in known])
    better = [UpdateOne(known[row["_id"]], {"$set": row}) for row in rows if row["_id"] in known]
    written = (await database[PEOPLE].bulk_write(better, ordered=False)).matched_count if better else 0
    return not raced and written == len(better)


def _learnt(first: Document, claim: Claim) -> Document:
    birth, born = claim.birth, first["born"]
    if birth and (born is None or (birth.exact and not born["exact"])):
        born = {"from": str(birth.earliest), "until": str(birth.latest), "exact": birth.exact}
    return {"_id": claim.child_id, "born": born, "sex": first["sex"] or claim.sex}


def _contradicts(first: Document, claim: Claim) -> bool:
    if first["sex"] and claim.sex and first["sex"] != claim.sex:
        return True
    if not (first["born"] and claim.birth):
        return False
    born = first["born"]
    known = Birth(date.fromisoformat(born["from"]), date.fromisoformat(born["until"]), exact=born["exact"])
    return known.contradicts(claim.birth)
