"""The commands of the law on a real database: export, report, breach, from the example configuration."""

import asyncio
import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from responders.breach import facts_wanted
from responders.case import events as e
from tests.journeys.law.office import MASTER, office
from tests.responders.cast import OLGA

EXAMPLE = Path(__file__).parents[3] / "config.example.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a configuration, and a database in which Anna's letter was closed unverified."""
    (tmp_path / "secrets").mkdir()
    for name in ("mailbox", "smtp", "slack-bot", "slack-app"):
        (tmp_path / "secrets" / name).write_text("x\n")
    (tmp_path / "secrets" / "master-key").write_text(base64.b64encode(MASTER).decode())
    (tmp_path / "policy.txt").write_text("We keep invoices for five years.")
    text = EXAMPLE.read_text(encoding="utf-8").replace("sqlite://rightsdesk.sqlite3", "sqlite://desk.sqlite3")
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")

    async def a_case() -> None:
        async with office(tmp_path, datetime(2026, 3, 2, 18, tzinfo=UTC)) as desk:
            await desk.mail("I live in California. Please delete all my data under the CCPA.")
            await desk.happen(1, e.StaffClosedUnverified(OLGA))

    asyncio.run(a_case())
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments[:1], "-c", str(folder / "config.toml"), *arguments[1:]])


def breach(folder: Path, command: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["breach", command, "-c", str(folder / "config.toml"), *arguments])


def test_export_writes_a_page_and_json_and_every_letter(folder: Path) -> None:
    result = run(folder, "export", "1", "--out", str(folder / "out"))
    assert result.exit_code == 0, result.output
    facts = json.loads((folder / "out/ticket-1/ticket.json").read_text(encoding="utf-8"))
    assert facts["data_rights_status"]["status"] == "expired"
    assert facts["data_rights_request"]["regime"] == "ccpa"
    assert (folder / "out/ticket-1/letters/in-01.eml").read_bytes().startswith(b"From: anna@kundin.example")
    assert "could not confirm" in next((folder / "out/ticket-1/letters").glob("out-*-case.unverified.txt")).read_text()
    assert run(folder, "export", "1", "--zip", "--out", str(folder / "out")).output.strip().endswith("ticket-1.zip")
    assert "no ticket 9" in run(folder, "export", "9").output


def test_report_writes_three_files(folder: Path) -> None:
    result = run(folder, "report", "--year", "2026", "--out", str(folder / "out"))
    assert result.exit_code == 0, result.output
    assert "| Delete | 1 | 0 | 0 | 1 | 1 |" in (folder / "out/report-2026.md").read_text(encoding="utf-8")
    assert sorted(path.suffix for path in (folder / "out").iterdir()) == [".csv", ".md", ".svg"]


def test_a_breach_is_opened_described_drafted_mailed_and_closed(folder: Path) -> None:
    opened = breach(folder, "open", "--aware", "2026-03-06T15:00-07:00", "--residence", "DE")
    assert "Breach 1: aware since 2026-03-06 22:00 UTC (DE)" in opened.output
    assert "the notice still lacks" in breach(folder, "drafts", "1").output
    facts = folder / "facts.toml"
    facts.write_text("\n".join(f'{name} = "Ein Server stand offen."' for name in facts_wanted()), encoding="utf-8")
    assert breach(folder, "describe", "1", str(facts)).exit_code == 0
    assert "Ein Server stand offen." in breach(folder, "drafts", "--language", "de", "1").output
    people = folder / "people.csv"
    people.write_text("address,language\nanna@kundin.example,de\nberta@kundin.example,en\n", encoding="utf-8")
    assert "2 letters queued, 0 were there already" in breach(folder, "mail", str(people), "--case", "1").output
    assert "0 letters queued, 2 were there already" in breach(folder, "mail", str(people), "--case", "1").output
    assert "mailing: 0 of 2 sent, 2 waiting" in breach(folder, "show", "1").output
    assert "is done" in breach(folder, "told", "1", "--clock", "gdpr-33").output
    assert "has no clock" in breach(folder, "told", "1", "--clock", "lgpd-48").output
    assert "closed" in breach(folder, "close", "1").output
    people.write_text("address\nnobody\n", encoding="utf-8")
    assert "no mail address in line 2" in breach(folder, "mail", str(people), "--case", "1").output
    assert "no breach 7" in breach(folder, "show", "7").output
