"""What the servers' trouble is raised as, whichever server it is."""

from redis.exceptions import RedisError

from shared.mongo import DRIVER_ERRORS

TROUBLE = (RedisError, OSError, *DRIVER_ERRORS)
"""A server is away, or refuses: whoever works for ever waits, and tries again."""
