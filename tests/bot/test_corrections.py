"""Letters that staff sorted otherwise than they were read: remembered, listed, written out as tests, forgotten."""

import asyncio
import json
import re
from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner

from bot.cli import main
from bot.config import load
from bot.intake import Reader
from bot.mail.parsing import ParserPool
from intents.letter import Channel
from intents.reader import read_letter
from intents.rights import Intent
from responders.case import events as e
from responders.case.ticket import Person
from storage import audit
from storage.inbox import Incoming
from storage.models import CorrectionRow, TicketRow
from storage.store import Store, open_store
from tests.bot.test_keeping_commands import call, config
from tests.responders.cast import ANNA
from tests.storage.places import MASTER, NOW, Clock, desk_of, opened

__all__ = ["config"]

LETTER = f"The things of anna, {ANNA}, should be gone please.\nEverywhere."
PERSON = Person(ANNA, ANNA, subject="Gone", text=LETTER)


async def sorted_letters(config: Path, *rights: Intent) -> list[CorrectionRow]:
    """One unsure letter, sorted by staff as each of `rights` in turn."""
    store = await open_store(load(config).database.url, MASTER)
    desk = desk_of(store, Clock())
    ticket = await opened(desk, Intent.OTHER, hold="Not sure.", readings=(Intent.OBJECT,), person=PERSON)
    for right in rights:
        await desk.happen(ticket.number, e.StaffSorted("olga", right))
    rows: list[CorrectionRow] = await store.database.read(CorrectionRow.all)
    await store.database.close()
    return rows


async def kinds_of_log(config: Path) -> list[str]:
    store: Store = await open_store(load(config).database.url, MASTER)

    async def read() -> list[str]:
        return [line.kind async for line in audit.every()]

    kinds = await store.database.read(read)
    await store.database.close()
    return kinds


def test_a_letter_sorted_by_staff_is_remembered_sealed_and_listed_with_its_address_masked(config: Path) -> None:
    call(config, "migrate")
    assert "No corrections" in call(config, "corrections")
    [row] = asyncio.run(sorted_letters(config, Intent.ERASE))
    assert b"gone" not in row.sealed
    told = call(config, "corrections")
    assert re.search(r" 1  2026-03-02  object → erase: “Gone The things of anna, a…a@k…n\.example, should", told)
    assert ANNA not in told


def test_a_correction_is_written_out_in_the_shape_of_the_labelled_letters(config: Path, tmp_path: Path) -> None:
    asyncio.run(sorted_letters(config, Intent.ERASE))
    samples = Path(__file__).parents[1] / "samples/labelled/en.jsonl"
    with samples.open(encoding="utf-8") as file:
        shape = list(json.loads(next(file)))
    done = CliRunner().invoke(main, ["corrections", "--export", "-", "-c", str(config)])
    assert "personal data" in done.stderr
    line = json.loads(done.stdout)
    assert list(line) == shape
    assert (line["body"], line["subject"], line["lang"]) == (LETTER, "Gone", "en")
    assert (line["intents"], line["channel"], line["split"]) == (["erase"], Channel.EMAIL, "dev")
    target = tmp_path / "mine.jsonl"
    call(config, "corrections", "--export", str(target))
    assert json.loads(target.read_text(encoding="utf-8")) == line
    assert "can't be written" in call(config, "corrections", "--export", "/dev/null/here", code=1)


def test_a_letter_sorted_as_it_was_read_is_no_correction(config: Path) -> None:
    assert asyncio.run(sorted_letters(config, Intent.OBJECT)) == []
    assert "No corrections" in call(config, "corrections")


def test_the_last_word_of_staff_counts_against_what_was_read_first(config: Path) -> None:
    [row] = asyncio.run(sorted_letters(config, Intent.ERASE, Intent.ACCESS))
    assert (row.read_as, row.said) == ("object", "access")


def test_a_correction_taken_back_by_staff_is_none(config: Path) -> None:
    assert asyncio.run(sorted_letters(config, Intent.ERASE, Intent.OBJECT)) == []


def test_a_correction_can_be_forgotten_and_the_log_says_so(config: Path) -> None:
    asyncio.run(sorted_letters(config, Intent.ERASE))
    assert "no correction of ticket 2" in call(config, "corrections", "--forget", "2", code=1)
    assert "Forgotten." in call(config, "corrections", "--forget", "1")
    assert "No corrections" in call(config, "corrections")
    assert asyncio.run(kinds_of_log(config))[-1] == "CorrectionForgotten"
    assert "do not go together" in call(config, "corrections", "--export", "-", "--forget", "1", code=2)


def test_a_correction_ends_with_its_ticket(config: Path) -> None:
    asyncio.run(sorted_letters(config, Intent.OTHER))
    assert "object → other" in call(config, "corrections")
    call(config, "purge", "--ticket", "1")
    assert "No corrections" in call(config, "corrections")


async def test_what_staff_have_said_of_a_letter_is_a_doubt_in_the_next_one_like_it(tmp_path: Path) -> None:
    """It never acts by itself: the right that staff saw is named, and a person looks."""
    words = "The little blue lamp in my corner of your site has to go dark, and so has its keeper."
    store = await open_store(f"sqlite://{tmp_path / 'desk.sqlite3'}", MASTER)
    desk = desk_of(store, Clock())
    asked = await opened(
        desk, Intent.OTHER, hold="Not sure.", readings=(Intent.OBJECT,), person=replace(PERSON, text=words)
    )
    raw = f"From: ben@kundin.example\r\nSubject: Lamp\r\nMessage-ID: <{{}}@kundin.example>\r\n\r\n{words} Thanks\r\n"

    async def comes(uid: int) -> int:
        mail = raw.format(uid).encode()
        incoming = Incoming("support", "INBOX", 7, uid, mail, len(mail), NOW)
        await store.database.unit(lambda connection: store.inbox.store(connection, [incoming]))
        async with ParserPool(children=1) as pool:
            reader = Reader(desk, pool, read_letter, None, lambda _places: None, lambda *_what: None)
            while await reader.run_once():
                pass
        return await store.database.read(lambda: TicketRow.all().count())

    assert await comes(1) == 1  # left alone: nobody has said anything of it yet
    await desk.happen(asked.number, e.StaffSorted("olga", Intent.ERASE))
    assert await comes(2) == 2
    ticket = await desk.ticket(2)
    assert (ticket.right, Intent.ERASE in ticket.readings) == (Intent.OTHER, True)
    await store.database.close()
