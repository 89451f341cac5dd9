"""What every form of staff is made of: its fields, what was written into it, and what is wrong with that."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.slack.blocks import Json
from bot.slack.cards import Look
from responders.case import events as e
from responders.case.ticket import Ticket
from responders.letters.reasons import why_no_reason

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


def entered(state: Json) -> dict[str, str]:
    """`view.state.values` as block_id to text."""
    found = {}
    for block_id, elements in state.items():
        for element in elements.values():
            option = element.get("selected_option") or {}
            value = element.get("value") or element.get("selected_date") or option.get("value") or ""
            found[str(block_id)] = str(value)
    return found
