"""The shelf of stories: every story by its name."""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache

import bot.demo.stories
from bot.demo.stories.stage import Stage

Play = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Story:
    """`name` is what `--story` takes; `title` says what happens."""

    name: str
    title: str
    play: Play


_STORIES: dict[str, Story] = {}


def story(title: str) -> Callable[[Play], Play]:
    """Put a story on the shelf; its function's name is its name, with hyphens."""

    def put(play: Play) -> Play:
        name = play.__name__.replace("_", "-")
        _STORIES[name] = Story(name, title, play)
        return play

    return put


@cache
def stories() -> dict[str, Story]:
    """Every story, in the order of the files' names and of the lines in them."""
    for module in sorted(found.name for found in pkgutil.iter_modules(bot.demo.stories.__path__)):
        importlib.import_module(f"bot.demo.stories.{module}")
    return dict(_STORIES)
