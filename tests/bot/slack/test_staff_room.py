"""The staff's channel when Slack is slow, away, or takes a message without saying so: nothing lost, nothing double."""

import pytest

from bot.demo.servers.slack_faults import ApiFault, connection_cut, no_answer, rate_limited, refused, server_error
from bot.demo.servers.slack_things import DESK
from bot.ports import Refused, Unreachable
from intents.rights import Intent
from responders.case import events as e
from responders.case.ticket import Person, Status
from tests.bot.slack.town import ANNAS, Office


async def later(town: Office) -> None:
    """Time goes on until the outbox tries again."""
    town.slack.faults.heal()
    for _ in range(4):
        town.hours.pass_by(hours=2)
        await town.deliver()


@pytest.mark.parametrize(
    "fault",
    [rate_limited(30), server_error(500), server_error(503), connection_cut(done=False), refused("invalid_auth")],
)
async def test_while_slack_is_away_cards_and_notes_wait_and_then_come_once(town: Office, fault: ApiFault) -> None:
    town.slack.faults.add("*", fault, times=None)
    ticket = await town.open()
    await town.desk.happen(ticket.number, e.CodeRejected(exhausted=True))
    await town.deliver(healthy=False)
    assert town.roots() == []
    assert await town.failed() == []
    await later(town)
    assert await town.waiting() == []
    assert len(town.roots()) == 1
    assert [reply.text for reply in town.replies(town.card.ts)] == ["Too many wrong codes: the code no longer counts."]
    assert "waiting for the person's code" in str(town.card.blocks)


async def test_a_short_rate_limit_is_waited_out_on_the_spot(town: Office) -> None:
    town.slack.faults.add("chat.postMessage", rate_limited(0))
    await town.open()
    await town.deliver()
    assert len(town.roots()) == 1
    assert await town.waiting() == []


@pytest.mark.parametrize("fault", [connection_cut(done=True), ApiFault(500, "internal_error", done=True)])
async def test_a_card_that_was_taken_without_a_word_is_found_again(town: Office, fault: ApiFault) -> None:
    town.slack.faults.add("chat.postMessage", fault)
    ticket = await town.open()
    await town.deliver(healthy=False)
    assert "card" in await town.waiting()
    await later(town)
    assert len(town.roots()) == 1
    await town.desk.happen(ticket.number, e.PersonCancelled())
    await town.deliver()
    assert "withdrawn" in str(town.card.blocks)


async def test_an_answer_that_never_comes_ends_after_the_time_allowed(town: Office) -> None:
    town.door.staff._client.timeout = 1
    town.slack.faults.add("chat.postMessage", no_answer(done=True))
    ticket = await town.open()
    with pytest.raises(Unreachable):
        await town.door.staff.show(ticket)
    await town.door.staff.show(ticket)
    assert len(town.roots()) == 1


@pytest.mark.parametrize("fault", [connection_cut(done=True), ApiFault(500, "internal_error", done=True)])
async def test_a_note_that_was_taken_without_a_word_does_not_come_twice(town: Office, fault: ApiFault) -> None:
    ticket = await town.decidable()
    await town.desk.note(ticket.number, "Something to know.")
    town.slack.faults.add("chat.postMessage", fault)
    await town.deliver(healthy=False)
    await town.desk.happen(ticket.number, e.StaffAssigned("Olga", "Olga"))  # the version moves on meanwhile
    await later(town)
    assert [reply.text for reply in town.replies(town.card.ts)] == ["Something to know."]


async def test_a_card_posted_before_a_crash_is_found_by_its_metadata(town: Office) -> None:
    ticket = await town.open()
    await town.deliver()
    await town.door.staff._forget(ticket.number)  # as if the process had died before it wrote down where
    for chatter in range(3):
        await town.slack.say("U_OLGA", DESK, f"talk {chatter}")
    await town.door.staff.show(ticket)
    assert len(town.roots()) == 1
    payload = town.card.metadata
    assert payload == {"event_type": "rightsdesk", "event_payload": {"ticket": ticket.number, "key": "card:1"}}


async def test_a_card_that_somebody_deleted_is_posted_again(town: Office) -> None:
    ticket = await town.decidable()
    town.slack.world.remove(town.card)
    await town.desk.note(ticket.number, "Still here.")
    await town.deliver()
    assert [reply.text for reply in town.replies(town.card.ts)] == ["Still here."]


async def test_an_older_state_never_overwrites_a_newer_one(town: Office) -> None:
    ticket = await town.open()
    newer = await town.desk.happen(ticket.number, e.IdentityConfirmed())
    await town.door.staff.show(newer)
    await town.door.staff.show(ticket)
    assert "waiting for a decision" in str(town.card.blocks)


async def test_what_slack_refuses_for_good_is_refused(town: Office) -> None:
    ticket = await town.decidable()
    town.slack.faults.add("chat.postMessage", refused("restricted_action"))
    with pytest.raises(Refused, match="restricted_action"):
        await town.door.staff.tell(ticket, "x", loud=False)


async def test_a_card_whose_blocks_are_refused_is_shown_small(town: Office) -> None:
    town.slack.faults.add("chat.postMessage", refused("invalid_blocks"))
    ticket = await town.open()
    await town.deliver()
    assert len(town.card.blocks) <= 3
    town.slack.faults.add("chat.update", refused("invalid_blocks"))
    await town.desk.happen(ticket.number, e.IdentityConfirmed())
    await town.deliver()
    assert "approve" in str(town.card.blocks)
    assert await town.failed() == []


async def test_reminders_count_the_days_and_call_the_one_it_is_assigned_to(town: Office) -> None:
    ticket = await town.decidable()
    await town.desk.happen(ticket.number, e.StaffAssigned("Olga Berg (U_OLGA)", "Olga Berg (U_OLGA)"))
    for _ in range(34):
        town.hours.pass_by(days=1)
        await town.desk.tick()
        await town.deliver()
    replies = town.replies(town.card.ts)
    said, keys = [reply.text for reply in replies], [str((reply.metadata or {})["event_payload"]) for reply in replies]
    assert len(keys) == len(set(keys))
    assert all("<@U_OLGA>" in text for text in said)
    assert any("days left" in text for text in said)
    assert "*OVERDUE by 5 days*" in said[-1]
    assert ":rotating_light: *OVERDUE by" in str(town.card.blocks)
    loud = [call for call in town.slack.calls_of("chat.postMessage") if call.get("thread_ts")]
    assert all(call["reply_broadcast"] for call in loud)


async def test_nothing_of_a_letter_calls_links_or_unfurls(town: Office) -> None:
    nasty = "<!channel> <@U_OLGA> <http://evil.example|bank> & *b*"
    person = Person(address="<!here>@kundin.example", writer=ANNAS, subject=nasty, text=nasty, name=nasty)
    ticket = await town.open(person=person, why=nasty, country="<!channel>"[:5], hold=nasty)
    await town.desk.note(ticket.number, f"{nasty} came back")
    await town.deliver()
    await town.door.staff.announce(nasty)
    calls = [*town.slack.calls_of("chat.postMessage"), *town.slack.calls_of("chat.update")]
    for call in calls:
        assert "<!" not in call["text"]
        assert "<http" not in call["text"]
        assert not call.get("link_names")
        for block in call.get("blocks") or ():
            for text in texts(block):
                assert text["type"] == "plain_text" or "<" not in text["text"], text
    assert all(not call["unfurl_links"] for call in town.slack.calls_of("chat.postMessage"))


def texts(node: object) -> list[dict[str, str]]:
    """Every text object below."""
    found: list[dict[str, str]] = []
    if isinstance(node, dict):
        if node.get("type") in ("plain_text", "mrkdwn"):
            found.append(node)
        for value in node.values():
            found += texts(value)
    elif isinstance(node, list):
        for value in node:
            found += texts(value)
    return found


async def test_a_megabyte_of_subject_does_not_break_the_card(town: Office) -> None:
    huge = "ä<&>" * 250_000
    person = Person(address=ANNAS, writer=ANNAS, subject=huge, name=huge, text=huge)
    ticket = await town.open(Intent.OTHER, person=person, hold=huge, why=huge)
    await town.desk.note(ticket.number, huge)
    await town.deliver()
    assert await town.failed() == []
    assert len(town.roots()) == 1
    assert (await town.desk.ticket(ticket.number)).status is Status.UNCLEAR
