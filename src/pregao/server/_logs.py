"""Logs: one event per line, with fields; JSON where standard error is no terminal."""

import logging
import sys

import structlog


def configure_logs(*, is_interactive: bool) -> None:
    """Write events of this process to standard error.

    Headers and bodies are never logged, so keys and prices are in no log.
    """
    stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
    renderers: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(colors=False)]
        if is_interactive
        else [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[structlog.processors.add_log_level, stamp, *renderers],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
