"""How the Web API refuses, and what its methods share."""

from collections.abc import Callable
from typing import TypeVar

from bot.demo.servers.slack_things import Json

T = TypeVar("T")


class ApiError(Exception):
    """An answer with `ok: false`."""

    def __init__(self, error: str, problems: list[str] | None = None) -> None:
        super().__init__(error)
        self.body: Json = {"ok": False, "error": error}
        if problems:
            self.body |= {"errors": problems, "response_metadata": {"messages": problems}}


def required(args: Json, key: str) -> str:
    value = args.get(key)
    if not value or not isinstance(value, str):
        raise ApiError("invalid_arguments", [f"[ERROR] missing required field: {key}"])
    return value


def truth(value: object) -> bool:
    """A flag from JSON or from a form."""
    return value in (True, 1, "1", "true", "True")


def found(look: Callable[[], T], error: str) -> T:
    """What `look` gives; ApiError in place of its KeyError."""
    try:
        return look()
    except KeyError:
        raise ApiError(error) from None
