"""Objections: to advertising at once, to anything else weighed by staff, and to selling under California's law."""

from bot.demo.stories.shelf import story
from bot.demo.stories.stage import Stage
from intents.rights import Intent
from responders.case.ticket import Status


@story("Anna objects to advertising: it stops at once, without a code.")
async def object_to_marketing(stage: Stage) -> None:
    await stage.anna.writes("Stop all direct marketing to me. I object under Art. 21(2) GDPR.", "Advertising")
    right = (await stage.ticket()).right
    stage.true(right in (Intent.UNSUBSCRIBE, Intent.OBJECT), f"it was read as {right}")
    letter = stage.anna.got("[#1]")
    stage.true("simply reply" not in letter.text, "a code was asked for")
    await stage.ivan.ticks("Mailer Inc.")
    await stage.expects(Status.FULFILLED)


@story("Anna objects to statistics about her: code, staff weigh it and stop them.")
async def object_to_use(stage: Stage) -> None:
    await stage.anna.writes("I object to the processing of my personal data for statistics under Art. 21(1) GDPR.")
    await stage.expects_tickets("object")
    stage.anna.got("simply reply")
    await stage.anna.answers_with_the_code()
    stage.anna.got("[#1]")
    await stage.olga.approves()
    await stage.ivan.ticks("Mailer Inc.")
    stage.anna.got("[#1]")
    await stage.expects(Status.FULFILLED)


@story("Paul in California: do not sell or share. No code, and fifteen business days.")
async def do_not_sell(stage: Stage) -> None:
    await stage.paul.writes(
        "I live in California. Under the CCPA: do not sell or share my personal information.", "Do not sell"
    )
    [ticket] = await stage.expects_tickets("optout_sale")
    stage.true(ticket.dates is not None and ticket.dates.regime == "ccpa", "not counted by California's law")
    stage.paul.got("[#1]")
    await stage.ivan.ticks("Mailer Inc.")
    await stage.expects(Status.FULFILLED)
