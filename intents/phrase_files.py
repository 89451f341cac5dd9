"""The phrase files, one a language: data that a native speaker can review, read fast."""

import json
import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

_LIST = re.compile(r"(\w+) = (\[.*\])")


@cache
def languages() -> tuple[str, ...]:
    """Every language that has a phrase file, in alphabetical order."""
    names = (entry.name for entry in (files("intents") / "phrases").iterdir())
    return tuple(sorted(name[:2] for name in names if name.endswith(".toml") and len(name) == 7))


def read_phrases(name: str) -> dict[str, Any]:
    """The tables of the phrase file of that language, or of "shared"."""
    text = (files("intents") / "phrases" / f"{name}.toml").read_text(encoding="utf-8")
    return parse(text)


def parse(text: str) -> dict[str, Any]:
    """The tables of a phrase file. Raises as `tomllib.loads` does."""
    try:
        return _parse_lists(text)
    except _NotOnlyLists:
        return tomllib.loads(text)


class _NotOnlyLists(ValueError):
    """A table holds something else than lists of one line, or a mistake."""


def _parse_lists(text: str) -> dict[str, Any]:
    """A list on one line looks the same in JSON, which is read ten times as fast as TOML."""
    top, *tables = re.split(r"(?m)^(?=\[\w+\]$)", text)
    read = tomllib.loads(top)
    for table in tables:
        name, *entries = table.rstrip("\n").split("\n")
        lists: dict[str, list[str]] = {}
        for entry in entries:
            found = _LIST.fullmatch(entry)
            if found and found[1] not in lists:
                lists[found[1]] = _strings(found[2])
            elif entry and not entry.startswith("#"):
                raise _NotOnlyLists(entry)
        if read.setdefault(name[1:-1], lists) is not lists:
            raise _NotOnlyLists(name)
    return read


def _strings(text: str) -> list[str]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise _NotOnlyLists(text) from error
    if not all(isinstance(item, str) for item in found):
        raise _NotOnlyLists(text)
    return list(found)
