"""Anna writes in the customers' channel: her request, her address and her code, each in its proper place."""

import asyncio
from pathlib import Path

import pytest

from bot.demo.servers.slack_faults import server_error
from bot.demo.servers.slack_things import ANNA, HELP, OLGA, STRANGER, Message
from intents.reading import Reading, RiskSign
from intents.rights import Intent, Risk
from responders.case import events as e
from responders.case.ticket import Identity, Status
from tests.bot.slack.town import ANNAS, Office, office

ERASE = "Please delete my account and all my personal data."


async def asks(town: Office, text: str = ERASE, user: str = ANNA) -> str:
    """Anna writes; the thread of her message."""
    said = await town.slack.say(user, HELP, text)
    assert said.acked
    await town.deliver()
    return said.ts


def answers(town: Office, thread: str) -> list[Message]:
    return town.replies(thread, HELP)


async def gives_address(town: Office, thread: str, address: str = ANNAS) -> None:
    await town.slack.click(ANNA, HELP, answers(town, thread)[0].ts, "chat_address")
    form = await town.form(ANNA)
    await town.slack.submit_view(ANNA, form["id"], {"address": address})


async def test_an_erasure_by_chat_from_the_first_message_to_the_confirmed_code(town: Office) -> None:
    thread = await asks(town)
    (asked,) = answers(town, thread)
    assert "not here in the channel" in asked.text
    await gives_address(town, thread, "Anna@Kundin.Example".replace("Anna", "anna"))
    await town.when(1, lambda t: t.person.address == ANNAS)
    await town.deliver()
    assert town.post.sent[-1][0] == ANNAS
    code_sent = answers(town, thread)[1]
    assert "code is on its way" in code_sent.text
    await town.slack.click(ANNA, HELP, code_sent.ts, "chat_code")
    form = await town.form(ANNA)
    wrong = await town.slack.submit_view(ANNA, form["id"], {"code": "123456"})
    assert "twelve letters and digits" in wrong.errors["code"]
    await town.slack.submit_view(ANNA, form["id"], {"code": town.post.code().lower()})
    confirmed = await town.when(1, lambda t: t.status is Status.DECIDING)
    assert confirmed.identity is Identity.MAILBOX
    await town.deliver()
    assert "the code is right" in answers(town, thread)[2].text
    everything = str([message.as_slack() for message in town.slack.world.channels[HELP].messages.values()])
    assert ANNAS not in everything
    assert town.post.code() not in everything


async def test_a_wrong_code_and_a_new_one(town: Office) -> None:
    thread = await asks(town)
    await gives_address(town, thread)
    await town.when(1, lambda t: t.person.address is not None)
    await town.deliver()
    first, code_sent = town.post.code(), answers(town, thread)[1]
    await town.slack.click(ANNA, HELP, code_sent.ts, "chat_code")
    form = await town.form(ANNA)
    await town.slack.submit_view(ANNA, form["id"], {"code": "ABCD-EF23-4567"})
    await town.when(1, lambda t: t.marks[-1].what.startswith("a code came back"))
    await town.deliver()
    assert "does not count" in answers(town, thread)[2].text
    await town.slack.click(ANNA, HELP, answers(town, thread)[2].ts, "chat_new_code")
    await town.when(1, lambda t: t.marks[-1].what == "asked for a new code")
    await town.deliver()
    assert town.post.code() != first
    assert await town.desk.code_typed(1, town.post.code())


async def test_only_who_wrote_may_press(town: Office) -> None:
    thread = await asks(town)
    before = await town.desk.ticket(1)
    for user in (OLGA, STRANGER):
        await town.slack.click(user, HELP, answers(town, thread)[0].ts, "chat_address")
        form = await town.form(user)
        assert "Only the person who wrote" in str(form["blocks"])
        assert form.get("submit") is None
    await gives_address(town, thread)
    known = await town.when(1, lambda t: t.person.address is not None)
    await town.deliver()
    await town.slack.click(OLGA, HELP, answers(town, thread)[1].ts, "chat_new_code")
    assert "Only the person who wrote" in await town.hears(OLGA)
    assert await town.desk.ticket(1) == known
    assert before.person.address is None


@pytest.mark.parametrize("typed", [ANNAS, "my address is anna@kundin.example thanks", "K7QM-2XFD-9RTA", "k7qm2xfd9rta"])
async def test_an_address_or_a_code_in_the_open_channel_is_not_used_and_not_repeated(town: Office, typed: str) -> None:
    thread = await asks(town)
    before = await town.desk.ticket(1)
    assert (await town.slack.say(ANNA, HELP, typed, thread)).acked
    await town.deliver()
    warned = answers(town, thread)[-1]
    assert "Please use the button" in warned.text
    assert "kundin" not in warned.text
    assert "2XFD" not in warned.text.upper()
    assert await town.desk.ticket(1) == before


async def test_an_address_in_the_request_itself_is_not_taken(town: Office) -> None:
    await asks(town, "Please unsubscribe anna@kundin.example from your newsletter.")
    ticket = await town.desk.ticket(1)
    assert (ticket.person.address, ticket.person.named) == (None, None)
    assert ticket.status is Status.IDENTIFYING


async def test_stopping_mailings_by_chat_takes_the_address_and_no_code(town: Office) -> None:
    thread = await asks(town, "Please unsubscribe me from your newsletter.")
    await gives_address(town, thread)
    await town.when(1, lambda t: t.status in (Status.DOING, Status.FULFILLED))
    await town.deliver()
    assert "Done" in answers(town, thread)[1].text
    assert town.post.sent[-1][0] == ANNAS


async def test_ordinary_talk_is_left_alone(town: Office) -> None:
    said = await town.slack.say(ANNA, HELP, "When do you open on Saturday?")
    other = await town.slack.say(OLGA, HELP, "Nine to five!", said.ts)
    await town.deliver()
    assert (said.acked, other.acked) == (True, True)
    assert answers(town, said.ts) == []
    assert town.roots() == []
    assert [call.method for call in town.slack.calls if call.method.startswith("chat.")] == []


async def test_somebody_else_in_the_thread_changes_nothing(town: Office) -> None:
    thread = await asks(town)
    before = await town.desk.ticket(1)
    for user in (OLGA, STRANGER):
        await town.slack.say(user, HELP, "Please cancel my request", thread)
    await town.deliver()
    assert await town.desk.ticket(1) == before
    assert len(answers(town, thread)) == 1


async def test_anna_takes_her_request_back_in_the_thread(town: Office) -> None:
    thread = await asks(town)
    await town.slack.say(ANNA, HELP, "Please cancel my request.", thread)
    await town.when(1, lambda t: t.status is Status.WITHDRAWN)
    await town.deliver()
    assert "taken back" in answers(town, thread)[-1].text


async def test_a_redelivered_message_opens_one_ticket(town: Office) -> None:
    thread = await asks(town)
    first = town.slack.socket.deliveries[-1]
    for _ in range(3):
        assert (await town.slack.socket.replay(first)).acked
    again = [town.slack.socket.deliver("events_api", first.payload, attempt=n) for n in range(5)]
    assert all(delivery.acked for delivery in await asyncio.gather(*again))
    await town.deliver()
    assert len(await town.store.database.read(town.store.tickets.many)) == 1
    assert len(answers(town, thread)) == 1


async def test_a_message_that_could_not_be_stored_is_not_acknowledged_and_comes_again(
    town: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage.database import DatabaseAway

    town.slack.socket.ack_timeout = 0.2
    town.slack.socket.redeliver_after = (600.0,)
    whole = type(town.desk).open_many

    async def away(*_args: object) -> None:
        raise DatabaseAway("the disk is full")

    monkeypatch.setattr(type(town.desk), "open_many", away)
    assert not (await town.slack.say(ANNA, HELP, ERASE)).acked
    monkeypatch.setattr(type(town.desk), "open_many", whole)
    town.slack.socket.redeliver_now()
    await town.slack.changes.until(lambda: town.slack.socket.undelivered == 0)
    assert (await town.desk.ticket(1)).right is Intent.ERASE


async def test_an_unsure_message_goes_to_staff_whatever_it_seems_to_ask(tmp_path: Path) -> None:
    scores = {Intent.ERASE: 55, Intent.ACCESS: 50, Intent.OTHER: 40}
    unsure = Reading("en", (Intent.ERASE,), scores, unsure=True, text="hm")
    async with office(tmp_path, read=lambda _letter: unsure) as town:
        thread = await asks(town)
        ticket = await town.desk.ticket(1)
        assert (ticket.status, ticket.right) == (Status.UNCLEAR, Intent.OTHER)
        assert ticket.readings == (Intent.ERASE, Intent.ACCESS)
        (said,) = answers(town, thread)
        assert "A person of our staff" in said.text
        assert "chat_address" not in str(said.blocks)


async def test_a_message_with_a_risk_is_held(tmp_path: Path) -> None:
    risky = Reading("en", (Intent.ERASE,), {Intent.ERASE: 95}, risks=(RiskSign(Risk.THIRD_PARTY, "his", 0, 3),))
    async with office(tmp_path, read=lambda _letter: risky) as town:
        await asks(town)
        assert (await town.desk.ticket(1)).status is Status.UNCLEAR


async def test_a_sure_question_is_answered_with_the_policys_words(tmp_path: Path) -> None:
    async with office(tmp_path, answer=lambda _reading: "Invoices\nWe keep <invoices> for ten years.") as town:
        thread = await asks(town, "How long do you keep my personal data?")
        (answered,) = answers(town, thread)
        assert "Our privacy policy says" in answered.text
        assert "We keep <invoices> for ten years." in answered.blocks[1]["text"]["text"]
        assert answered.blocks[1]["text"]["type"] == "plain_text"
        assert (await town.desk.ticket(1)).status is Status.FULFILLED


async def test_a_question_for_staff_asks_where_the_answer_may_go(town: Office) -> None:
    thread = await asks(town, "How long do you keep my personal data?")
    (said,) = answers(town, thread)
    assert "chat_address" in str(said.blocks)
    await gives_address(town, thread)
    await town.when(1, lambda t: t.person.address == ANNAS)
    await town.desk.happen(1, e.StaffAnswered("Olga", "Ten years."))
    await town.deliver()
    assert "Ten years." in town.post.sent[-1][1]


async def test_german_is_answered_in_german(town: Office) -> None:
    thread = await asks(town, "Bitte löschen Sie mein Konto und alle meine personenbezogenen Daten.")
    assert "nicht hier im Kanal" in answers(town, thread)[0].text
    await town.slack.click(ANNA, HELP, answers(town, thread)[0].ts, "chat_address")
    form = await town.form(ANNA)
    assert form["submit"]["text"] == "Senden"
    bad = await town.slack.submit_view(ANNA, form["id"], {"address": "anna"})
    assert "keine einfache E-Mail-Adresse" in bad.errors["address"]
    own = await town.slack.submit_view(ANNA, form["id"], {"address": "privacy@opterre.example"})
    assert own.errors


async def test_two_requests_of_one_message_are_served_by_one_address_and_one_code(town: Office) -> None:
    thread = await asks(town, "Please send me a copy of my personal data. Then delete my account and all my data.")
    tickets = await town.store.database.read(lambda: town.store.tickets.many(newest=False))
    assert [ticket.right for ticket in sorted(tickets, key=lambda t: t.number)] == [Intent.ACCESS, Intent.ERASE]
    await gives_address(town, thread)
    await town.when(2, lambda t: t.person.address == ANNAS)
    await town.deliver()
    assert len(town.post.codes()) == 1
    assert sum("code is on its way" in each.text for each in answers(town, thread)) == 1
    assert await town.desk.code_typed(1, town.post.codes()[0])
    for number in (1, 2):
        assert (await town.desk.ticket(number)).status is Status.DECIDING


async def test_what_is_said_comes_once_and_late_rather_than_never(town: Office) -> None:
    town.slack.faults.add("chat.postMessage", server_error(), times=None)
    said = await town.slack.say(ANNA, HELP, ERASE)
    await town.deliver(healthy=False)
    assert answers(town, said.ts) == []
    town.slack.faults.heal()
    town.hours.pass_by(hours=2)
    await town.deliver()
    assert len(answers(town, said.ts)) == 1


async def test_a_button_that_is_no_longer_needed_says_so(town: Office) -> None:
    thread = await asks(town)
    await gives_address(town, thread)
    await town.when(1, lambda t: t.person.address is not None)
    await town.slack.click(ANNA, HELP, answers(town, thread)[0].ts, "chat_address")
    await town.slack.changes.until(
        lambda: "no longer needed" in str([view.content for view in town.slack.world.modals.get(ANNA, [])])
    )
