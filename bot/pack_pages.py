"""The pack's page and its JSON, out of what was gathered. Pure; text of letters is data and is escaped."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.pages import pages
from intents.rights import Intent
from responders.case.ticket import Identity, Mark, Status, Ticket
from responders.law.dates import Deadlines
from responders.law.load import laws
from responders.reminding import said

if TYPE_CHECKING:
    from bot.pack import LogLine, Pack

DRP_VERSION = "0.9"
EXERCISE = {
    Intent.ACCESS: "access",
    Intent.PORTABILITY: "access",
    Intent.ERASE: "deletion",
    Intent.OPTOUT_SALE: "sale:opt-out",
}
"""The rights that the Data Rights Protocol has a word for; the others keep ours."""
IDENTITIES = {
    Identity.NOT_NEEDED: "Not asked for: this right may not be made to depend on it.",
    Identity.OPEN: "Not confirmed.",
    Identity.MAILBOX: "A one-time code came back from the address that the data belongs to: control of that mailbox.",
    Identity.FACT: "The code came back, and one fact that an impostor would not know was compared by staff.",
    Identity.STAFF: "Confirmed by staff, as below.",
}
TONES = {Status.FULFILLED: "good", Status.REFUSED: "bad", Status.EXPIRED: "bad"}
PROOF = ("the code came back", "identity confirmed", "confirmed:", "asked the person for one fact", "a code came back")


def index_page(pack: "Pack") -> str:
    """The page: opens without a network, prints well."""
    ticket = pack.ticket
    status, reason = ticket.status.drp
    return (
        pages()
        .get_template("pack.html")
        .render(
            company=pack.house.company,
            number=ticket.number,
            title=title(ticket),
            status=ticket.status.value,
            tone=TONES.get(ticket.status, "warm"),
            drp=status + (f" ({reason})" if reason else ""),
            facts=list(facts_of(ticket)),
            laws=[law_of(each) for each in (ticket.dates, *ticket.other_dates) if each is not None],
            identity=IDENTITIES.get(ticket.identity, ticket.identity.value),
            proofs=[mark_of(mark) for mark in ticket.marks if mark.what.startswith(PROOF)],
            tasks=[
                {
                    "processor": task.processor,
                    "how": task.how,
                    "done": f"{moment(task.done_at)} by {task.done_by}" if task.done_at else "",
                    "proof": task.proof,
                }
                for task in ticket.tasks
            ],
            timeline=[mark_of(mark) for mark in ticket.marks],
            letters=[
                {
                    "ours": each.ours,
                    "at": moment(each.at),
                    "who": each.who,
                    "subject": each.subject,
                    "text": each.text,
                    "note": each.note,
                    "file": each.file,
                }
                for each in pack.letters
            ],
            log={"broken": pack.broken is not None, "verdict": verdict(pack), "lines": [line_of(x) for x in pack.log]},
            written=moment(pack.written),
        )
    )


def title(ticket: Ticket) -> str:
    """ "erase", or "appeal against ticket 3 (erase)"."""
    right = ticket.right.value.replace("_", " ")
    return f"{ticket.dispute} against ticket {ticket.disputes} ({right})" if ticket.dispute else right


def facts_of(ticket: Ticket) -> Iterator[tuple[str, str]]:
    """What was asked, by whom, when and how."""
    person = ticket.person
    yield "Person", ", ".join(each for each in (person.name, person.address) if each) or "not known"
    if person.writer and person.writer != person.address:
        yield "Written by", person.writer
    yield "Received", f"{moment(ticket.received_at)} UTC, by {ticket.channel.value}"
    yield "Lives in", ticket.country or "not known: the strictest periods were taken"
    yield "Language", ticket.language
    yield "Rights in the letter", ", ".join(right.value for right in ticket.rights) or ticket.right.value
    if ticket.linked:
        yield "Linked tickets", ", ".join(map(str, ticket.linked))
    if ticket.acknowledged_at:
        yield "Acknowledged", f"{moment(ticket.acknowledged_at)} UTC"
    for name, at in ticket.happenings:
        yield name.replace("_", " ").capitalize(), f"{moment(at)} UTC"
    if ticket.closed_at:
        yield "Closed", f"{moment(ticket.closed_at)} UTC"
    if person.partly:
        yield "Refused part", f"{person.partly.refused}: {person.partly.reason}"


def law_of(dates: Deadlines) -> dict[str, Any]:
    """One law's dates."""
    named = {
        "Answer by": dates.answer_by,
        "First period ends": dates.due if dates.extended else None,
        "Acknowledge by": dates.ack_by,
        "Tell of an extension by": dates.extension_notice_by if not dates.extended else None,
        "Last working day": dates.remind_by,
    }
    days = [(name, said(day)) for name, day in named.items() if day is not None]
    steps = [{"text": step.text, "source": step.source} for step in dates.working]
    binding = {"law": "", "promise": ", a promise of the company", "house": ", a rule of the house"}
    return {"title": laws()[dates.regime].title + binding[dates.binding.value], "days": days, "steps": steps}


def mark_of(mark: Mark) -> dict[str, str]:
    """One line of the timeline."""
    return {"at": moment(mark.at), "by": mark.by, "what": mark.what}


def line_of(line: "LogLine") -> dict[str, Any]:
    """One line of the log."""
    frm, to = line.facts.get("from"), line.facts.get("to")
    what = line.kind if to is None or frm == to else f"{line.kind}: {frm or 'new'} → {to}"
    if letter := line.facts.get("letter"):
        what = f"{line.kind}: {letter}"
    return {"seq": line.seq, "at": moment(line.at), "what": what, "by": line.by, "hash": line.hash}


def verdict(pack: "Pack") -> str:
    """Whether the whole log is whole."""
    if pack.broken is None:
        return f"The log is whole: all {pack.checked} lines fit together."
    return f"The log is broken at line {pack.broken}; the {pack.checked} lines before it are whole."


def moment(at: datetime | None) -> str:
    """ "2026-03-02 15:04"."""
    return f"{at:%Y-%m-%d %H:%M}" if at else ""


def ticket_json(pack: "Pack") -> str:
    """The same as JSON: the Data Rights Protocol's words first, then what it has none for."""
    ticket = pack.ticket
    status, reason = ticket.status.drp
    return json.dumps(
        {
            "meta": {"version": DRP_VERSION},
            "data_rights_request": {
                "exercise": EXERCISE.get(ticket.right, ticket.right.value),
                "regime": "ccpa" if ticket.dates and ticket.dates.regime == "ccpa" else "voluntary",
                "issued_at": ticket.received_at.isoformat(),
            },
            "data_rights_status": {
                "request_id": str(ticket.number),
                "received_at": ticket.received_at.isoformat(),
                "expected_by": ticket.due_at.isoformat() if ticket.due_at else None,
                "processing_details": ticket.status.value,
                "status": status,
                "reason": reason,
            },
            "rightsdesk": own_words(pack),
        },
        ensure_ascii=False,
        indent=2,
    )


def own_words(pack: "Pack") -> dict[str, Any]:
    """What the protocol has no words for."""
    ticket = pack.ticket
    return {
        "written_at": pack.written.isoformat(),
        "facts": dict(facts_of(ticket)),
        "right": ticket.right.value,
        "dispute": ticket.dispute.value if ticket.dispute else None,
        "identity": ticket.identity.value,
        "dates": [
            {
                "law": d.regime,
                "binding": d.binding.value,
                "ack_by": iso(d.ack_by),
                "due": iso(d.due),
                "extended_due": iso(d.extended_due) if d.extended else None,
                "remind_by": iso(d.remind_by),
                "answer_at": d.answer_at.isoformat(),
                "working": [str(step) for step in d.working],
            }
            for d in (ticket.dates, *ticket.other_dates)
            if d is not None
        ],
        "tasks": [
            {"processor": t.processor, "how": t.how, "done_at": iso(t.done_at), "done_by": t.done_by, "proof": t.proof}
            for t in ticket.tasks
        ],
        "timeline": [{"at": m.at.isoformat(), "by": m.by, "what": m.what} for m in ticket.marks],
        "letters": [
            {"ours": x.ours, "at": x.at.isoformat(), "who": x.who, "subject": x.subject, "note": x.note, "file": x.file}
            for x in pack.letters
        ],
        "log": {
            "whole": pack.broken is None,
            "first_broken": pack.broken,
            "lines_checked": pack.checked,
            "lines": [
                {
                    "seq": x.seq,
                    "at": x.at.isoformat(),
                    "kind": x.kind,
                    "by": x.by,
                    "facts": dict(x.facts),
                    "hash": x.hash,
                }
                for x in pack.log
            ],
        },
    }


def iso(value: Any) -> str | None:
    """A day or a moment in ISO 8601."""
    return value.isoformat() if value is not None else None
