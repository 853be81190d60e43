"""A broad batch in parts: nothing is left out or told twice, and no part is broader than it may be."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from shared.folds.documents import breadth, divided
from tests.factories import event, family_at_risk

TOLD = event(family_at_risk())
batches = st.lists(st.integers(0, 9).map(lambda count: (TOLD, ["family/f1"] * count)), max_size=30)


@given(batch=batches, most=st.integers(1, 12))
def test_the_parts_of_a_batch_are_the_batch_and_none_is_too_broad(batch, most):
    parts = list(divided(batch, most))
    assert [each for part in parts for each in part] == batch
    assert all(part and (breadth(part) <= most or len(part) == 1) for part in parts)
    assert all(breadth([*one, other[0]]) > most for one, other in itertools.pairwise(parts))
