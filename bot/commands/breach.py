"""breach: open one with all its clocks, describe it, read its drafts, mail a list of people, stop a clock."""

import csv
import getpass
import tomllib
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from bot.commands.common import NUMBER, Plain, config_option, load_config
from bot.commands.tickets import with_store

if TYPE_CHECKING:
    from bot.breach import BreachDesk
    from storage.store import Store

T = TypeVar("T")


def at_desk(config_path: Path, work: Callable[["BreachDesk"], Awaitable[T]], *, writing: bool = True) -> T:
    """Run `work` at the desk of breaches; every expected failure is a plain error."""
    from bot.breach import BreachDesk
    from bot.configured import house_of, limits_of
    from bot.desk import Desk
    from bot.saving import Saver
    from responders.letters.render import Unfilled
    from storage.breaches import UnknownBreach

    config = load_config(config_path)
    house = house_of(config)

    async def run(store: "Store") -> T:
        mine = store.of(config.company.brand)
        saver = Saver(mine, house, limits_of(config))
        return await work(BreachDesk(Desk(mine, saver, house, lambda: datetime.now(UTC))))

    try:
        return with_store(config_path, run, writing=writing)
    except Unfilled as error:
        lacking = ", ".join(error.missing)
        raise Plain(f"the notice still lacks: {lacking}; write them with `rightsdesk breach describe`") from None
    except (UnknownBreach, ValueError) as error:
        raise Plain(str(error)) from None


def me() -> str:
    """Who sits at the command line, for the log."""
    return f"{getpass.getuser()} (command line)"


@click.group()
def breach() -> None:
    """A breach of data security: its clocks, its notices, its mailing."""


@breach.command("open")
@config_option
@click.option("--aware", required=True, help="When you became aware, with its offset: 2026-03-06T15:00-07:00.")
@click.option("--residence", "residences", multiple=True, help="Where those concerned live (DE, US-CA); repeat it.")
def open_(config_path: Path, aware: str, residences: tuple[str, ...]) -> None:
    """Open a breach and start its clocks. Without --residence every clock runs."""
    from responders.breach import words

    try:
        moment = datetime.fromisoformat(aware)
    except ValueError:
        raise Plain(f"--aware {aware!r} is not a date and time such as 2026-03-06T15:00-07:00") from None

    async def work(desk: "BreachDesk") -> str:
        opened = await desk.open(moment, me(), residences or None)
        return words(opened, datetime.now(UTC), desk.desk.house)

    click.echo(at_desk(config_path, work))


@breach.command()
@config_option
@click.argument("number", type=NUMBER)
def show(config_path: Path, number: int) -> None:
    """Show a breach: every clock with its working, what is still to be written, how far the mailing is."""
    from responders.breach import words

    async def work(desk: "BreachDesk") -> str:
        found = words(await desk.load(number), datetime.now(UTC), desk.desk.house)
        states = await desk.progress(number)
        return f"{found}\n{progress_words(states)}"

    click.echo(at_desk(config_path, work, writing=False))


def progress_words(states: Mapping[str, int]) -> str:
    """ "  mailing: 120 of 300 sent, 180 waiting"."""
    total = sum(states.values())
    if not total:
        return "  mailing: none yet"
    rest = ", ".join(f"{count} {state}" for state, count in sorted(states.items()) if state != "done")
    return f"  mailing: {states.get('done', 0)} of {total} sent" + (f", {rest}" if rest else "")


@breach.command()
@config_option
@click.argument("number", type=NUMBER)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True), required=False)
def describe(config_path: Path, number: int, file: Path | None) -> None:
    """Take the facts for the notices from a TOML file; without one, list what is wanted."""
    from responders.breach import facts_allowed, facts_wanted

    if file is None:
        for name, sentence in facts_wanted().items():
            click.echo(f'# {sentence}\n{name} = ""')
        return
    try:
        facts = {name: str(value) for name, value in tomllib.loads(file.read_text(encoding="utf-8")).items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Plain(f"{file}: not valid TOML: {error}") from None
    if unknown := sorted(set(facts) - facts_allowed()):
        raise Plain(f"{file}: no notice says {', '.join(unknown)}")
    at_desk(config_path, lambda desk: desk.write(number, facts, me()))
    click.echo(f"Breach {number}: {len(facts)} facts written.")


@breach.command()
@config_option
@click.option("--language", default="en", show_default=True, help="en de fr es it nl pt pl.")
@click.argument("number", type=NUMBER)
def drafts(config_path: Path, number: int, language: str) -> None:
    """Print the notices as they would go out: to the authority and to the persons."""
    from responders.breach import AUTHORITY, PERSON, draft

    async def work(desk: "BreachDesk") -> list[str]:
        found = await desk.load(number)
        letters = [draft(found, name, desk.desk.house, language) for name in (AUTHORITY, PERSON)]
        return [f"Subject: {letter.subject}\n\n{letter.text}" for letter in letters]

    click.echo(f"\n{'-' * 72}\n\n".join(at_desk(config_path, work, writing=False)))


@breach.command()
@config_option
@click.option("--case", "number", type=NUMBER, required=True, help="The breach's number.")
@click.option("--per-minute", type=click.IntRange(1, 6000), default=30, show_default=True, help="The pace.")
@click.option("--skip-bad", is_flag=True, help="Go on without the lines that hold no address.")
@click.argument("file", metavar="LIST", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def mail(config_path: Path, number: int, per_minute: int, file: Path, *, skip_bad: bool) -> None:
    """Queue the notice for everybody in a CSV of addresses (and languages): each once, however often it is called.

    The running bot sends them in this pace; a restart goes on where it stopped. `breach show` tells how far it is.
    """
    people, bad = read_list(file)
    if bad and not skip_bad:
        raise Plain(f"{file}: no mail address in line {', '.join(map(str, bad[:20]))}; mend them, or use --skip-bad")
    if not people:
        raise Plain(f"{file}: there is no address in it")
    pace = timedelta(minutes=1) / per_minute
    added = at_desk(config_path, lambda desk: desk.mail(number, people, pace, me()))
    minutes = -(-added // per_minute)
    click.echo(
        f"{added} letters queued, {len(people) - added} were there already; about {minutes} minutes at this pace."
    )
    click.echo(f"They go out while `rightsdesk run` runs; see `rightsdesk breach show {number}`.")


def read_list(file: Path) -> tuple[list[tuple[str, str]], list[int]]:
    """(address, language) of each line, and the numbers of lines without one. Headings are passed over."""
    from intents.sender import one_address

    people, bad = [], []
    for place, cells in enumerate(cells_of(file), 1):
        if not any(cells):
            continue
        address = one_address(cells[0])
        if address is None:
            if place > 1 or "@" in cells[0]:
                bad.append(place)
            continue
        language = cells[1].lower() if len(cells) > 1 and cells[1] else "en"
        people.append((address, language))
    return people, bad


def cells_of(file: Path) -> list[list[str]]:
    """The cells of each line of a CSV, or a plain error."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return [[cell.strip() for cell in row] for row in csv.reader(lines)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Plain(f"{file}: not a CSV in UTF-8 ({type(error).__name__})") from None


@breach.command()
@config_option
@click.option("--clock", required=True, help="The law whose clock stops: gdpr-33, policy, ca-1798.82 …")
@click.argument("number", type=NUMBER)
def told(config_path: Path, number: int, clock: str) -> None:
    """Say that those whom a clock is about were told: nothing is reminded of for it any more."""
    at_desk(config_path, lambda desk: desk.told(number, clock, me()))
    click.echo(f"Breach {number}: {clock} is done.")


@breach.command()
@config_option
@click.argument("number", type=NUMBER)
def close(config_path: Path, number: int) -> None:
    """Close a breach: everything is done, or it was none."""
    at_desk(config_path, lambda desk: desk.close(number, me()))
    click.echo(f"Breach {number} is closed.")
