"""What a regulator asks for: the file of one ticket, and the figures of a year, which outlive the persons."""

import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.pack import gather, pages_of, write
from responders.case import events as e
from responders.report import Entry, Report, records, report
from responders.report_pages import markdown
from storage import audit
from storage.ledger import Ledger
from storage.models import AuditRow
from storage.retention import purge_tickets
from tests.journeys.law.office import CODE, Office, office
from tests.responders.cast import IVAN, OLGA, WHY

START = datetime(2026, 1, 31, 10, tzinfo=UTC)


async def a_copy_for_anna(desk: Office) -> None:
    """A month-end request in Berlin, answered with a copy."""
    await desk.mail("Bitte schicken Sie mir eine Kopie aller Daten über mich, Art. 15 DSGVO.", by="anna@kundin.de")
    desk.now += timedelta(hours=3)
    await desk.code_comes_back(1)
    await desk.until(START + timedelta(days=17))
    await desk.happen(1, e.StaffApproved("Olga Berg (U_OLGA)"))
    for processor in ("Mailer Inc.", "Paybox Ltd."):
        desk.now += timedelta(hours=5)
        await desk.happen(
            1, e.TaskDone("Ivan Petrov (U_IVAN)", processor, "export in the wiki", f"{processor}: since 2019")
        )


async def figures(desk: Office, year: int = 2026) -> Report:
    async def lines() -> list[Entry]:
        return [Entry(r.ticket, r.at, json.loads(r.facts)) async for r in audit.every() if r.ticket is not None]

    entries = await desk.store.database.read(lines)
    return report(records(entries).values(), year, desk.house.controller_tz)


async def test_the_pack_of_a_ticket_holds_everything_and_opens_anywhere(tmp_path: Path) -> None:
    async with office(tmp_path, START) as desk:
        await a_copy_for_anna(desk)
        pack = await gather(desk.store, 1, desk.house, desk.now)
        pages = pages_of(pack)
        page, facts = pages["index.html"].decode(), json.loads(pages["ticket.json"])
        assert "31 Jan + 1 month = 28 Feb (Sat) → Mon 2 Mar" in page
        assert "The log is whole" in page
        assert "export in the wiki" in page
        assert "the code came back" in page
        assert "Art. 15 DSGVO" in page  # the person's own letter
        assert "taken by the other side" in page
        assert not [word for word in ("<script", " src=", 'href="http', "url(", "@import", "<link") if word in page]
        ours = [name for name in pages if "/out-" in name]
        theirs = [name for name in pages if "/in-" in name]
        assert [name.partition("-")[2][3:] for name in sorted(ours)] == [
            "access.acknowledged.txt",
            "case.confirmed.txt",
            "access.done.txt",
        ]
        assert len(theirs) == 2
        assert facts["data_rights_status"]["status"] == "fulfilled"
        assert facts["data_rights_request"]["exercise"] == "access"
        assert facts["rightsdesk"]["log"]["whole"] is True
        assert len(facts["rightsdesk"]["log"]["lines"]) == len(pack.log)
        index = write(pages, tmp_path / "out", "ticket-1", zipped=False)
        assert index.stat().st_mode & 0o077 == 0
        packed = write(pages, tmp_path / "out", "ticket-1", zipped=True)
        with zipfile.ZipFile(packed) as archive:
            assert sorted(archive.namelist()) == sorted(f"ticket-1/{name}" for name in pages)


async def test_no_code_is_kept_in_what_is_kept_of_a_letter(tmp_path: Path) -> None:
    async with office(tmp_path, START) as desk:
        await desk.mail("Bitte löschen Sie alle meine Daten.", by="anna@kundin.de")
        assert CODE.search(desk.last)
        pack = await gather(desk.store, 1, desk.house, desk.now)
        [letter] = [each for each in pack.letters if each.ours]
        assert "[code]" in letter.text
        assert not CODE.search(letter.text)


async def test_what_a_letter_says_is_text_in_the_pack_and_nothing_else(tmp_path: Path) -> None:
    async with office(tmp_path, START) as desk:
        await desk.mail(
            "Please delete my account and all my data. <script>alert(1)</script> {{ 7*7 }}", subject="<b>x</b>"
        )
        page = pages_of(await gather(desk.store, 1, desk.house, desk.now))["index.html"].decode()
        assert "<script" not in page
        assert "<b>x" not in page
        assert "{{ 7*7 }}" in page


async def test_a_changed_log_shows_in_the_pack(tmp_path: Path) -> None:
    async with office(tmp_path, START) as desk:
        await desk.mail("Please delete my account and all my data.")
        await desk.store.database.read(lambda: AuditRow.filter(seq=1).update(by="somebody else"))
        page = pages_of(await gather(desk.store, 1, desk.house, desk.now))["index.html"].decode()
        assert "broken at line 1" in page


async def test_a_years_report_is_the_same_after_a_purge(tmp_path: Path) -> None:
    async with office(tmp_path, datetime(2026, 3, 2, 18, tzinfo=UTC)) as desk:
        for who in ("anna", "berta", "clara"):
            await desk.mail("Please delete my account and all my data under the CCPA.", by=f"{who}@kundin.example")
        for number in (1, 2):
            await desk.happen(number, e.StaffCorrected(OLGA, country="US-CA"))
        await desk.code_comes_back(3)
        desk.now += timedelta(days=10)
        await desk.happen(3, e.StaffRefused(IVAN, WHY, "legal_obligation"))
        await desk.happen(1, e.StaffClosedUnverified(OLGA))
        before = await figures(desk)
        [delete] = [row for row in before.california if row.name == "Delete"]
        assert (delete.received, delete.denied, delete.unverified, delete.open) == (3, 2, 1, 1)
        assert (delete.mean, delete.median) == (10.0, 10.0)
        await purge_tickets(desk.store, Ledger(tmp_path / "ledger"), [1, 3], desk.now)
        after = await figures(desk)
        assert after == before
        assert markdown(after, "Opterre") == markdown(before, "Opterre")
        assert (await figures(desk, 2025)).everyone[0].received == 0
