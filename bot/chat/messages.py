"""The bot's messages and forms in the customers' channel. Pure: a ticket and a phrase in, blocks out."""

import json

from bot.chat.phrases import say
from bot.slack.blocks import Json, actions, button, field, modal, plain, section, typed
from intents.rights import Intent
from responders.case.ticket import Ticket

ADDRESS, CODE, NEW_CODE = "chat_address", "chat_code", "chat_new_code"
"""Action ids of the buttons; the first two are also the names of the forms they open."""
QUOTE = 2900
QUOTES = 5
"""A quote is shown in at most so many pieces of so many characters."""


def message(ticket: Ticket, phrase: str, quote: str) -> list[Json]:
    """A sentence with its quote and its buttons."""
    blocks = [section(plain(say(phrase, ticket.language)))]
    pieces = [quote[at : at + QUOTE] for at in range(0, len(quote), QUOTE)][:QUOTES]
    blocks += [section(plain(piece)) for piece in pieces]
    names = buttons_for(ticket, phrase)
    if names:
        blocks.append(actions([button(name, label(name, ticket.language), str(ticket.number)) for name in names]))
    return blocks


def buttons_for(ticket: Ticket, phrase: str) -> tuple[str, ...]:
    """Which buttons stand under a sentence."""
    match phrase:
        case "ask_address":
            return (ADDRESS,)
        case "code_sent" | "code_wrong":
            return (CODE, NEW_CODE)
        case "staff_will_answer" if ticket.right is Intent.QUESTION and ticket.person.address is None:
            return (ADDRESS,)  # staff's own words go by mail
        case _:
            return ()


def label(name: str, language: str) -> str:
    """The words on a button."""
    return say(f"button_{name.removeprefix('chat_')}", language)


def form(name: str, ticket: Ticket) -> Json:
    """The form for the address or the code, in the person's language."""
    what, language = name.removeprefix("chat_"), ticket.language
    most = 254 if name == ADDRESS else 40
    hint = say(f"form_{what}_hint", language)
    return modal(
        say("form_title", language),
        [field(what, say(f"form_{what}", language), typed(most=most), hint=hint)],
        name=name,
        data=json.dumps({"ticket": ticket.number, "language": language}),
        submit=say("form_send", language),
        close=say("form_close", language),
    )


def word(phrase: str, language: str) -> Json:
    """A modal that says one sentence."""
    closing = say("form_close", language)
    return modal(say("form_title", language), [section(plain(say(phrase, language)))], close=closing)
