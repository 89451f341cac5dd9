"""The forms by which staff look harder at who is asking: a fact, a confirmation, an agent's person, a client."""

from bot.slack.blocks import Json, field, menu, options, typed
from bot.slack.words import RIGHTS as RIGHT_WORDS
from intents.rights import RIGHTS, Intent
from intents.sender import one_address
from responders.case import events as e
from responders.case.ticket import Ticket
from responders.letters.files import LANGUAGES

ON_FILE = "the address the letter names is the one on file"


def fact_fields(_ticket: Ticket) -> list[Json]:
    """The doubt and the question; the person reads both."""
    return [
        field("doubt", "Why are we not sure yet?", typed(lines=True), hint="The person will read this."),
        field(
            "fact", "Your question", typed(lines=True), hint="One fact that an impostor would not know. No documents."
        ),
    ]


def confirm_fields(_ticket: Ticket) -> list[Json]:
    """How it was confirmed, and whether documents were seen."""
    seen = options(
        (("fact", "A fact, compared in our own systems"), ("documents", "Documents, a permission, a log-in"))
    )
    return [
        field("seen", "What did you see?", menu("seen", "Choose one", seen)),
        field("how", "How did you confirm it?", typed(most=300), hint="Say how, not what: colleagues read this."),
    ]


def person_fields(ticket: Ticket) -> list[Json]:
    """Who says to act for the person, and where the person is on file."""
    named = ticket.data.get("agent", "")
    agent = typed(most=150) | ({"initial_value": named} if named else {})
    languages = menu("language", "As in the letter", options((each, each) for each in LANGUAGES))
    fields = [
        field("agent", "Who says to act for them?", agent, hint="The person will read this."),
        field("address", "Their address on file", typed(most=254), hint=f"Empty: {ON_FILE}.", optional=True),
        field("language", "Their language", languages, optional=True),
    ]
    if ticket.right is Intent.OTHER:
        rights = options((right.value, RIGHT_WORDS[right]) for right in RIGHTS)
        fields.append(field("right", "What is asked for?", menu("right", "Choose one", rights)))
    return fields


def forward_fields(_ticket: Ticket) -> list[Json]:
    """The client, and whether we hold data of our own as well."""
    both = options((("no", "No, only for the client"), ("yes", "Yes: a linked ticket for the client's part")))
    return [
        field("client", "Held for which client?", typed(most=150), hint="The person will read this name."),
        field("own", "Do we hold data of our own about them too?", menu("own", "Choose one", both)),
    ]


def wrong_address(text: str) -> str | None:
    """What is wrong with an address on file; None where it is plain, or left empty."""
    plain_enough = not text.strip() or one_address(text.strip()) is not None
    return None if plain_enough else "Please write one plain mail address."


def asked_person(by: str, agent: str, address: str, right: str, language: str) -> e.StaffAskedPerson:
    """The event of the filled form."""
    return e.StaffAskedPerson(by, agent, address.strip(), Intent(right) if right else None, language)
