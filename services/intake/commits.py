"""Group commit: reports that arrive over HTTP one by one are kept many at a time."""

import asyncio

from services.intake.reception import Outcome, Reception, Submission
from shared.mongo import AWAY


class GroupCommit:
    """Whatever arrives while a group is being kept forms the next group: no timer, and one commit for many."""

    GROUP = 500

    def __init__(self, reception: Reception) -> None:
        self._reception = reception
        self._waiting: list[tuple[Submission, asyncio.Future[Outcome]]] = []
        self._committing: asyncio.Task[None] | None = None

    async def accept(self, submission: Submission) -> Outcome:
        """Have one report taken in with the next group."""
        outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((submission, outcome))
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit())
        return await outcome

    async def _commit(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting[: self.GROUP], self._waiting[self.GROUP :]
            try:
                outcomes = await self._reception.accept_each([submission for submission, _ in group])
            except AWAY as error:
                for _, waiting in group:
                    if not waiting.done():
                        waiting.set_exception(error)
                continue
            for (_, waiting), outcome in zip(group, outcomes, strict=True):
                if not waiting.done():
                    waiting.set_result(outcome)
