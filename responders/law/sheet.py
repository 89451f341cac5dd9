"""The sheet of paper on which one request is counted, each line with the paragraph it stands on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from responders.law import workdays
from responders.law.counting import add_days, add_months, earliest_date, end_of_day, short, weekday
from responders.law.dates import Deadlines, Step
from responders.law.happenings import Happenings
from responders.law.regime import Calendar, Count, Law, Period, Right, Rule, Start

REFLECTION_DAYS = 10
HOUSE = "house rule"


@dataclass(slots=True)
class Sheet:
    """The sheet of paper on which one request is counted; `steps` grows as it goes."""

    law: Law
    rule: Rule
    right: Right
    country: str | None
    zones: Sequence[ZoneInfo]
    happened: Happenings
    receipt: date
    received: datetime
    steps: list[Step] = field(default_factory=list)

    def deadlines(self, *, extension: bool, verified: datetime | None) -> Deadlines:
        """All dates, with the steps in the order in which a person would count them."""
        rule, period = self.rule, self.rule.period
        self._say_receipt()
        if period is not None and period.count is Count.HOURS:
            return self._in_hours(period)
        start, ack_by = self._start(), self._acknowledge()
        if rule.cease:
            self._say(f"{short(self.receipt)}: the processing itself stops on the day of receipt", rule.cease_source)
        plain, due = self._end(start, period) if period else (ack_by, None)
        if plain is None:
            raise ValueError(f"{self.law.name}: a rule needs a period or an acknowledgement")
        remind_by, alt_due = self._remind(plain), self._alternative(plain) if due else None
        extended_unmoved, extended_due = self._extension(start, remind_by)
        self._say_remarks(verified)
        return Deadlines(
            regime=self.law.name,
            right=self.right,
            binding=rule.binding,
            received=self.received.astimezone(UTC),
            receipt_date=self.receipt,
            started=start,
            ack_by=ack_by,
            due=due,
            extended_due=extended_due,
            extension_notice_by=remind_by if extended_due else None,
            remind_by=remind_by,
            unmoved=plain,
            due_at=end_of_day(due or plain, self.zones),
            controller_tz=self.zones[0].key,
            extended=extension and extended_due is not None,
            extended_due_at=end_of_day(extended_due, self.zones) if extended_due else None,
            extended_remind_by=self._working_day_before(extended_unmoved) if extended_unmoved else None,
            extended_unmoved=extended_unmoved,
            cease_by=self.receipt if rule.cease else None,
            alt_due=alt_due,
            silence=rule.silence,
            working=tuple(self.steps),
        )

    def _say(self, text: str, source: str) -> None:
        self.steps.append(Step(text, source))

    def _say_receipt(self) -> None:
        names = " and ".join(dict.fromkeys(one.key for one in self.zones))
        which = "the earlier day of " if len({one.key for one in self.zones}) > 1 else "in "
        self._say(f"received {weekday(self.receipt)} {short(self.receipt)} {self.receipt.year} ({which}{names})", HOUSE)

    def _say_remarks(self, verified: datetime | None) -> None:
        if verified is not None and self.rule.verify:
            day = earliest_date(verified, self.zones)
            self._say(f"identity confirmed {short(day, self.receipt.year)}", self.rule.verify)
        if self.rule.silence:
            self._say("no answer in time counts as a refusal", self.rule.silence)
        if self.rule.note:
            self._say(self.rule.note, "")
        for name in self.happened.ignored:
            self._say(f"event {name!r} moves no clock", "")

    def _start(self) -> date:
        rule, happened = self.rule, self.happened
        start = self.receipt
        match rule.start:
            case Start.RECEIPT:
                return start
            case Start.SENT:
                start = min(start, happened.sent or start)
                why = "the letter was sent that day"
            case Start.RELEVANT_TIME:
                start = max(start, happened.id_answered or start, happened.fee_answered or start)
                why = "the last of request, identity shown and fee paid"
            case Start.COST_SHARE:
                if happened.cost_asked:
                    start = add_days(happened.cost_asked, REFLECTION_DAYS)
                why = f"{REFLECTION_DAYS} days of reflection after the share of the cost was announced"
        if start != self.receipt:
            self._say(f"the clock starts {short(start, self.receipt.year)}: {why}", rule.start_source)
        return start

    def _acknowledge(self) -> date | None:
        ack = self.rule.ack
        if ack is None:
            return None
        day = self._count(self.receipt, ack, self.rule.ack_calendar)
        self._say(f"acknowledge by {self._sum(self.receipt, ack)} = {weekday(day)} {self._day(day)}", ack.source)
        return day

    def _end(self, start: date, period: Period) -> tuple[date, date]:
        """The plain end (no pause, no roll, no holiday skipped), and the end that counts; writes the step."""
        rule = self.rule
        plain = self._count(start, period, Calendar.NONE)
        base = self._count(start, period, rule.calendar) if period.count is Count.BUSINESS_DAYS else plain
        paused = add_days(base, self._pause())
        end = workdays.next_working_day(paused, rule.calendar, self.country) if rule.roll else paused
        self._say_end(start, period, base, paused, end)
        return plain, end

    def _say_end(self, start: date, period: Period, base: date, paused: date, end: date) -> None:
        rule = self.rule
        text, sources = f"{self._sum(start, period)} = {self._day(base)}", [period.source]
        if paused != base:
            text += f" + {(paused - base).days} days of clarification = {self._day(paused)}"
            sources.append(rule.pause_source)
        if period.count is not Count.BUSINESS_DAYS:
            text += self._free_day(paused)
        if end != paused:
            text += f" → {weekday(end)} {self._day(end)}"
            sources.append(rule.roll_source)
        elif text.endswith(")"):
            text += ", not moved"
        self._say(text, ", ".join(sources))

    def _free_day(self, day: date) -> str:
        calendar = self.rule.calendar if self.rule.roll else Calendar.NONE
        name = workdays.holiday(day, calendar, self.country)
        if name is not None:
            return f" ({weekday(day)}, {name})"
        return f" ({weekday(day)})" if day.weekday() >= workdays.SATURDAY else ""

    def _pause(self) -> int:
        """Days that do not count: both the day of asking and the day of the answer, and those between; of every
        clarification, for the text speaks of each (UK GDPR art. 12A(5))."""
        return self.happened.clarification_days if self.rule.pausing else 0

    def _remind(self, plain: date) -> date:
        day = add_days(plain, -self.rule.remind_less)
        found = self._working_day_before(plain)
        why = f" ({weekday(day)} {self._day(day)} is free)" if found != day else ""
        self._say(f"remind by {weekday(found)} {self._day(found)}{why}", HOUSE)
        return found

    def _working_day_before(self, plain: date) -> date:
        return workdays.last_working_day(add_days(plain, -self.rule.remind_less), Calendar.US_FEDERAL)

    def _alternative(self, plain: date) -> date | None:
        """Where some would let the clock rest while identity or meaning is in question, that later date."""
        rule, happened = self.rule, self.happened
        asked, answered = happened.id_asked, happened.id_answered
        if asked is None and happened.clarifications:
            asked, answered = happened.clarifications[0]
        if not rule.alternative or not asked or not answered or answered <= asked:
            return None
        later = add_days(plain, (answered - asked).days)
        later = workdays.next_working_day(later, rule.calendar, self.country) if rule.roll else later
        self._say(f"with a pause it would be {weekday(later)} {self._day(later)}; not relied on", rule.alternative)
        return later

    def _extension(self, start: date, remind_by: date) -> tuple[date | None, date | None]:
        """The extended end, unmoved and moved, counted from the start as one longer period."""
        rule = self.rule
        if rule.extend is None or rule.period is None:
            return None, None
        whole = Period(rule.period.count, rule.period.number + rule.extend.number, rule.extend.source)
        plain, end = self._end(start, whole)
        self._say(f"extension: tell the person why by {weekday(remind_by)} {self._day(remind_by)}", rule.extend.source)
        return plain, end

    def _in_hours(self, period: Period) -> Deadlines:
        """Elapsed hours, in UTC: neither a night of changed clocks nor a holiday stops them."""
        due_at = self.received.astimezone(UTC) + timedelta(hours=period.number)
        due = earliest_date(due_at, self.zones)
        self._say(f"{period.number} elapsed hours end {due_at:%Y-%m-%d %H:%M} UTC", period.source)
        return Deadlines(
            regime=self.law.name,
            right=self.right,
            binding=self.rule.binding,
            received=self.received.astimezone(UTC),
            receipt_date=self.receipt,
            started=self.receipt,
            ack_by=None,
            due=due,
            extended_due=None,
            extension_notice_by=None,
            remind_by=due,
            unmoved=due,
            due_at=due_at,
            controller_tz=self.zones[0].key,
            hours=period.number,
            working=tuple(self.steps),
        )

    def _count(self, start: date, period: Period, calendar: Calendar) -> date:
        match period.count:
            case Count.MONTHS:
                return add_months(start, period.number)
            case Count.BUSINESS_DAYS:
                return workdays.add_business_days(start, period.number, calendar, self.country)
            case Count.DAYS | Count.HOURS:
                return add_days(start, period.number)

    def _sum(self, start: date, period: Period) -> str:
        unit = period.count.value.replace("_", " ")
        return f"{self._day(start)} + {period.number} {unit.removesuffix('s') if period.number == 1 else unit}"

    def _day(self, day: date) -> str:
        return short(day, self.receipt.year)
