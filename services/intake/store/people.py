"""The birth and sex first reported under each id, so that two children who share an id stay two."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from services.intake.domain.ages import Birth
from shared.mongo import Database, Document, insert_new

PEOPLE = "people"


class Claim(NamedTuple):
    """The birth and sex that a report gives for the child of this id; None if it does not."""

    child_id: str
    birth: Birth | None
    sex: str | None


async def contradictions(database: Database, claims: Sequence[Claim]) -> set[int]:
    """Keep new claims; returns the positions of those that contradict the first claim.

    Repeated, after a crash or for a report sent twice, the result is the same.
    """
    telling = [(at, claim) for at, claim in enumerate(claims) if claim.birth or claim.sex]
    if not telling:
        return set()
    ids = list({claim.child_id for _, claim in telling})
    known = {each["_id"]: each for each in await database[PEOPLE].find({"_id": {"$in": ids}}).to_list(None)}
    found, new = set[int](), dict[str, Document]()
    for at, claim in telling:
        first = known.get(claim.child_id) or new.get(claim.child_id)
        if first is None:
            new[claim.child_id] = _row(claim)
        elif _contradicts(first, claim):
            found.add(at)
    if new and (raced := await insert_new(database[PEOPLE], list(new.values()))):
        late = {list(new)[at] for at in raced}  # another replica was first: its claim counts
        again = [(at, claim) for at, claim in telling if claim.child_id in late]
        found |= {again[at][0] for at in await contradictions(database, [claim for _, claim in again])}
    return found


def _row(claim: Claim) -> Document:
    birth = claim.birth
    told = {"from": str(birth.earliest), "until": str(birth.latest), "exact": birth.exact} if birth else None
    return {"_id": claim.child_id, "born": told, "sex": claim.sex}


def _contradicts(first: Document, claim: Claim) -> bool:
    if first["sex"] and claim.sex and first["sex"] != claim.sex:
        return True
    if not (first["born"] and claim.birth):
        return False
    born = first["born"]
    known = Birth(date.fromisoformat(born["from"]), date.fromisoformat(born["until"]), exact=born["exact"])
    return known.contradicts(claim.birth)
