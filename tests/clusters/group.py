"""Servers that stand in for each other: started and ended together, each of them free to die and come back."""

import random
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Generic, Self, TypeVar

from ops.servers.processes import DidNotStart, is_free
from ops.servers.server import Server

READY_SECONDS = 60
PORTS = range(10_000, 20_000)
"""Below those the system gives to clients: nobody takes the port of a member while it is away."""

Member = TypeVar("Member", bound=Server)


class Group(ABC, Generic[Member]):
    """Members over one fresh folder."""

    def __init__(self, members: Sequence[Member]) -> None:
        self.members = members

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients connect, every member and the password included."""

    @abstractmethod
    def lacks(self) -> str | None:
        """What keeps the members from being whole and in step, None if nothing does; the first time, form them."""

    def start(self) -> None:
        """Start every member and wait until they are whole. Raises DidNotStart."""
        with ExitStack() as started:
            for each in self.members:
                started.enter_context(each)
            self.whole()
            started.pop_all()

    def stop(self) -> None:
        """End all. Stopping twice is harmless."""
        for each in self.members:
            each.stop()

    def whole(self, within: float = READY_SECONDS) -> None:
        """Wait until nothing is missing. Raises DidNotStart."""
        deadline = time.monotonic() + within
        while (lacks := self.lacks()) is not None:
            if time.monotonic() > deadline:
                raise DidNotStart(f"{type(self).__name__} is not whole after {within:g} s: {lacks}")
            time.sleep(0.1)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def free_ports(count: int) -> list[int]:
    """So many different ports that nobody listens on."""
    return [port for port in random.sample(PORTS, 50 * count) if is_free(port)][:count]
