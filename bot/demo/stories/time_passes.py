"""A month: reminders at 50, 75 and 90 per cent and on the last working day; overdue is loud and daily; extension."""

from bot.demo.stories.erasure import ERASE
from bot.demo.stories.shelf import story
from bot.demo.stories.stage import Stage
from responders.case.ticket import Status


@story("Nobody decides for a month: four reminders, then overdue, loud and daily, until it is answered.")
async def reminders(stage: Stage) -> None:
    await stage.anna.writes("Please give me a copy of all data you have stored about me.")
    stage.anna.got("simply reply")
    await stage.anna.answers_with_the_code()
    stage.anna.got("[#1]")
    await stage.ivan.clicks("assign")
    await stage.days_pass(25)
    before = len((await stage.ticket()).reminded)
    stage.true(before >= 2, f"{before} reminders in 25 days")
    stage.expects_in_slack("days left")
    await stage.days_pass(12)
    ticket = await stage.ticket()
    late = [kind for kind in ticket.reminded if kind.startswith("overdue")]
    stage.true(len(late) >= 3, f"overdue was said on {len(late)} days")
    stage.true(ticket.late(stage.town.now()), "the ticket is not late")
    stage.expects_in_slack("OVERDUE")
    await stage.olga.approves()
    await stage.ivan.ticks_all("name: Anna Kundin")
    stage.anna.got("Anna Kundin")
    await stage.expects(Status.FULFILLED)


@story("Anna lives in Germany, and it is complicated: Olga extends the period in time and says why.")
async def extension(stage: Stage) -> None:
    await stage.anna.writes("Please give me a copy of all data you have stored about me.")
    stage.anna.got("simply reply")
    await stage.anna.answers_with_the_code()
    stage.anna.got("[#1]")
    await stage.olga.corrects("DE")
    due = (await stage.ticket()).due_at
    await stage.olga.extends("Your orders of nine years lie in an archive that is being moved this month.")
    stage.anna.got("archive that is being moved")
    ticket = await stage.ticket()
    stage.true(due is not None and ticket.due_at is not None and ticket.due_at > due, "the date did not move")
    stage.true("extended" in stage.card_text(1), "the card does not say so")


@story("Nobody sends the code back: the ticket stays, and staff close it as never verified.")
async def never_verified(stage: Stage) -> None:
    await stage.anna.writes(ERASE)
    stage.anna.got("simply reply")
    await stage.days_pass(20)
    stage.anna.got_nothing()
    await stage.olga.clicks("unverified")
    stage.anna.got("[#1]")
    await stage.expects(Status.EXPIRED)
