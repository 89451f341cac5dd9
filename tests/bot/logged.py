"""What is logged meanwhile, at DEBUG and in full; afterwards logging is as it was."""

import io
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from bot import logs

NOT_OURS = ("mail.log", "pymap")
"""Loggers of the town's own servers."""


@contextmanager
def everything_logged(form: str) -> Iterator[io.StringIO]:
    """The page that is written on, in the `form` of the configuration."""
    kept = (logging.root.handlers[:], logging.root.level, sys.excepthook, threading.excepthook)
    written = io.StringIO()
    logs.set_up(form, "DEBUG", written)
    structlog.configure(cache_logger_on_first_use=False)
    for name in NOT_OURS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield written
    finally:
        structlog.reset_defaults()
        logging.root.handlers[:], logging.root.level, sys.excepthook, threading.excepthook = kept
