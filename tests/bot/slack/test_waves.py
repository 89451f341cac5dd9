"""A wave in the staff's channel: one card for all its letters, and staff's word on the agent, said once."""

from dataclasses import replace
from typing import Any

from bot.demo.servers.slack_things import DESK, OLGA, STRANGER
from bot.slack.wave_cards import CONFIRM
from intents.letter import Channel
from intents.rights import Intent, Risk
from responders.case import events as e
from responders.case.ticket import Identity, Person, Status
from responders.opening import Request
from storage import waves
from storage.waves import Arrived
from tests.bot.slack.town import Office


async def arrives(town: Office, *rights: Intent, person: int) -> list[int]:
    """A letter of the agent Fairdata, for one person."""
    who = Person(address=None, writer="requests@fairdata.example", named=f"person{person}@kundin.example")
    one = Request(
        right=rights[0], person=who, channel=Channel.EMAIL, language="en", received_at=town.hours(), regimes=("gdpr",),
        country="DE", risks=(Risk.AGENT,), hold="Fairdata writes for somebody else", data={"agent": "Fairdata"},
    )  # fmt: skip

    async def also(connection: Any, numbers: list[list[int]]) -> None:
        await waves.gather(connection, [Arrived(tuple(mine), "Fairdata", None) for mine in numbers], town.hours())

    [opened] = await town.desk.open_many([[replace(one, right=right) for right in rights]], also)
    await town.deliver()
    town.hours.pass_by(minutes=1)
    return [ticket.number for ticket in opened]


def wave_card(town: Office) -> Any:
    return next(each for each in town.roots() if each.text.startswith("Wave"))


async def test_one_letter_is_no_wave_and_the_second_brings_one_card_that_lists_both(town: Office) -> None:
    await arrives(town, Intent.ACCESS, person=1)
    assert not [each for each in town.roots() if each.text.startswith("Wave")]
    await arrives(town, Intent.ERASE, person=2)
    card = str(wave_card(town).blocks)
    assert "Wave 1: 2 letters by Fairdata" in card
    assert "#1" in card
    assert "#2" in card
    assert "28 Feb" in card or "1 Mar" in card
    assert "person1@kundin.example" not in card
    assert len(town.roots()) == 3  # two tickets keep their own cards


async def test_the_card_moves_with_its_cases(town: Office) -> None:
    for person in (1, 2):
        await arrives(town, Intent.ACCESS, person=person)
    await town.desk.happen(1, e.StaffRefused(OLGA, "No such person is known to us at all.", "not_identified"))
    await town.deliver()
    assert "1 of 2 tickets are open" in str(wave_card(town).blocks)
    assert len([each for each in town.roots() if each.text.startswith("Wave")]) == 1


async def test_the_agent_is_confirmed_once_and_each_person_is_asked_at_home(town: Office) -> None:
    await arrives(town, Intent.ACCESS, Intent.ERASE, person=1)
    await arrives(town, Intent.ACCESS, person=2)
    await town.slack.click(OLGA, DESK, wave_card(town).ts, CONFIRM)
    form = await town.form(OLGA)
    told = {"agent": "Fairdata", "word": "permission", "how": "signed list, seen by legal"}
    await town.slack.submit_view(OLGA, form["id"], told)
    assert await town.hears(OLGA) == "2 persons asked."
    await town.deliver()
    asked = [to for to, text in town.post.sent if "Fairdata" in text]
    assert asked == ["person1@kundin.example", "person2@kundin.example"]  # one letter for two rights
    tickets = [await town.desk.ticket(number) for number in (1, 2, 3)]
    assert {t.status for t in tickets} == {Status.IDENTIFYING}
    assert {t.identity for t in tickets} == {Identity.OPEN}
    assert "signed list, seen by legal" in str(wave_card(town).blocks)
    assert CONFIRM not in str(wave_card(town).blocks)
    assert await town.desk.code_typed(1, town.post.codes()[0])
    states = [(await town.desk.ticket(number)).status for number in (1, 2, 3)]
    assert states == [Status.DECIDING, Status.DECIDING, Status.IDENTIFYING]


async def test_only_staff_confirm_an_agent_and_they_say_how(town: Office) -> None:
    for person in (1, 2):
        await arrives(town, Intent.ACCESS, person=person)
    await town.slack.click(STRANGER, DESK, wave_card(town).ts, CONFIRM)
    assert "may not act" in str((await town.form(STRANGER))["blocks"]) or "only members" in str(
        (await town.form(STRANGER))["blocks"]
    )
    await town.slack.click(OLGA, DESK, wave_card(town).ts, CONFIRM)
    form = await town.form(OLGA)
    told = {"agent": "Fairdata", "word": "ask_each", "how": "mail of person1@kundin.example"}
    await town.slack.submit_view(OLGA, form["id"], told)
    assert "not what" in await town.hears(OLGA)
    assert (await town.desk.ticket(1)).status is Status.UNCLEAR
