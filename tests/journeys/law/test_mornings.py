"""The digest of a working morning: once a day, whatever restarts, and never on a free day."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.digest import Digests
from responders.case import events as e
from tests.journeys.law.office import Office, office
from tests.responders.cast import OLGA

MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)  # 08:00 in Denver


async def hours(desk: Office, digests: Digests, number: int) -> list[str]:
    """What the channel hears of digests in so many hours."""
    before = len(desk.room.said)
    for _ in range(number):
        desk.now += timedelta(hours=1)
        await digests.tick()
        await desk.deliver()
    return [text for text in desk.room.said[before:] if " open" in text.splitlines()[0]]


async def test_staff_get_one_digest_a_working_day_also_across_a_restart(tmp_path: Path) -> None:
    async with office(tmp_path, MONDAY) as desk:
        await desk.mail("Please delete my account and all my data.")
        assert await hours(desk, Digests(desk.desk), 1) == [
            "Mon 2 Mar 2026: 1 open, none is late.\n#1 erase: due 30 Mar 2026, in 28 days, waits for the person"
        ]
        assert await hours(desk, Digests(desk.desk), 10) == []  # a new process knows that it was given
    async with office(tmp_path, MONDAY + timedelta(hours=12)) as desk:
        assert len(await hours(desk, Digests(desk.desk), 24 * 7)) == 5
        desk.now = MONDAY + timedelta(days=31)
        [text] = await hours(desk, Digests(desk.desk), 12)
        assert "1 of them late" in text
        assert "LATE by" in text


async def test_an_empty_day_is_silent_unless_it_was_asked_for(tmp_path: Path) -> None:
    async with office(tmp_path, MONDAY) as desk:
        assert await hours(desk, Digests(desk.desk), 5) == []
        before = len(desk.room.said)
        desk.now += timedelta(days=1)
        await hours(desk, Digests(desk.desk, when_empty=True), 5)
        assert desk.room.said[before:] == ["Tue 3 Mar 2026: nothing is open."]


async def test_what_is_done_is_not_in_it(tmp_path: Path) -> None:
    async with office(tmp_path, MONDAY) as desk:
        await desk.mail("Please delete my account and all my data.")
        await desk.happen(1, e.StaffClosedUnverified(OLGA))
        assert await hours(desk, Digests(desk.desk), 5) == []
