"""A breach: every clock from the first hour, drafts, and a mailing in which each address gets one letter."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.breach import BreachDesk
from bot.commands.breach import read_list
from responders.breach import (
    AUTHORITY,
    PERSON,
    FutureBreach,
    draft,
    due_reminders,
    facts_wanted,
    missing,
    running,
    words,
)
from responders.letters.render import Unfilled
from storage.audit import every
from tests.journeys.law.office import Office, body, office
from tests.responders.cast import HOUSE, OLGA

AWARE = datetime(2026, 3, 6, 22, tzinfo=UTC)  # a Friday afternoon in Denver
FACTS = dict.fromkeys(facts_wanted(), "one\ntwo")


async def pass_by(desk: Office, breaches: BreachDesk, until: datetime, step: int = 1) -> None:
    while desk.now < until:
        desk.now += timedelta(hours=step)
        await breaches.tick()
        await desk.deliver()


async def test_every_clock_runs_from_the_hour_of_awareness_and_is_reminded_of_in_time(tmp_path: Path) -> None:
    async with office(tmp_path, AWARE) as desk:
        breaches = BreachDesk(desk.desk)
        breach = await breaches.open(AWARE, OLGA)
        assert {clock.regime for clock in running(breach, HOUSE)} >= {
            "policy",
            "gdpr-33",
            "uk-33",
            "lgpd-48",
            "ca-1798.82",
        }
        assert "GDPR art. 33: 3 days left, until 2026-03-09 16:00 (America/Denver)" in words(breach, desk.now, HOUSE)
        await pass_by(desk, breaches, AWARE + timedelta(hours=73))
        said = [text for text in desk.room.said if "GDPR art. 33" in text and "UK" not in text]
        assert len(said) == 4  # 50, 75 %, 90 % and the last morning within one hour, and late
        assert "LATE" in said[-1]
        assert len(set(desk.room.said)) == len(desk.room.said)
        await breaches.told(1, "policy", OLGA)
        before = len(desk.room.said)
        await pass_by(desk, breaches, AWARE + timedelta(hours=120), step=8)
        assert not [text for text in desk.room.said[before:] if "Our privacy policy" in text]
        await breaches.close(1, OLGA)
        before = len(desk.room.said)
        await pass_by(desk, breaches, AWARE + timedelta(days=31), step=24)
        assert len(desk.room.said) == before
        assert await breaches.open_ones() == []

        async def kinds() -> list[str]:
            return [row.kind async for row in every() if row.kind.startswith("Breach")]

        assert await desk.store.database.read(kinds) == ["BreachOpened", "BreachTold", "BreachClosed"]


async def test_known_residences_leave_the_clocks_of_elsewhere_out(tmp_path: Path) -> None:
    async with office(tmp_path, AWARE) as desk:
        breach = await BreachDesk(desk.desk).open(AWARE, OLGA, ["de", "US-CA"])
        assert {clock.regime for clock in running(breach, HOUSE)} == {"policy", "gdpr-33", "ca-1798.82"}


async def test_nobody_becomes_aware_in_the_future_or_at_no_offset(tmp_path: Path) -> None:
    async with office(tmp_path, AWARE) as desk:
        breaches = BreachDesk(desk.desk)
        with pytest.raises(FutureBreach):
            await breaches.open(AWARE + timedelta(minutes=1), OLGA)
        with pytest.raises(ValueError, match="offset"):
            await breaches.open(AWARE.replace(tzinfo=None), OLGA)
        assert await breaches.open_ones() == []


async def test_the_notices_lack_what_nobody_has_written_and_say_it_in_eight_languages(tmp_path: Path) -> None:
    async with office(tmp_path, AWARE) as desk:
        breaches = BreachDesk(desk.desk)
        breach = await breaches.open(AWARE, OLGA)
        assert set(missing(breach)) == set(facts_wanted())
        with pytest.raises(Unfilled):
            draft(breach, PERSON, HOUSE)
        described = await breaches.write(1, FACTS, OLGA)
        assert missing(described) == []
        for language in ["en", "de", "fr", "es", "it", "nl", "pt", "pl"]:
            for name in (PERSON, AUTHORITY):
                assert "support@opterre.example" in draft(described, name, HOUSE, language).text
        assert "Notice of Data Breach" in draft(described, PERSON, HOUSE).subject


async def test_a_mailing_goes_out_in_its_pace_to_each_address_once_and_goes_on_after_a_stop(tmp_path: Path) -> None:
    people = [(f"p{n}@kundin.example", "de" if n % 2 else "en") for n in range(20)]
    async with office(tmp_path, AWARE) as desk:
        breaches = BreachDesk(desk.desk)
        await breaches.open(AWARE, OLGA)
        with pytest.raises(Unfilled):
            await breaches.mail(1, people, timedelta(seconds=2), OLGA)
        await breaches.write(1, FACTS, OLGA)
        assert await breaches.mail(1, [*people, ("P3@kundin.example", "en")], timedelta(seconds=6), OLGA) == 20
        desk.now += timedelta(seconds=59)
        await desk.deliver()
        assert len(desk.out.letters) == 10
        assert dict(await breaches.progress(1)) == {"done": 10, "waiting": 10}
    async with office(tmp_path, AWARE + timedelta(minutes=1)) as desk:  # another process, after a restart
        breaches = BreachDesk(desk.desk)
        assert await breaches.mail(1, [*people, ("late@kundin.example", "en")], timedelta(seconds=6), OLGA) == 1
        desk.now += timedelta(minutes=10)
        await desk.deliver()
        assert dict(await breaches.progress(1)) == {"done": 21}
        assert sorted(str(letter["To"]) for letter in desk.out.letters) == sorted(
            [*(address for address, _ in people[10:]), "late@kundin.example"]
        )
        assert "B1" in body(desk.out.letters[0])


def test_a_clock_that_slept_for_a_week_says_one_sentence_a_clock() -> None:
    from responders.breach import new_breach

    breach = new_breach(1, AWARE, AWARE, OLGA, ("DE",))
    found = due_reminders(breach, AWARE + timedelta(days=7), HOUSE)
    assert len([text for _, text in found if text]) == 2


def test_a_list_may_have_headings_and_languages_and_its_bad_lines_are_named(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(
        "\ufeffAddress,Language\nanna@kundin.example,DE\n\nno address\nberta@kundin.example\n=x@y,1\n", "utf-8"
    )
    people, bad = read_list(file)
    assert people == [("anna@kundin.example", "de"), ("berta@kundin.example", "en")]
    assert bad == [4, 6]


def test_the_command_lists_what_the_notices_want() -> None:
    from bot.commands.breach import breach

    shown = CliRunner().invoke(breach, ["describe", "1"]).output
    assert 'what_happened = ""' in shown
    assert 'people_count = ""' in shown
