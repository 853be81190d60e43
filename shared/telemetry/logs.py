"""Structured logs, one JSON object a line, with the service, the replica and correlation ids; never a name."""

import logging
import sys

import structlog

from shared.settings import Settings


def configure(service: str, settings: Settings) -> None:
    """Send our own logs and those of the libraries to standard output as JSON."""
    shared: list[structlog.typing.Processor] = [
        _named(service, settings.replica),
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, _only_the_kind_of_error, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _only_the_kind_of_error],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.root.handlers = [handler]
    logging.root.setLevel(settings.log_level.upper())
    for noisy in ("uvicorn", "uvicorn.error", "httpx", "pymongo", "faststream"):
        logger = logging.getLogger(noisy)
        logger.handlers, logger.propagate = [], True
        logger.setLevel("WARNING")
    logging.getLogger("uvicorn.error").setLevel("ERROR")  # it warns of every connection that speaks no HTTP


def _named(service: str, replica: str) -> structlog.typing.Processor:
    def add(_logger: object, _method: str, entry: structlog.typing.EventDict) -> structlog.typing.EventDict:
        return {"service": service, "replica": replica, **entry}

    return add


def _only_the_kind_of_error(
    _logger: object, _method: str, entry: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """An exception's own words may quote its input, and with it a name: keep its kind and where it was raised."""
    record = entry.pop("exc_info", None)
    error = record[1] if isinstance(record, tuple) else record if isinstance(record, BaseException) else None
    if error is None and record:
        error = sys.exc_info()[1]
    if error is not None:
        trace, last = error.__traceback__, None
        while trace:
            last, trace = trace, trace.tb_next
        place = f"{last.tb_frame.f_code.co_filename}:{last.tb_lineno}" if last else "unknown"
        entry["error"], entry["raised_at"] = type(error).__name__, place
    return entry
