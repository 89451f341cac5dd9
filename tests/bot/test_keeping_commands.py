"""The commands that keep the database, as an operator calls them, one after the other; and the daily housekeeping."""

import asyncio
import base64
import re
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.config import BadConfig, load
from bot.housekeeping import Housekeeping, LongHeld
from responders.case import events as e
from storage import audit, outbox
from storage.ledger import Ledger
from storage.models import OutboxRow
from storage.retention import Keep
from storage.store import open_store
from tests.storage.places import MASTER, Clock, desk_of, opened

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
SECRETS = ("imap", "smtp", "slack-bot", "slack-app")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The example's configuration, with secrets and a database of its own."""
    (tmp_path / "secrets").mkdir()
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        named = re.match(r'\w+_file = "(secrets/[\w-]+)"', line)
        if named:
            (tmp_path / named[1]).write_text("secret")
    (tmp_path / "secrets/master-key").write_text(base64.b64encode(MASTER).decode())
    text = EXAMPLE.read_text(encoding="utf-8")
    (tmp_path / "config.toml").write_text(re.sub(r"(?m)^policy_file = .*$", "", text))
    return tmp_path / "config.toml"


def call(config: Path, *words: str, code: int = 0) -> str:
    done = CliRunner().invoke(main, [words[0], *words[1:]] if words[0] == "keys" else [*words, "-c", str(config)])
    assert done.exit_code == code, done.output
    return done.output


async def two_tickets(config: Path) -> None:
    store = await open_store(load(config).database.url, MASTER)
    desk = desk_of(store, Clock())
    ticket = await opened(desk)
    await desk.happen(ticket.number, e.PersonCancelled())
    await opened(desk)
    await store.database.close()


def test_an_operator_keeps_a_database(config: Path, tmp_path: Path) -> None:
    assert "up to date" in call(config, "migrate")
    asyncio.run(two_tickets(config))
    assert "whole: 3 lines" in call(config, "verify", "--anchor")
    assert "withdrawn, version 1" in call(config, "replay", "1")
    assert "identifying, version 0" in call(config, "replay", "--until", "2026-03-02T15:00:01", "2")
    assert "no line about a ticket 9" in call(config, "replay", "9", code=1)
    backup = tmp_path / "monday.backup"
    assert "rows" in call(config, "backup", str(backup))
    assert re.search(r"1\s+tickets", call(config, "purge", "--ticket", "1"))
    assert "open, unknown and purged ones" in call(config, "purge", "--ticket", "2", code=1)
    assert "--force replaces it" in call(config, "restore", str(backup), code=1)
    assert "1 of them were purged since and stay so" in call(config, "restore", "--force", str(backup))
    assert "was purged" in call(config, "ticket", "1", code=1)
    assert "The log is whole" in call(config, "verify")
    assert re.search(r"0\s+tickets", call(config, "purge", "--dry-run"))

    old = tmp_path / "old-key"
    old.write_text((tmp_path / "secrets/master-key").read_text())
    (tmp_path / "secrets/master-key").write_text(CliRunner().invoke(main, ["keys", "new"]).output)
    assert "sealed with master key" in call(config, "verify", code=1)
    rotated = CliRunner().invoke(main, ["keys", "rotate", "-c", str(config), "--older-key", str(old)])
    assert "Wrapped anew: 1 tickets" in rotated.output
    assert "The log is whole" in call(config, "verify")
    assert "sealed with master key" in call(config, "restore", "--force", str(backup), code=1)
    assert "keys rotate" in call(config, "restore", "--force", "--older-key", str(old), str(backup))


def test_what_is_remembered_is_shown_from_the_first_day_on(config: Path) -> None:
    assert "there is no database" in call(config, "tickets", code=1)
    call(config, "migrate")
    assert "No open tickets." in call(config, "tickets")
    assert "No open tickets." in call(config, "tickets", "--agent", "Fairdata")
    assert "Nothing is parked." in call(config, "parked")
    assert "The outbox is empty." in call(config, "outbox")
    asyncio.run(two_tickets(config))
    assert re.search(r"^ +2  access .*\bidentifying\b", call(config, "tickets"), re.MULTILINE)
    assert re.search(r"#2 +mail access\S* +waiting", call(config, "outbox"))


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("tickets", "--limit", "-5"), 2, "not in the range"),
        (("ticket", "9" * 30), 2, "not in the range"),
        (("purge", "--ticket", "9" * 30), 2, "not in the range"),
        (("report", "--year", "2026", "--out", "/dev/null/here"), 1, "can't be written"),
        (("export", "1", "--out", "/dev/null/here"), 1, "can't be written"),
        (("backup", "/dev/null/here"), 1, "/dev/null/here"),
    ],
)
def test_a_number_or_a_place_that_can_not_be_is_said_plainly(
    config: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    asyncio.run(two_tickets(config))
    told = call(config, *words, code=code)
    assert said in told
    assert "database" not in told


def test_the_master_key_comes_out_of_a_command(config: Path) -> None:
    text = config.read_text()
    told = text.replace('master_key_file = "secrets/master-key"', 'master_key_command = "cat secrets/master-key"')
    config.write_text(told)
    assert base64.b64decode(load(config).database.master_key.get_secret_value()) == MASTER
    config.write_text(told.replace("cat secrets/master-key", "sh -c 'echo hush; exit 3'"))
    with pytest.raises(BadConfig, match=r"database.master_key_command \(line \d+\): it gave no master_key") as error:
        load(config)
    assert "hush" not in str(error.value)


async def test_housekeeping_is_done_once_a_day_also_across_restarts(tmp_path: Path) -> None:
    store = await open_store(f"sqlite://{tmp_path / 'desk.sqlite3'}", MASTER)
    clock, ledger = Clock(), Ledger(tmp_path / "desk.ledger")
    desk = desk_of(store, clock)
    ticket = await opened(desk)
    await desk.happen(ticket.number, e.PersonCancelled())
    house = Housekeeping(store, ledger, Keep(), clock)
    assert await house.tick() is not None
    assert await house.tick() is None
    assert await Housekeeping(store, ledger, Keep(), clock).tick() is None
    clock.now += timedelta(days=37 * 31)
    done = await house.tick()
    assert done is not None
    assert done.tickets == 1
    known = ledger.read()
    assert (known.purged, known.tickets) == ({1}, 1)
    assert len(known.heads) == 2
    assert (await store.database.read(lambda: audit.first_broken(known.heads)))[0] is None
    await store.database.close()


async def test_staff_hear_once_a_day_of_a_letter_in_doubt_that_nobody_decides_on(tmp_path: Path) -> None:
    store = await open_store(f"sqlite://{tmp_path / 'desk.sqlite3'}", MASTER)
    clock = Clock()
    await opened(desk_of(store, clock))
    woken: list[int] = []
    held = LongHeld(store, clock, lambda: woken.append(1))
    read = store.database.read
    letter = await read(lambda: OutboxRow.get(kind="mail"))
    await store.database.unit(lambda c: outbox.settle(c, [letter.id], outbox.HELD))
    clock.forward(hours=23)
    assert await held.tick() == 0
    clock.forward(hours=2)
    assert [await held.tick() for _ in range(3)] == [1, 0, 0]
    clock.forward(days=1)
    assert await held.tick() == 1
    assert len(woken) == 2
    await store.database.unit(lambda c: outbox.decide(c, letter.id[:8], send=False, now=clock.now))
    clock.forward(days=1)
    assert await held.tick() == 0
    assert await read(lambda: OutboxRow.filter(kind="announce").count()) == 2
    await store.database.close()
