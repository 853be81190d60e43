"""The outcome of a round, and everything a place was sent and has confirmed over its rounds."""

from dataclasses import dataclass, field

from chaos.draw import Plan
from chaos.poison import Letter
from chaos.senders import Acknowledged
from chaos.verdict import Verdict


@dataclass
class Outcome:
    """The outcome of a round."""

    plan: Plan
    acknowledged: int = 0
    commands: int = 0
    letters: int = 0
    """Dead letters that the planted entries must become."""

    unanswered: int = 0
    put_off: int = 0
    replies_lost: int = 0
    endured: float = 0
    """Seconds until the last fault was over."""

    steps: dict[str, float] = field(default_factory=dict)
    """Seconds from the end of the last fault until each step to recovery was done."""

    recovery: float | None = None
    """Seconds from the end of the last fault until a report sent then is in every view and nothing waits."""

    seconds: float = 0
    load: float = 0
    """Load of the machine, as `uptime` shows it: above its number of cores it had other work."""

    verdict: Verdict = field(default_factory=Verdict)
    wrong: list[str] = field(default_factory=list)
    """Wrong answers, and whatever else kept the round from ending well."""

    @property
    def well(self) -> bool:
        """Nothing lost, nothing doubled, nothing else wrong."""
        return self.verdict.well and not self.wrong


@dataclass
class Truth:
    """Everything a place was sent and has confirmed, over its rounds."""

    acknowledged: list[Acknowledged] = field(default_factory=list)
    planted: set[Letter] = field(default_factory=set)
    perhaps: set[Letter] = field(default_factory=set)
    """Planted in a round in which Redis forgot."""
