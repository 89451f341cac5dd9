"""What several commands share: the configuration option, plain errors, lines of JSON in and out."""

import json
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from bot.config import Config

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


def json_lines(source: IO[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Objects of a stream, one a line, with their line numbers. An empty line is skipped.

    Raises Plain naming the line that is no JSON object.
    """
    for number, line in enumerate(source, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            raise Plain(f"line {number} is not JSON: {error}") from None
        if not isinstance(value, dict):
            raise Plain(f"line {number} is not a JSON object")
        yield number, value


def print_json(value: object) -> None:
    """One line of JSON, at once, also where a reader waits for it."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def opened(name: str) -> IO[str]:
    """A file to read, or standard input for "-"."""
    if name == "-":
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
        return sys.stdin
    try:
        return Path(name).open(encoding="utf-8", errors="replace")
    except OSError as error:
        raise Plain(f"{name}: can't be read ({error.strerror})") from None
