"""(d) A loop by hand with redis-py and PyMongo, for this one purpose, no framework."""

from benchmarks.contenders.contender import Contender


class ByHand(Contender):
    """One process for each service."""

    name = "d"
    title = "a loop by hand"
    program = "by_hand"
    does = (
        "one process for each service, redis-py and PyMongo: 500 entries at once, `json`, one find, "
        "a fold in dicts, one bulk write, one XACK; nothing validated, no history, nothing said"
    )
