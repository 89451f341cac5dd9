"""Data corrected, and data frozen."""

from bot.demo.stories.shelf import story
from bot.demo.stories.stage import Stage
from responders.case.ticket import Status


@story("Anna has moved: her address is corrected at Mailer Inc. and at Parcelway.")
async def rectify(stage: Stage) -> None:
    await stage.anna.writes("The address you have is wrong. Please correct my address to Oak Lane 7.", "My address")
    await stage.expects_tickets("rectify")
    stage.anna.got("simply reply")
    await stage.anna.answers_with_the_code()
    stage.anna.got("[#1]")
    await stage.olga.approves()
    await stage.ivan.ticks("Mailer Inc.")
    await stage.expects(Status.DOING)
    await stage.ivan.ticks("Parcelway")
    stage.anna.got("correct", "Parcelway")
    await stage.expects(Status.FULFILLED)


@story("Anna disputes what is held about her, and has it frozen until that is settled.")
async def restrict(stage: Stage) -> None:
    await stage.anna.writes("Please restrict the use of my data while you check whether they are right.")
    await stage.expects_tickets("restrict")
    stage.anna.got("simply reply")
    await stage.anna.answers_with_the_code()
    stage.anna.got("[#1]")
    await stage.olga.approves()
    await stage.ivan.ticks("Mailer Inc.")
    stage.anna.got("[#1]", "restrict")
    await stage.expects(Status.FULFILLED)
