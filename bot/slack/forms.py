"""The forms of staff: what each asks, and the event that comes of what was written."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from bot.slack import trust_forms
from bot.slack.acts import TASK_DONE
from bot.slack.blocks import Json, context, cut, field, marked, menu, modal, options, plain, section, typed
from bot.slack.cards import Look, title
from bot.slack.refs import Ref, packed
from intents.rights import Intent
from responders.case import events as e
from responders.case.ticket import Identity, Ticket
from responders.law.choose import LawClues, applicable
from responders.law.load import laws
from responders.law.regime import FurtherRight
from responders.law.remedies import refusal_grounds
from responders.letters.reasons import why_no_reason
from responders.work_steps import COPIES

THE_PERSON_READS = "The person will read this."
CLOCK_RUNS = "The time to answer runs on."
COLLEAGUES_READ = "Your colleagues read this on the card: no personal data."
LEAST = 20
"""Characters that Slack's own form asks of a reason; `responders.letters.reasons` has the last word."""
COUNTRY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


class Invalid(Exception):
    """What was written can't be used: `errors` maps the field's block_id to a sentence."""

    def __init__(self, **errors: str) -> None:
        super().__init__(str(sorted(errors)))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote into a form, by block_id; "" where they left a field empty."""

    values: Mapping[str, str]
    by: str
    more: Mapping[str, str]
    """What the form carried along: the processor of a task, and what stood in the fields at first."""
    now: datetime
    look: Look

    def text(self, name: str) -> str:
        """A field's text. Raises Invalid where there is none."""
        found = self.values.get(name, "").strip()
        if not found:
            raise Invalid(**{name: "Please write something."})
        return found

    def reason(self) -> str:
        """A reason that the person can be given. Raises Invalid where it is none."""
        problem = why_no_reason(self.values.get("reason", ""))
        if problem is not None:
            raise Invalid(reason=problem)
        return self.text("reason")


@dataclass(frozen=True, slots=True)
class Form:
    """One form. `fields` are its blocks for a ticket; `event` is what follows; it raises Invalid."""

    heading: str
    submit: str
    fields: Callable[[Ticket, Look, str], list[Json]]
    event: Callable[[Written], e.Event]


def view(name: str, ticket: Ticket, look: Look, more: str = "") -> Json:
    """The form `name` for a ticket as it stands now. `more` is the processor of a task."""
    form = FORMS[name]
    received = received_day(ticket, look)
    data = packed(Ref(ticket.number, ticket.version), more=more, country=ticket.country or "", received=received)
    blocks = [context([plain(title(ticket))]), *form.fields(ticket, look, more)]
    return modal(form.heading, blocks, name=f"staff:{name}", data=data, submit=form.submit, close="Cancel")


def entered(state: Json) -> dict[str, str]:
    """`view.state.values` as block_id to text."""
    found = {}
    for block_id, elements in state.items():
        for element in elements.values():
            option = element.get("selected_option") or {}
            value = element.get("value") or element.get("selected_date") or option.get("value") or ""
            found[str(block_id)] = str(value)
    return found


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


def one_text(name: str, label: str, hint: str, *, least: int = 0) -> Callable[[Ticket, Look, str], list[Json]]:
    """A form of one text."""

    def fields(_ticket: Ticket, _look: Look, _more: str) -> list[Json]:
        return [field(name, label, typed(lines=True, least=least), hint=hint)]

    return fields


def correct_fields(ticket: Ticket, look: Look, _more: str) -> list[Json]:
    """Where the person lives, the leading law, the day of receipt; what is left empty stays."""
    here = {"type": "plain_text_input", "action_id": "text", "max_length": 6}
    here |= {"initial_value": ticket.country} if ticket.country else {}
    known = sorted((law.title, name) for name, law in laws().items() if not only_breach(name))
    law = menu("law", "Leave empty to follow from the country", options((name, label) for label, name in known))
    day = {"type": "datepicker", "action_id": "day", "initial_date": received_day(ticket, look)}
    return [
        field("country", "Lives in", here, hint="ISO code: DE, US-CA, GB-NIR", optional=True),
        field("law", "Counted by", law, optional=True),
        field("received", "Received on", day, optional=True),
    ]


def received_day(ticket: Ticket, look: Look) -> str:
    """The day of receipt in the house's zone, as Slack writes days."""
    return ticket.received_at.astimezone(ZoneInfo(look.tz)).date().isoformat()


def only_breach(name: str) -> bool:
    """Whether a law dates nothing but notices of breaches."""
    return all(set(rule.rights) <= {FurtherRight.BREACH_NOTICE} for rule in laws()[name].rules)


def corrected(written: Written) -> e.Event:
    """The event keeps what was not changed; a new country brings the laws that apply there."""
    country = written.values.get("country", "").strip().upper()
    if country and not COUNTRY.fullmatch(country):
        raise Invalid(country="Please write an ISO code, like DE or US-CA.")
    received = received_at(written)
    chosen = written.values.get("law", "")
    regimes: tuple[str, ...] = (chosen,) if chosen else ()
    if country and country != written.more.get("country", "") and not chosen:
        day = (received or written.now).date()
        regimes = applicable(LawClues(received=day, staff=country))
    return e.StaffCorrected(written.by, country or None, regimes, received)


def received_at(written: Written) -> datetime | None:
    """Noon of a corrected day in the house's zone; None where it was not changed. Raises Invalid for the future."""
    day = written.values.get("received", "")
    if not day or day == written.more.get("received", ""):
        return None
    found = datetime.combine(date.fromisoformat(day), time(12), ZoneInfo(written.look.tz)).astimezone(UTC)
    if found.date() > written.now.astimezone(ZoneInfo(written.look.tz)).date():
        raise Invalid(received="This day has not come yet.")
    return min(found, written.now)


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


def ask_fields(ticket: Ticket, _look: Look, _more: str) -> list[Json]:
    """The question, and for a copy of the data what it is about: the law may stop its clock by that."""
    blocks = [field("question", "Your question", typed(lines=True), hint=f"{THE_PERSON_READS} {CLOCK_RUNS}")]
    if ticket.right is Intent.ACCESS:
        kinds = [(e.About.CLARIFICATION.value, "Which data the request is about"), (e.About.COST.value, "Its cost")]
        about = menu("about", "Something else", options(kinds))
        hint = "In the United Kingdom the days of a clarification do not count, in Switzerland those of a cost share."
        blocks.append(field("about", "Is it about", about, hint=hint, optional=True))
    return blocks


def asked(written: Written) -> e.Event:
    about = e.About(written.values.get("about") or e.About.REQUEST)
    return e.StaffAsked(written.by, written.text("question"), about)


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


def asked_person(written: Written) -> e.Event:
    """The person is asked at the address on file. Raises Invalid for what is no plain address."""
    address = written.values.get("address", "")
    if problem := trust_forms.wrong_address(address):
        raise Invalid(address=problem)
    right, language = written.values.get("right", ""), written.values.get("language", "")
    return trust_forms.asked_person(written.by, written.text("agent"), address, right, language)


FORMS: dict[str, Form] = {
    "part": Form("Approve a part", "Approve", part_fields, part),
    "decide": Form("Decide", "Send", decide_fields, decided),
    "lift": Form("Lift the restriction", "Tell the person", lift_fields, lifted),
    "refuse": Form("Refuse", "Refuse", refuse_fields, refused),
    "ask": Form(
        "Ask the person",
        "Send",
        ask_fields,
        asked,
    ),
    "answer": Form(
        "Answer",
        "Send",
        one_text("answer", "Your answer", THE_PERSON_READS),
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
    "correct": Form("Correct", "Save", correct_fields, corrected),
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
