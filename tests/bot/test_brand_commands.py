"""The command line in a house with several brands: what it lists, for one of them or for all."""

import asyncio
import base64
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from storage.store import open_store
from tests.storage.places import MASTER, Clock, desk_of, opened

FILE = """
[company]
name = "{title}"
brand = "{brand}"
postal_address = "1 Main Street"
contact = "help@{title}.example"
[mailbox]
host = "imap.opterre.example"
user = "help@{title}.example"
[smtp]
host = "smtp.opterre.example"
from_name = "{title}"
from_address = "help@{title}.example"
[slack]
staff_channel = "C"
[answers]
purposes = "mail"
categories = "contact"
retention = "5 years"
lists = "News"
how_to_see = "ask"
[database]
url = "sqlite://desk.sqlite3"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ticket 1 is of the brand without a name, 2 is north's."""
    monkeypatch.setenv("RIGHTSDESK_DATABASE__MASTER_KEY", base64.b64encode(MASTER).decode())
    for brand in ("", "north"):
        title = brand or "first"
        (tmp_path / f"{title}.toml").write_text(FILE.format(title=title, brand=brand))

    async def fill() -> None:
        store = await open_store(f"sqlite://{tmp_path / 'desk.sqlite3'}", MASTER)
        for brand in ("", "north"):
            await opened(desk_of(store.of(brand), Clock()))
        await store.database.close()

    asyncio.run(fill())
    return tmp_path


def call(folder: Path, *words: str, file: str = "first") -> Result:
    return CliRunner().invoke(main, [*words, "-c", str(folder / f"{file}.toml")])


def test_lists_show_whose_each_is_and_can_be_narrowed_down_to_a_brand(folder: Path) -> None:
    everything = call(folder, "tickets").output
    assert [line.split()[:2] for line in everything.splitlines()[1:]] == [["1", "access"], ["2", "north"]]
    norths = call(folder, "tickets", "--brand", "north").output
    assert [line.split()[:2] for line in norths.splitlines()[1:]] == [["2", "access"]]
    assert "#2" not in call(folder, "outbox", "--brand", "").output
    assert "north" in call(folder, "outbox").output


def test_a_ticket_is_shown_from_any_file_and_exported_from_its_own_brands_only(folder: Path) -> None:
    assert call(folder, "ticket", "2").output.startswith("Ticket 2: access")
    refused = call(folder, "export", "2", "--out", str(folder))
    assert refused.exit_code == 1
    assert "ticket 2 is of the brand 'north'" in refused.output
    done = call(folder, "export", "2", "--out", str(folder), file="north")
    assert done.exit_code == 0, done.output


def test_the_yearly_report_counts_one_brand_or_all(folder: Path) -> None:
    def received(*words: str) -> str:
        assert call(folder, "report", "--year", "2026", "--out", str(folder), *words).exit_code == 0
        return (folder / "report-2026.csv").read_text(encoding="utf-8")

    both, norths = received(), received("--brand", "north")
    assert norths == received("--brand", "")
    assert both != norths


def test_files_that_do_not_go_together_are_refused_in_words(folder: Path) -> None:
    done = CliRunner().invoke(main, ["run", *(["-c", str(folder / "first.toml")] * 2)])
    assert done.exit_code == 1
    assert "read the same mailbox" in done.output
