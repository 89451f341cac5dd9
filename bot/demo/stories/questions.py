"""Questions: answered from the policy where it is sure, else by staff."""

from bot.demo.stories.shelf import story
from bot.demo.stories.stage import Stage
from responders.case.ticket import Status


@story("Anna asks how long invoices are kept: the policy says so, and so does the answer, word for word.")
async def question(stage: Stage) -> None:
    await stage.anna.writes("How long do you keep my invoices?", "A question")
    stage.anna.got("We keep invoices for ten years, because the tax law demands it.")
    await stage.expects(Status.FULFILLED)


@story("The policy is silent: Olga answers in her own words.")
async def question_for_staff(stage: Stage) -> None:
    await stage.anna.writes(
        "Do you use facial recognition on the photos of my personal data, and who looks at them?", "A question"
    )
    stage.anna.got("[#1]")
    await stage.expects(Status.ANSWERING)
    await stage.olga.replies("No. We have no photos of you, and nobody here uses such programs.")
    stage.anna.got("We have no photos of you")
    await stage.expects(Status.FULFILLED)
