"""corrections: letters that staff sorted otherwise than they were read."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.commands.common import NUMBER, Json, Plain, brand_option, config_option, print_json, writing_to
from bot.commands.tickets import with_store
from bot.slack.words import masked
from storage import corrections
from storage.corrections import Correction
from storage.store import Store

SHOWN = 60
"""Characters of a letter that stand in the list."""
_ADDRESS = re.compile(r"[^\s@<>()\"':;,]+@[^\s@<>()\"':;,]+\.\w+")


@click.command("corrections")
@config_option
@brand_option
@click.option("--export", "place", metavar="FILE|-", help="Write them as labelled letters, a line of JSON each.")
@click.option("--forget", "number", type=NUMBER, help="Take out this one (the bot must not be running on SQLite).")
def corrections_command(config_path: Path, brand: str | None, place: str | None, number: int | None) -> None:
    """List letters that staff sorted otherwise than they were read, write them out for tests, or forget one.

    The words are kept sealed with the ticket's key and end with it. The list masks addresses; what is exported is the
    letter as it was written, with everything personal in it.
    """
    if place is not None and number is not None:
        raise click.UsageError("--export and --forget do not go together")
    if number is not None:
        forget(config_path, number)
        return
    found = with_store(config_path, lambda s: s.database.read(lambda: corrections.every(s.tickets)), brand=brand)
    if place is not None:
        export(found, place)
        return
    if not found:
        click.echo("No corrections: staff have sorted no letter otherwise than it was read.")
        return
    click.echo(f"{'#':>6}  {'day':<10}  read as → sorted as")
    for each in found:
        change = f"{', '.join(each.read_as)} → {', '.join(each.said)}"
        click.echo(f"{each.ticket:>6}  {each.at:%Y-%m-%d}  {change}: “{shortened(each)}”")


def forget(config_path: Path, number: int) -> None:
    """Take one out, for good."""

    async def work(store: Store) -> bool:
        return await store.database.unit(lambda c: corrections.forget(c, number, datetime.now(UTC)))

    if not with_store(config_path, work, writing=True):
        raise Plain(f"there is no correction of ticket {number}")
    click.echo("Forgotten.")


def export(found: list[Correction], place: str) -> None:
    """Write them to a file or to standard output; that they are personal is said where it is in nobody's way."""
    lines = [labelled(each) for each in found]
    if place == "-":
        for line in lines:
            print_json(line)
    else:
        with writing_to(Path(place)):
            text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
            Path(place).write_text(text, encoding="utf-8", newline="")
    count = f"{len(lines)} letter{'' if len(lines) == 1 else 's'}"
    click.echo(f"{count}, as people wrote them: this is personal data. Invent the names before you share it.", err=True)


def shortened(correction: Correction) -> str:
    """The beginning of what was remembered, in one line, addresses masked as on a card."""
    text = " ".join(f"{correction.words.subject} {correction.words.body}".split())
    text = _ADDRESS.sub(lambda found: masked(found[0]), text)
    return text if len(text) <= SHOWN else text[: SHOWN - 1].rstrip() + "…"


def labelled(correction: Correction) -> Json:
    """A correction in the shape of the labelled letters (tests/samples/labelled/README.md)."""
    words = correction.words
    return {
        "id": f"correction-{correction.ticket}",
        "lang": words.lang,
        "channel": words.channel,
        "subject": words.subject,
        "body": words.body,
        "intents": list(correction.said),
        "also_fair": [],
        "case_reply": None,
        "auto": False,
        "risk": words.risk,
        "note": f"sorted by staff; was read as {', '.join(correction.read_as)}",
        "split": "dev",
    }
