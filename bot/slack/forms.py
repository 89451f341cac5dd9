"""The forms of staff: what each asks, and the event that comes of what was written."""

from collections.abc import Callable

from bot.slack import clock_forms, ending_forms, trust_forms
from bot.slack.acts import TASK_DONE
from bot.slack.blocks import Json, context, field, modal, plain, section, typed
from bot.slack.cards import Look, title
from bot.slack.clock_forms import received_day
from bot.slack.form_kit import COLLEAGUES_READ, LEAST, THE_PERSON_READS, Form, Invalid, Written
from bot.slack.refs import Ref, packed
from responders.case import events as e
from responders.case.ticket import Identity, Ticket
from responders.work_steps import COPIES

ALL_READ = "The person gave no mail address: this is posted in the customers' channel, for all to read."


def view(name: str, ticket: Ticket, look: Look, more: str = "") -> Json:
    """The form `name` for a ticket as it stands now. `more` is the processor of a task."""
    form = FORMS[name]
    received = received_day(ticket, look)
    data = packed(Ref(ticket.number, ticket.version), more=more, country=ticket.country or "", received=received)
    blocks = [context([plain(title(ticket))]), *form.fields(ticket, look, more)]
    return modal(form.heading, blocks, name=f"staff:{name}", data=data, submit=form.submit, close="Cancel")


def one_text(name: str, label: str, hint: str, *, least: int = 0) -> Callable[[Ticket, Look, str], list[Json]]:
    """A form of one text."""

    def fields(_ticket: Ticket, _look: Look, _more: str) -> list[Json]:
        return [field(name, label, typed(lines=True, least=least), hint=hint)]

    return fields


def answer_fields(ticket: Ticket, look: Look, more: str) -> list[Json]:
    """The answer, and who will read it."""
    in_chat = ticket.person.address is None and ticket.person.thread is not None
    return one_text("answer", "Your answer", ALL_READ if in_chat else THE_PERSON_READS)(ticket, look, more)


def task_fields(ticket: Ticket, _look: Look, processor: str) -> list[Json]:
    """What shows that it is done, and for copies what the answer will say."""
    blocks = [section(plain(f"{processor}: done?"))]
    blocks.append(field("proof", "What shows it?", typed(most=500), hint=COLLEAGUES_READ))
    if ticket.right in COPIES:
        hint = "Goes to the person by mail, and is not posted here. Leave empty if nothing was found there."
        blocks.append(field("found", "What the answer will say", typed(lines=True), hint=hint, optional=True))
    return blocks


def task_done(written: Written) -> e.Event:
    return e.TaskDone(written.by, written.more["more"], written.text("proof"), written.values.get("found", ""))


def asked_person(written: Written) -> e.Event:
    """The person is asked at the address on file. Raises Invalid for what is no plain address."""
    address = written.values.get("address", "")
    if problem := trust_forms.wrong_address(address):
        raise Invalid(address=problem)
    right, language = written.values.get("right", ""), written.values.get("language", "")
    return trust_forms.asked_person(written.by, written.text("agent"), address, right, language)


FORMS: dict[str, Form] = {
    "part": Form("Approve a part", "Approve", ending_forms.part_fields, ending_forms.part),
    "decide": Form("Decide", "Send", ending_forms.decide_fields, ending_forms.decided),
    "lift": Form("Lift the restriction", "Tell the person", ending_forms.lift_fields, ending_forms.lifted),
    "refuse": Form("Refuse", "Refuse", ending_forms.refuse_fields, ending_forms.refused),
    "ask": Form(
        "Ask the person",
        "Send",
        clock_forms.ask_fields,
        clock_forms.asked,
    ),
    "answer": Form(
        "Answer",
        "Send",
        answer_fields,
        lambda w: e.StaffAnswered(w.by, w.text("answer")),
    ),
    "confirm": Form(
        "Confirm identity",
        "Confirm",
        one_text("how", "How do you know who this is?", f"{COLLEAGUES_READ} Say how, not what."),
        lambda w: e.IdentityConfirmed(Identity.STAFF, w.by, w.text("how")),
    ),
    "extend": Form(
        "Extend",
        "Extend",
        one_text("reason", "Why does it take longer?", THE_PERSON_READS, least=LEAST),
        lambda w: e.StaffExtended(w.by, w.reason()),
    ),
    "correct": Form("Correct", "Save", clock_forms.correct_fields, clock_forms.corrected),
    "fact": Form(
        "Ask for a fact",
        "Send",
        lambda ticket, _look, _more: trust_forms.fact_fields(ticket),
        lambda w: e.StaffAskedFact(w.by, w.text("doubt"), w.text("fact")),
    ),
    "seen": Form(
        "Confirm what you saw",
        "Confirm",
        lambda ticket, _look, _more: trust_forms.confirm_fields(ticket),
        lambda w: e.FactConfirmed(w.by, w.text("how"), documents=w.values.get("seen") == "documents"),
    ),
    "person": Form(
        "Ask the person",
        "Send the code",
        lambda ticket, _look, _more: trust_forms.person_fields(ticket),
        asked_person,
    ),
    "forward": Form(
        "Held for a client",
        "Forward",
        lambda ticket, _look, _more: trust_forms.forward_fields(ticket),
        lambda w: e.StaffForwarded(w.by, w.text("client"), own_data=w.values.get("own") == "yes"),
    ),
    TASK_DONE: Form("Task done", "Done", task_fields, task_done),
}
