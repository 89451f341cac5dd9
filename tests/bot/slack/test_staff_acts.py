"""Staff decide in Slack: what each click does, what forms ask, and what happens to those who come too late."""

import asyncio

import pytest

from bot.demo.servers.slack_faults import no_answer
from bot.demo.servers.slack_people import Incomplete
from bot.demo.servers.slack_things import DESK, IVAN, OLGA
from intents.rights import Intent
from responders.case import events as e
from responders.case.ticket import Identity, Person, Status
from responders.law.regime import FurtherRight
from tests.bot.slack.town import ANNAS, Json, Office

REASON = "Your unpaid invoice of June must be kept for ten years."


def action_ids(blocks: list[Json]) -> set[str]:
    """Every button and menu to be seen."""
    found = [*(x for b in blocks for x in b.get("elements", [])), *(b["accessory"] for b in blocks if "accessory" in b)]
    return {str(each["action_id"]) for each in found if "action_id" in each}


async def test_olga_approves_an_erasure(town: Office) -> None:
    ticket = await town.decidable()
    clicked = await town.slack.click(OLGA, DESK, town.card.ts, "approve")
    assert clicked.acked
    waiting = await town.when(ticket.number, lambda t: t.status is Status.WAITING)
    assert waiting.marks[-1].by == "Olga Berg (U_OLGA)"
    await town.deliver()
    assert "Olga Berg: approved" in str(town.card.blocks)
    assert "approve" not in action_ids(town.card.blocks)
    assert len(town.roots()) == 1


async def test_a_refusal_needs_a_ground_and_a_reason_that_the_person_can_read(town: Office) -> None:
    ticket = await town.decidable()
    await town.slack.click(OLGA, DESK, town.card.ts, "refuse")
    form = await town.form(OLGA)
    assert "The person will read this" in str(form["blocks"])
    with pytest.raises(Incomplete) as left_out:
        await town.slack.submit_view(OLGA, form["id"], {"reason": REASON})
    assert left_out.value.fields == ["ground"]
    short = await town.slack.submit_view(OLGA, form["id"], {"ground": "legal_obligation", "reason": "No."})
    assert "at least 20 characters" in short.errors["reason"]
    assert (await town.desk.ticket(ticket.number)).status is Status.DECIDING
    await town.slack.submit_view(OLGA, form["id"], {"ground": "legal_obligation", "reason": REASON})
    await town.when(ticket.number, lambda t: t.status is Status.REFUSED)
    await town.deliver()
    recipient, text = town.post.sent[-1]
    assert recipient == ANNAS
    assert REASON in " ".join(text.split())
    assert REASON not in str(town.card.blocks)


async def test_twenty_clicks_at_once_have_one_effect_and_the_others_hear_whose(town: Office) -> None:
    ticket = await town.decidable()
    shown = town.card.as_slack()
    clicks = [town.slack.click(who, DESK, town.card.ts, "approve", shown=shown) for who in (OLGA, IVAN) * 10]
    assert all(answer.acked for answer in await asyncio.gather(*clicks))
    await town.slack.changes.until(lambda: len(town.slack.world.ephemerals) == 19)
    after = await town.desk.ticket(ticket.number)
    assert after.version == ticket.version + 1
    assert [mark.what for mark in after.marks].count("approved") == 1
    winner = after.marks[-1].by.partition(" (")[0]
    for message in town.slack.world.ephemerals:
        assert f"{winner}: approved" in message.text
        assert "Nothing was done by your click" in message.text
    await town.deliver()
    assert [to for to, text in town.post.sent if "stop" in text.lower()].count(ANNAS) == 1


async def test_no_card_of_an_earlier_version_acts(town: Office) -> None:
    ticket = await town.open()
    await town.deliver()
    old = [town.card.as_slack()]
    await town.desk.happen(ticket.number, e.IdentityConfirmed())
    await town.deliver()
    old.append(town.card.as_slack())
    await town.desk.happen(ticket.number, e.StaffAssigned("Ivan Roth (U_IVAN)", "Ivan Roth (U_IVAN)"))
    before = await town.desk.ticket(ticket.number)
    acted = 0
    for shown in old:
        for name in ("assign", "unverified", "approve", "reopen", "sort_menu"):
            if name in action_ids(shown["blocks"]):
                value = f"{ticket.number}:0:erase" if name == "sort_menu" else None
                await town.slack.click(OLGA, DESK, town.card.ts, name, value, shown=shown)
                acted += 1
    await town.hears(OLGA, acted)
    assert acted >= 4
    assert await town.desk.ticket(ticket.number) == before
    assert "Ivan Roth" in str(town.card.blocks), "the card was brought up to date"


async def test_a_form_from_an_old_card_says_so_and_a_form_overtaken_keeps_what_was_written(town: Office) -> None:
    ticket = await town.decidable()
    shown = town.card.as_slack()
    await town.slack.click(OLGA, DESK, town.card.ts, "ask")
    form = await town.form(OLGA)
    await town.desk.happen(ticket.number, e.StaffAssigned("Ivan Roth (U_IVAN)", "Ivan Roth (U_IVAN)"))
    await town.slack.submit_view(OLGA, form["id"], {"question": "Which shop was it?"})
    assert "You wrote: Which shop was it?" in await town.hears(OLGA)
    assert (await town.desk.ticket(ticket.number)).status is Status.DECIDING
    await town.slack.click(IVAN, DESK, town.card.ts, "refuse", shown=shown)
    late = await town.form(IVAN)
    assert "has changed since this card was shown" in str(late["blocks"])
    assert late.get("submit") is None


async def test_tasks_are_ticked_off_with_what_shows_them_and_the_answer_goes_by_mail_only(town: Office) -> None:
    ticket = await town.decidable(Intent.ACCESS)
    await town.slack.click(OLGA, DESK, town.card.ts, "approve")
    await town.when(ticket.number, lambda t: t.status is Status.DOING)
    await town.deliver()
    tasks = town.replies(town.card.ts)
    assert ["Mailer Inc." in tasks[0].text, "Cloud &amp; Sons" in tasks[1].text] == [True, True]
    for place, task in enumerate(tasks):  # both messages show the version in which the tasks were given
        await town.slack.click(OLGA, DESK, task.ts, f"task_done:{place}")
        form = await town.form(OLGA)
        written = {"proof": f"export {place}", "found": "Anna, born 1980"}
        await town.slack.submit_view(OLGA, form["id"], written)
        await town.when(ticket.number, lambda t, place=place: t.tasks[place].done)  # type: ignore[misc]
    await town.when(ticket.number, lambda t: t.status is Status.FULFILLED)
    await town.deliver()
    assert "Anna, born 1980" in town.post.sent[-1][1]
    everything = str([message.as_slack() for message in town.slack.world.channels[DESK].messages.values()])
    assert "born 1980" not in everything
    assert "export 1" in everything


async def test_a_tick_can_be_taken_back_and_a_second_tick_hears_whose_was_first(town: Office) -> None:
    ticket = await town.decidable(Intent.ACCESS)
    await town.desk.happen(ticket.number, e.StaffApproved("Ivan Roth (U_IVAN)"))
    await town.desk.happen(ticket.number, e.TaskDone("Ivan Roth (U_IVAN)", "Mailer Inc.", "seen"))
    await town.deliver()
    first_task = town.replies(town.card.ts)[0]
    await town.slack.click(OLGA, DESK, first_task.ts, "task_done:0")
    assert "already ticked off, by Ivan Roth" in str((await town.form(OLGA))["blocks"])
    await town.slack.click(OLGA, DESK, town.card.ts, "task_undo:0")
    await town.when(ticket.number, lambda t: not t.tasks[0].done)


async def test_an_unclear_letter_is_sorted_by_one_of_two_buttons_or_the_menu(town: Office) -> None:
    held = {"hold": "the reading is not sure", "readings": (Intent.ACCESS, Intent.ERASE, Intent.OBJECT)}
    ticket = await town.open(Intent.OTHER, **held)
    await town.deliver()
    assert {"sort:access", "sort:erase", "sort_menu"} <= action_ids(town.card.blocks)
    assert "sort:object" not in action_ids(town.card.blocks)
    assert "the reading is not sure" in str(town.card.blocks)
    await town.slack.click(OLGA, DESK, town.card.ts, "sort:erase")
    sorted_ = await town.when(ticket.number, lambda t: t.status is Status.IDENTIFYING)
    assert sorted_.right is Intent.ERASE
    other = await town.open(Intent.OTHER, **held)
    await town.deliver()
    await town.slack.click(OLGA, DESK, town.card.ts, "sort_menu", f"{other.number}:{other.version}:other")
    await town.when(other.number, lambda t: t.status is Status.WITHDRAWN)


async def test_staff_confirm_identity_and_say_how(town: Office) -> None:
    ticket = await town.open()
    await town.deliver()
    await town.slack.click(OLGA, DESK, town.card.ts, "confirm")
    form = await town.form(OLGA)
    await town.slack.submit_view(OLGA, form["id"], {"how": "called back on the number on file"})
    confirmed = await town.when(ticket.number, lambda t: t.identity is Identity.STAFF)
    assert confirmed.marks[-1].what.endswith("called back on the number on file")


async def test_the_country_brings_its_laws_and_a_day_to_come_is_refused(town: Office) -> None:
    ticket = await town.decidable(country=None, regimes=("unknown",))
    await town.slack.click(OLGA, DESK, town.card.ts, "correct")
    form = await town.form(OLGA)
    wrong = await town.slack.submit_view(OLGA, form["id"], {"country": "Germany"[:6]})
    assert "ISO code" in wrong.errors["country"]
    wrong = await town.slack.submit_view(OLGA, form["id"], {"received": "2027-02-01"})
    assert "not come yet" in wrong.errors["received"]
    await town.slack.submit_view(OLGA, form["id"], {"country": "de", "received": "2027-01-29"})
    after = await town.when(ticket.number, lambda t: t.country == "DE")
    assert after.dates is not None
    assert {after.dates.regime, *(d.regime for d in after.other_dates)} >= {"gdpr"}
    assert after.received_at.date().isoformat() == "2027-01-29"


async def test_extend_is_offered_while_the_law_allows_it_and_needs_a_reason(town: Office) -> None:
    ticket = await town.decidable()
    assert "extend" in action_ids(town.card.blocks)
    await town.slack.click(OLGA, DESK, town.card.ts, "extend")
    form = await town.form(OLGA)
    empty = await town.slack.submit_view(OLGA, form["id"], {"reason": "high volume of requests"})
    assert empty.errors
    reason = "Your letters of 2019 are on paper in an archive in another town."
    await town.slack.submit_view(OLGA, form["id"], {"reason": reason})
    await town.when(ticket.number, lambda t: t.extended)
    await town.deliver()
    assert "extend" not in action_ids(town.card.blocks)
    assert "(extended)" in str(town.card.blocks)


async def test_a_question_is_answered_from_slack(town: Office) -> None:
    ticket = await town.open(Intent.QUESTION)
    await town.deliver()
    assert "approve" not in action_ids(town.card.blocks)
    await town.slack.click(OLGA, DESK, town.card.ts, "answer")
    form = await town.form(OLGA)
    await town.slack.submit_view(OLGA, form["id"], {"answer": "We keep invoices for ten years."})
    await town.when(ticket.number, lambda t: t.status is Status.FULFILLED)
    await town.deliver()
    assert "We keep invoices for ten years." in town.post.sent[-1][1]


async def test_a_closed_ticket_is_reopened(town: Office) -> None:
    ticket = await town.decidable()
    await town.desk.happen(ticket.number, e.PersonCancelled())
    await town.deliver()
    assert action_ids(town.card.blocks) == {"reopen"}
    await town.slack.click(OLGA, DESK, town.card.ts, "reopen")
    await town.when(ticket.number, lambda t: t.status is Status.DECIDING)


async def test_an_unverified_request_is_closed(town: Office) -> None:
    ticket = await town.open()
    await town.deliver()
    await town.slack.click(OLGA, DESK, town.card.ts, "unverified")
    await town.when(ticket.number, lambda t: t.status is Status.EXPIRED)


async def test_asking_where_nobody_may_be_written_to_is_answered_in_words(town: Office) -> None:
    ticket = await town.decidable(person=Person(address=ANNAS), silent=True)
    await town.slack.click(OLGA, DESK, town.card.ts, "ask")
    form = await town.form(OLGA)
    await town.slack.submit_view(OLGA, form["id"], {"question": "Which shop?"})
    assert "no address that may be written to" in await town.hears(OLGA)
    assert (await town.desk.ticket(ticket.number)).status is Status.DECIDING


async def test_a_trigger_that_came_too_late_is_said_and_nothing_is_done(town: Office) -> None:
    ticket = await town.decidable()
    town.slack.faults.add("views.open", no_answer(done=False))
    await town.slack.click(OLGA, DESK, town.card.ts, "refuse")
    await town.slack.changes.until(lambda: town.slack.faults.hanging == 1)
    town.seconds.at += 4
    town.slack.faults.heal()
    assert "click again" in await town.hears(OLGA)
    assert (await town.desk.ticket(ticket.number)).version == ticket.version


async def test_an_appeal_is_decided_from_slack_and_can_be_neither_answered_nor_refused(town: Office) -> None:
    first = await town.decidable()
    await town.desk.happen(
        first.number, e.StaffRefused(OLGA, "A law obliges us to keep these invoices.", "legal_obligation")
    )
    appeal = await town.open(Intent.ERASE, dispute=FurtherRight.APPEAL, disputes=first.number, regimes=("us-va",))
    await town.deliver()
    shown = action_ids(town.card.blocks)
    assert "decide" in shown
    assert not {"answer", "refuse"} & set(shown)
    await town.slack.click(OLGA, DESK, town.card.ts, "decide")
    form = await town.form(OLGA)
    reason = "Your profile is no invoice, and it goes."
    await town.slack.submit_view(OLGA, form["id"], {"outcome": "partly", "reason": reason})
    decided = await town.when(appeal.number, lambda t: not t.status.open)
    assert decided.status is Status.FULFILLED
    assert (await town.desk.ticket(first.number)).status is Status.DECIDING
