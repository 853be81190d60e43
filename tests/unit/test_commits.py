"""Group commit: what waits is done together, and what fails fails alone."""

import asyncio
from collections.abc import Sequence

import pytest
from pymongo.errors import AutoReconnect

from shared.folds.commits import GroupCommit


class Till:
    """Doubles numbers, and remembers which it was given together; `away` is as when MongoDB is."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.busy = asyncio.Event()
        self.away = False

    async def double(self, numbers: Sequence[int]) -> list[int]:
        self.groups.append(list(numbers))
        self.busy.set()
        await asyncio.sleep(0)  # as whoever waits for a server does, it lets others ask meanwhile
        if self.away:
            raise AutoReconnect
        if 13 in numbers:
            raise ZeroDivisionError
        return [2 * each for each in numbers]


@pytest.fixture
def till() -> Till:
    return Till()


async def asked(commits: GroupCommit[int, int], *numbers: int) -> list[int | BaseException]:
    return await asyncio.gather(*(commits.ask(each) for each in numbers), return_exceptions=True)


async def test_what_is_asked_while_a_group_is_done_is_the_next_group(till: Till) -> None:
    commits = GroupCommit(till.double, most=100)
    first = asyncio.create_task(commits.ask(1))
    await till.busy.wait()
    assert await asked(commits, 2, 3, 4) == [4, 6, 8]
    assert (await first, till.groups) == (2, [[1], [2, 3, 4]])


async def test_a_group_is_never_larger_than_it_may_be_but_for_one_alone(till: Till) -> None:
    commits = GroupCommit(till.double, most=5, size=lambda number: number)
    assert await asked(commits, 2, 2, 2, 9, 1) == [4, 4, 4, 18, 2]
    assert till.groups == [[2, 2], [2], [9], [1]]


async def test_what_fails_fails_alone(till: Till) -> None:
    answers = await asked(GroupCommit(till.double, most=100), 1, 13, 2)
    assert (answers[0], type(answers[1]), answers[2]) == (2, ZeroDivisionError, 4)


async def test_without_mongodb_nothing_is_tried_again_by_itself(till: Till) -> None:
    till.away = True
    answers = await asked(GroupCommit(till.double, most=100), 1, 2, 3)
    assert ([type(each) for each in answers], till.groups) == ([AutoReconnect] * 3, [[1, 2, 3]])


async def test_who_gives_up_waiting_keeps_nobody_from_being_answered(till: Till) -> None:
    commits = GroupCommit(till.double, most=100)
    impatient, patient = asyncio.create_task(commits.ask(1)), asyncio.create_task(commits.ask(2))
    await till.busy.wait()
    impatient.cancel()
    assert await patient == 4
