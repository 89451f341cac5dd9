"""What several commands share: the configuration option, plain errors, lines of JSON in and out."""

import json
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from bot.config import Config

Json = dict[str, Any]
MANY = 20
"""So many wrong lines are named."""

NUMBER = click.IntRange(1, 2**31 - 1)
"""What numbers a ticket, a wave or a breach: what the database has room for."""

config_option = click.option(
    "-c",
    "--config",
    "config_path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("config.toml"),
    show_default=True,
    help="The configuration file.",
)

config_options = click.option(
    "-c",
    "--config",
    "config_paths",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    default=(Path("config.toml"),),
    show_default=True,
    help="The configuration file; one for each brand or mailbox.",
)
brand_option = click.option("--brand", metavar="NAME", help='Only this brand\'s; "" is the one without a name.')


class Plain(click.ClickException):
    """An error for a person: one sentence, exit code 1."""


def column_of(brands: Collection[str]) -> Callable[[str], str]:
    """Gives a brand its place in a line, where there is more than one; else ""."""
    width = max(map(len, brands), default=0)
    return (lambda brand: f"{brand:<{width}}  ") if len(set(brands)) > 1 else (lambda _brand: "")


def load_config(path: Path) -> "Config":
    """The configuration, or a plain error."""
    from bot.config import BadConfig, load

    try:
        return load(path)
    except BadConfig as error:
        raise Plain(str(error)) from None


def object_of(line: str) -> dict[str, Any]:
    """The JSON object that a line holds. Raises ValueError with the reason."""
    try:
        value = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from None
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - all faults of a line are of one kind
    return value


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def answer_lines(source: IO[str], answer: Callable[[int, Json], Json], fault: Callable[[object, str], Json]) -> None:
    """A line out for each line in, at once; an empty one is skipped. `answer` takes a line's number and its object;
    where it raises ValueError, `fault` (of the line's id and the reason) stands in its place, and the others follow.

    Raises Plain at the end where any line was wrong.
    """
    wrong = []
    for number, line in enumerate(source, 1):
        if not line.strip():
            continue
        asked: Json = {}
        try:
            asked = object_of(line)
            found = answer(number, asked)
        except ValueError as error:
            found = fault(asked.get("id"), str(error))
            wrong.append(f"line {number}: {error}")
        print_json(found)
    if wrong:
        more = [f"and {len(wrong) - MANY} more"] if len(wrong) > MANY else []
        raise Plain("\n".join([*wrong[:MANY], *more]))


def print_json(value: object) -> None:
    """One line of JSON, at once, also where a reader waits for it."""
    try:
        sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    except UnicodeEncodeError:  # half a character, or a terminal that has no such letter
        sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


@contextmanager
def writing_to(place: Path) -> Iterator[None]:
    """Whoever can't write there is told so plainly."""
    try:
        yield
    except OSError as error:
        raise Plain(f"{error.filename or place}: can't be written ({error.strerror})") from None


def opened(name: str) -> IO[str]:
    """A file to read, or standard input for "-"."""
    if name == "-":
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")  # type: ignore[union-attr]
        return sys.stdin
    try:
        return Path(name).open(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise Plain(f"{name}: can't be read ({error.strerror})") from None
