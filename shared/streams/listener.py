"""Everything one service listens to: its subscriptions, which partitions it reads, and when it began."""

from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from redis.asyncio import Redis

from shared.events import name_of, number_of, streams_of
from shared.settings import Settings
from shared.streams.dead import DeadLetters
from shared.streams.leases import Leases
from shared.streams.partitions import existing
from shared.streams.reader import PatientBroker, broker
from shared.streams.subscriptions import Receive, Subscription
from shared.trouble import TROUBLE, Backoff

log = structlog.get_logger(__name__)


class Listener:
    """The subscriptions of one service, each a consumer in the group of the service's name."""

    def __init__(self, name: str, redis: Redis, dead: DeadLetters, settings: Settings) -> None:
        self.listening = False
        self.leases = Leases(redis, name, settings, able=self._able)
        self._name = name
        self._redis = redis
        self._dead = dead
        self._settings = settings
        self._takes_in: dict[str, partial[Subscription]] = {}
        self._subscriptions: dict[str, Subscription] = {}

    @property
    def subscriptions(self) -> list[Subscription]:
        """What the service listens to."""
        return list(self._subscriptions.values())

    def listen(self, name: str, receive: Receive, *, forget: bool = False) -> None:
        """Read the streams of a name with `receive`; with `forget`, delete each entry as soon as it is safe."""
        self._takes_in[name] = partial(
            Subscription,
            group=self._name,
            receive=receive,
            redis=self._redis,
            dead=self._dead,
            settings=self._settings,
            forget=forget,
        )
        for stream in streams_of(name, self._settings.partitions):
            self._subscribe(stream)

    def reader(self) -> PatientBroker:
        """A broker that reads every subscription once it is started."""
        return broker(self._settings, self.subscriptions)

    async def run(self, reader: PatientBroker, prepare: Callable[[], Awaitable[None]]) -> None:
        """Begin to listen as soon as both servers answer; then keep a fair share of the partitions."""
        backoff, prepared = Backoff(), False
        while not prepared:
            try:
                await prepare()
                await self._open(reader)
                prepared = True
            except TROUBLE as error:
                log.warning("servers_away", error=type(error).__name__)
                await backoff.wait()
        await reader.start()
        self.listening = True
        log.info("listening", streams=[each.stream for each in self.subscriptions])
        await self.leases.keep()

    async def hear_all(self, reader: PatientBroker) -> None:
        """Read every stream of a name: its publisher may use, or have used, another number of partitions."""
        for name in self._takes_in:
            for stream in await existing(self._redis, name):
                if stream not in reader.subscriptions:
                    found = self._subscriptions.get(stream) or self._subscribe(stream)
                    await found.open()
                    await reader.read(found, self._settings)
                    log.info("stream_found", stream=stream)

    def lacking(self) -> list[str]:
        """Why the service is not reading everything; empty if it is."""
        down = [each.stream for each in self.subscriptions if not (each.reading or each.resting)]
        return ([] if self.listening else ["not listening yet"]) + [f"subscriber of {each} is down" for each in down]

    async def _open(self, reader: PatientBroker) -> None:
        for each in self.subscriptions:
            await each.open()
        await self.hear_all(reader)
        await self.leases.share()

    def _subscribe(self, stream: str) -> Subscription:
        number = number_of(stream)
        gate = None if number is None else self.leases.gate(number)
        self._subscriptions[stream] = self._takes_in[name_of(stream)](stream, gate=gate)
        return self._subscriptions[stream]

    def _able(self) -> bool:
        return not any(each.stuck for each in self.subscriptions)
