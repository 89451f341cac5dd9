"""Our own logs: ticket numbers only, never bodies, addresses, codes, secrets or the text of an error."""

import logging
import re
import sys
import threading
from types import TracebackType
from typing import IO

import structlog
from structlog.typing import EventDict, WrappedLogger

_ADDRESS = re.compile(r"[^\s<>\"'(),;:=]+@[^\s<>\"'(),;:=]+")
NOISY = ("tortoise", "aiosqlite", "asyncpg", "slack_sdk", "slack_bolt", "apscheduler", "aiohttp", "imapclient")
"""Libraries that log values or whole messages at DEBUG."""
PLACES = 12
"""How many of a traceback's places are named, from the innermost outwards."""
_log = structlog.get_logger("rightsdesk")


def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Take mail addresses out of every value, whatever put them there (an error's text, for example)."""
    return {key: _ADDRESS.sub("(address)", value) if isinstance(value, str) else value for key, value in event.items()}


def where(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """An exception as its type and its places, never its text: that may quote a letter, a name or a key.

    `exception`: "ValueError", or "DatabaseAway from OperationalError"; `places`: "storage.inbox:33 bot.intake:120 …",
    innermost first.
    """
    error = error_of(event.pop("exc_info", None))
    event.pop("stack_info", None)
    if error is not None:
        event["exception"] = " from ".join(chain(error))
        event["places"] = " ".join(places(error))
    return event


def error_of(exc_info: object) -> BaseException | None:
    """The exception out of what logging calls exc_info: True, a triple, or the exception itself."""
    match exc_info:
        case BaseException():
            return exc_info
        case (_, BaseException() as error, _):
            return error
        case True:
            return sys.exc_info()[1]
        case _:
            return None


def chain(error: BaseException) -> list[str]:
    """The types of an exception and of those that it came from."""
    names: list[str] = []
    one: BaseException | None = error
    while one is not None and len(names) < PLACES:
        names.append(type(one).__name__)
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return names


def places(error: BaseException) -> list[str]:
    """module:line, innermost first."""
    found: list[str] = []
    step: TracebackType | None = error.__traceback__
    while step is not None:
        found.append(f"{step.tb_frame.f_globals.get('__name__', '?')}:{step.tb_lineno}")
        step = step.tb_next
    return found[::-1][:PLACES]


def first_line(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """What a library says, without its further lines: asyncio, for one, puts the text of an exception there."""
    return {**event, "event": (str(event.get("event", "")).splitlines() or [""])[0]}


def set_up(form: str, level: str, to: IO[str] | None = None) -> None:
    """Log to standard error (or `to`), for people ("console") or machines ("json"), also what nobody caught."""
    renderer: structlog.typing.Processor
    renderer = structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        where,
        redact,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        foreign_pre_chain=[first_line, *shared],
    )
    handler = logging.StreamHandler(to or sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )
    sys.excepthook = uncaught
    threading.excepthook = lambda args: _log.critical("a thread ended", exc_info=args.exc_value)


def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """The end of the program by an error that nobody expected: the interpreter's own words would hold its text."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    _log.critical("ended by an error", exc_info=error)
