"""A moment that an operator typed is the one that was meant."""

import pytest

from ops.commands.screen import WrongMoment, moment


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-03-02T08:05:00-05:00", "2026-03-02T13:05:00+00:00"),
        ("2026-03-02T08:05:00", "2026-03-02T08:05:00+00:00"),
        ("2026-03-02 08:05Z", "2026-03-02T08:05:00+00:00"),
        ("2026-03-02", "2026-03-02T00:00:00+00:00"),
    ],
)
def test_a_zone_is_honoured_and_none_is_utc(typed: str, meant: str) -> None:
    assert moment(typed).isoformat() == meant


@pytest.mark.parametrize("typed", ["", "20260302", "08:05", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_moment_is_refused(typed: str) -> None:
    with pytest.raises(WrongMoment, match="such as 2026-03-02T08:05:00-05:00"):
        moment(typed)
