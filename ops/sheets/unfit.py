"""A cell that is not what its column expects."""


class Unfit(Exception):
    """What to write instead; `whole`: the column is at fault, not the row; `found`: what is told to be there."""

    def __init__(self, advice: str, *, found: str | None = None, whole: bool = False) -> None:
        super().__init__(advice)
        self.advice = advice
        self.found = found
        self.whole = whole
