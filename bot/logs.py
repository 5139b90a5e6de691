"""Logs: one JSON line per event on standard error, holding names, counts and times, never what anyone wrote."""

from __future__ import annotations

import logging
import sys

import structlog


def configure() -> None:
    """Set up logging; other libraries are heard from warnings upwards, without addresses or tokens."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(levelname)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
