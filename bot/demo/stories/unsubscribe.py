"""Stop the mailings: done at once, never a code, confirmed once."""

from bot.demo.stories.shelf import story
from bot.demo.stories.stage import Stage
from responders.case.ticket import Status


@story("Anna wants no more newsletters; it is done at once, and Ivan sees that Mailer Inc. does its part.")
async def unsubscribe(stage: Stage) -> None:
    await stage.anna.writes("Please unsubscribe me from your newsletter.", "Newsletter")
    letter = stage.anna.got("Opterre News", "Re: Newsletter [#1]")
    stage.true("code" not in letter.text.casefold(), "a code was asked for")
    await stage.expects(Status.DOING)
    await stage.ivan.ticks("Mailer Inc.")
    await stage.expects(Status.FULFILLED)
    stage.anna.got_nothing()


@story("Anna asks twice: one ticket, and she is told how it stands.")
async def unsubscribe_twice(stage: Stage) -> None:
    await stage.anna.writes("Please unsubscribe me from your newsletter.", "Newsletter")
    stage.anna.got("Opterre News")
    await stage.anna.writes("Please unsubscribe me from your newsletter.", "Newsletter, again")
    stage.anna.got("[#1]")
    await stage.expects_tickets("unsubscribe")
