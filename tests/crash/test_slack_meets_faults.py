"""K6: cards, notes and tasks meet every fault of Slack, also across a restart; messages are counted in the channel."""

import asyncio
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config_sections import SlackSection
from bot.deliver import Deliverer, Identity
from bot.demo.servers.slack import APP_TOKEN, BOT_TOKEN
from bot.demo.servers.slack_faults import ApiFault, connection_cut, no_answer, rate_limited, refused, server_error
from bot.demo.servers.slack_things import DESK
from bot.slack.door import open_door
from intents.reader import read_letter
from intents.rights import Intent
from responders.case import events as e
from storage import outbox
from storage.database import DatabaseAway
from storage.models import OutboxRow
from storage.outbox import SENDING, WAITING, Item
from tests.bot.slack.town import Office, office

METHODS = ("chat.postMessage", "chat.update")
FAULTS: dict[str, ApiFault] = {
    "429 for ten minutes": rate_limited(600),
    "500": server_error(),
    "503 after it was done": ApiFault(503, "service_unavailable", done=True),
    "no answer, not done": no_answer(done=False),
    "no answer, done": no_answer(done=True),
    "cut, not done": connection_cut(done=False),
    "cut, done": connection_cut(done=True),
    "invalid_auth": refused("invalid_auth"),
}


def restarted(town: Office) -> Deliverer:
    """Delivery as a new process has it: nothing remembered but what is stored."""
    section = SlackSection.model_validate(
        {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN, "staff_channel": DESK, "api_url": town.slack.api_url}
    )
    door = open_door(section, town.desk, now=town.hours, read=read_letter, answer=lambda _reading: "")
    return Deliverer(town.desk, town.post, door.staff, None, Identity("Opterre", "privacy@opterre.example"), town.hours)


async def came(town: Office) -> tuple[int, Counter[str]]:
    """How many cards there are, and how often each text stands in the threads."""
    roots = [root for root in town.roots() if (root.metadata or {}).get("event_payload", {}).get("key") == "card:1"]
    return len(roots), Counter(reply.text for root in roots for reply in town.replies(root.ts))


@pytest.mark.parametrize("restart", [False, True], ids=["same process", "restarted"])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", FAULTS)
async def test_whatever_fault_strikes_everything_comes_once(
    name: str, method: str, restart: bool, tmp_path: Path
) -> None:
    async with office(tmp_path) as town:
        town.door.staff._client.timeout = 1
        ticket = await town.open(Intent.ERASE)
        if method == "chat.update":
            await town.deliver()
        await town.desk.note(ticket.number, "Something to know.")
        town.slack.faults.add(method, FAULTS[name])
        await town.deliver(healthy=False)
        await town.desk.happen(ticket.number, e.StaffAssigned("Olga", "Olga"))  # the version moves on meanwhile
        town.slack.faults.heal()
        deliverer = restarted(town) if restart else town.deliverer
        town.hours.pass_by(minutes=11)
        for _ in range(4):
            await deliverer.run_once()
            town.hours.pass_by(minutes=11)
        cards, notes = await came(town)
        assert cards == 1
        assert notes == Counter({"Something to know.": 1})
        assert not await town.waiting()


@pytest.mark.parametrize("what", ["note", "task"])
async def test_what_was_posted_just_before_a_crash_does_not_come_again_in_another_version(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(tmp_path) as town:
        ticket = await town.decidable()
        if what == "note":
            await town.desk.note(ticket.number, "Something to know.")
        else:
            await town.desk.happen(ticket.number, e.StaffApproved("Olga"))
            town.hours.pass_by(hours=25)
            await town.desk.tick()

        async def crash(_rows: object) -> None:
            await asyncio.wait(town.deliverer._at_work)  # everything is done in the world, and nothing is written down
            raise DatabaseAway("the machine stops here")

        monkeypatch.setattr(town.deliverer.outcomes, "_finish", crash)
        with pytest.raises(DatabaseAway):
            await town.deliver()
        before = (await came(town))[1]
        await town.desk.happen(ticket.number, e.StaffAssigned("Olga", "Olga"))
        deliverer = restarted(town)
        await deliverer.resume()
        while await deliverer.run_once():
            pass
        assert (await came(town))[1] == before


async def test_an_announcement_posted_just_before_a_crash_does_not_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with office(tmp_path) as town:
        item, now = Item("announce", "digest", {"text": "Good morning."}, None), town.hours()
        await town.store.database.unit(lambda c: outbox.put(c, [item], {}, town.store.keeper, now))

        async def crash(_rows: object) -> None:
            raise DatabaseAway("the machine stops here")

        monkeypatch.setattr(town.deliverer.outcomes, "_finish", crash)
        with pytest.raises(DatabaseAway):
            await town.deliver()
        deliverer = restarted(town)
        await deliverer.resume()
        assert await deliverer.run_once() == 1
        assert [root.text for root in town.roots()] == ["Good morning."]


async def test_a_slack_that_is_away_for_a_week_gets_everything_once_and_in_order(tmp_path: Path) -> None:
    async with office(tmp_path) as town:
        ticket = await town.open(Intent.ACCESS)
        await town.slack.stop()
        for day in range(7):
            await town.desk.note(ticket.number, f"Day {day}.")
            for _ in range(3):
                await town.deliverer.run_once()
                town.hours.at += timedelta(hours=8)
        await town.slack.start()
        for _ in range(3):
            await town.deliver()
            town.hours.pass_by(hours=3)
        cards, notes = await came(town)
        assert cards == 1
        assert notes == Counter({f"Day {day}.": 1 for day in range(7)})
        read = town.store.database.read
        assert not await read(lambda: OutboxRow.filter(state__in=[WAITING, SENDING]).count())
