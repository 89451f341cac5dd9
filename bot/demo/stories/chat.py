"""The customers' chat: the request in the channel, address and code in forms that only their writer sees."""

from bot.demo.cast import ANNA
from bot.demo.servers.slack_things import HELP
from bot.demo.stories.shelf import story
from bot.demo.stories.stage import Stage
from bot.demo.stories.words import code_in
from responders.case.ticket import Status


@story("Anna asks in the chat: address and code go through forms, the answer comes by mail.")
async def chat(stage: Stage) -> None:
    await stage.anna.says_in_chat("Please erase everything you hold about me.")
    await stage.expects(Status.IDENTIFYING)
    stage.expects_in_slack("mail address", channel=HELP)
    stage.true("address" in await stage.anna.fills_in("chat_address", {"address": "anna at home"}), "it took anything")
    await stage.anna.fills_in("chat_address", {"address": ANNA})
    mail = stage.anna.got("code")
    await stage.anna.fills_in("chat_code", {"code": code_in(mail) or ""})
    stage.anna.got("[#1]")
    await stage.expects(Status.DECIDING)
    stage.true(ANNA not in stage.channel_text(HELP), "her address stands in the channel")
    await stage.olga.approves()
    stage.anna.got("STOP")


@story("Anna asks a question in the chat; the policy answers in the thread.")
async def chat_question(stage: Stage) -> None:
    await stage.anna.says_in_chat("How long do you keep my invoices?")
    stage.expects_in_slack("We keep invoices for ten years", channel=HELP)
    await stage.expects(Status.FULFILLED)
