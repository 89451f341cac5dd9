"""What staff do: refuse with a reason, click twice, ask the person, sort what nobody is sure of."""

from bot.demo.stories.erasure import ERASE
from bot.demo.stories.shelf import story
from bot.demo.stories.stage import Stage
from responders.case.ticket import Status

REASON = "You ordered on 1 March, and we need your address until the parcel has arrived. Please ask again in April."


async def decidable(stage: Stage) -> None:
    """Anna's erasure, her identity confirmed."""
    await stage.anna.writes(ERASE)
    stage.anna.got("simply reply")
    await stage.anna.answers_with_the_code()
    stage.anna.got("[#1]")
    await stage.expects(Status.DECIDING)


@story("Olga refuses: a reason too short is sent back by the form, a real one goes to Anna with her remedies.")
async def refusal(stage: Stage) -> None:
    await decidable(stage)
    errors = await stage.olga.refuses("No.")
    stage.true("reason" in errors, "the form took a reason of one word")
    await stage.expects(Status.DECIDING)
    await stage.olga.refuses(REASON)
    stage.anna.got("until the parcel has arrived", "authority")
    await stage.expects(Status.REFUSED)


@story("Olga and Ivan both click Approve: the second click does nothing and says who was first.")
async def two_clicks(stage: Stage) -> None:
    await decidable(stage)
    seen = stage.card(1).as_slack()
    await stage.olga.approves()
    stage.anna.got("STOP")
    await stage.ivan.clicks("approve", seen=seen)
    stage.ivan.heard("has changed", "Olga")
    stage.anna.got_nothing()
    await stage.expects(Status.WAITING)


@story("Olga asks Anna which account she means; Anna answers, and it goes on.")
async def a_question_back(stage: Stage) -> None:
    await decidable(stage)
    await stage.olga.asks("You have two accounts with us. Do you mean both?")
    stage.anna.got("Do you mean both?")
    await stage.expects(Status.ASKING)
    await stage.anna.answers("Both of them, please.")
    await stage.expects(Status.DECIDING)
    await stage.olga.approves()
    stage.anna.got("STOP")


@story("A letter that nobody is sure of: staff say what it asks, and it goes on as if it had been read so.")
async def nobody_is_sure(stage: Stage) -> None:
    await stage.anna.writes("I have a privacy request regarding my personal data.")
    await stage.expects(Status.UNCLEAR)
    stage.anna.got_nothing()
    await stage.olga.sorts("erase")
    stage.anna.got("erasure", "simply reply")
    await stage.expects(Status.IDENTIFYING)
