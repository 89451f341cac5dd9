"""Forms that end a request, or a part of it: refused, approved in part, decided, lifted."""

from datetime import date

from bot.slack.blocks import Json, cut, field, marked, menu, options, plain, section, typed
from bot.slack.cards import Look
from bot.slack.form_kit import LEAST, THE_PERSON_READS, Written
from responders.case import events as e
from responders.case.ticket import Ticket
from responders.law.remedies import refusal_grounds


def refuse_fields(ticket: Ticket, _look: Look, _more: str) -> list[Json]:
    """The law's grounds, where the leading law names any, and the reason."""
    blocks = [section(marked(f":warning: *{THE_PERSON_READS}*"))]
    grounds = refusal_grounds(ticket.dates.regime, ticket.dates.right) if ticket.dates else ()
    if grounds:
        choices = options((ground.code, ground.code) for ground in grounds)
        for choice, ground in zip(choices, grounds, strict=False):
            choice["text"] = plain(cut(f"{ground.code.replace('_', ' ')}: {ground.source}", 75))
            choice["description"] = plain(cut(ground.text, 75))
        blocks.append(field("ground", "Ground in law", menu("ground", "Choose one", choices)))
    hint = "Say what was asked, why it is refused, and what they can do now."
    blocks.append(field("reason", "Reason", typed(lines=True, least=LEAST), hint=hint))
    return blocks


def refused(written: Written) -> e.Event:
    return e.StaffRefused(written.by, written.reason(), written.values.get("ground", ""))


def part_fields(ticket: Ticket, look: Look, more: str) -> list[Json]:
    """What is done and what is not, with the ground and the reason."""
    one_a_line = f"{THE_PERSON_READS} One item a line."
    return [
        field("granted", "This is done", typed(lines=True), hint=one_a_line),
        field("refused", "This is refused", typed(lines=True), hint=one_a_line),
        *refuse_fields(ticket, look, more)[1:],
    ]


def part(written: Written) -> e.Event:
    granted, refused_ = written.text("granted"), written.text("refused")
    return e.StaffApprovedPart(written.by, granted, refused_, written.reason(), written.values.get("ground", ""))


def decide_fields(_ticket: Ticket, _look: Look, _more: str) -> list[Json]:
    """The outcome of an appeal or a complaint, and the reasons in writing."""
    outcomes = options((outcome.value, outcome.value.capitalize()) for outcome in e.Outcome)
    return [
        field("outcome", "Outcome", menu("outcome", "Choose one", outcomes)),
        field("reason", "Reasons", typed(lines=True, least=LEAST), hint=THE_PERSON_READS),
    ]


def decided(written: Written) -> e.Event:
    return e.StaffDecidedDispute(written.by, e.Outcome(written.text("outcome")), written.reason())


def lift_fields(_ticket: Ticket, _look: Look, _more: str) -> list[Json]:
    """The day on which the restriction ends, and why."""
    day = {"type": "datepicker", "action_id": "day"}
    return [
        field("on", "The restriction ends on", day, hint="The person is told now, before it ends."),
        field("reason", "Reason", typed(lines=True, least=LEAST), hint=THE_PERSON_READS),
    ]


def lifted(written: Written) -> e.Event:
    return e.StaffAnnouncedLifting(written.by, date.fromisoformat(written.text("on")), written.reason())
