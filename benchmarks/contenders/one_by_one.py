"""(f) This project without its batches: the same promises, kept for one event at a time."""

from benchmarks.contenders.ayllu import Ayllu


class OneByOne(Ayllu):
    """The real services, told to read one entry at once."""

    name = "f"
    title = "Ayllu, an event at a time"
    one_in = 5
    does = "(a) with `AYLLU_BATCH_SIZE=1` and no linger: the same promises in the way of (b); a fifth of the events"

    def __init__(self) -> None:
        super().__init__(environment={"AYLLU_BATCH_SIZE": "1", "AYLLU_LINGER_MS": "0"})
