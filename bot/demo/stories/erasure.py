"""Erasure: with its waiting time, with STOP, and disowned."""

from bot.demo.stories.shelf import story
from bot.demo.stories.stage import Stage
from responders.case.ticket import Status

ERASE = "Please erase everything you hold about me."


@story("Anna wants everything erased: code, approval, a day to change her mind, two processors, the answer.")
async def erase(stage: Stage) -> None:
    await stage.anna.writes(ERASE)
    stage.anna.got("erasure", "simply reply")
    await stage.anna.answers_with_the_code()
    stage.anna.got("[#1]")
    await stage.olga.approves()
    stage.anna.got("STOP")
    await stage.expects(Status.WAITING)
    await stage.hours_pass(25)
    await stage.expects(Status.DOING)
    await stage.ivan.ticks("Mailer Inc.")
    await stage.ivan.ticks("Parcelway")
    stage.anna.got("Mailer Inc.", "Parcelway")
    await stage.expects(Status.FULFILLED)


@story("Anna changes her mind within the waiting time: STOP, and nothing is erased.")
async def erase_stopped(stage: Stage) -> None:
    await stage.anna.writes(ERASE)
    stage.anna.got("simply reply")
    await stage.anna.answers_with_the_code()
    stage.anna.got("[#1]")
    await stage.olga.approves()
    stage.anna.got("STOP")
    await stage.anna.answers("STOP")
    stage.anna.got("[#1]")
    await stage.expects(Status.WITHDRAWN)
    await stage.days_pass(2)
    await stage.expects(Status.WITHDRAWN)
    stage.true(not (await stage.ticket()).tasks, "a task was given")


@story("Somebody wrote in Anna's name; she answers “that wasn't me”, and everything stands still.")
async def that_was_not_me(stage: Stage) -> None:
    await stage.anna.writes(ERASE)
    mail = stage.anna.got("that wasn't me")
    await stage.anna.answers("That wasn't me!", mail)
    stage.anna.got("[#1]")
    await stage.expects(Status.DISPUTED)
    stage.expects_in_slack("did not ask for this")
    await stage.anna.answers_with_the_code(mail)
    await stage.expects(Status.DISPUTED)
