"""When staff are reminded, whether an extension may still be offered, and which of several laws leads."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from responders.law.counting import end_of_day, morning, zone
from responders.law.dates import Deadlines
from responders.law.load import laws
from responders.law.regime import Binding

SHARES = (50, 75, 90)
MORNING = time(9, 0)
DECIDE_BEFORE = timedelta(days=7)


def reminders(d: Deadlines) -> tuple[datetime, ...]:
    """The instants, in UTC and in order, at 50, 75 and 90 per cent of the running period and at 09:00 in the
    controller's zone on the last working day. No roll and no pause is used. With the extension taken, those of the
    longer period."""
    home = [zone(d.controller_tz)]
    begin = d.received if d.started <= d.receipt_date else end_of_day(d.started, home)
    if d.extended and d.extended_unmoved and d.extended_remind_by:
        unmoved, last_day = d.extended_unmoved, d.extended_remind_by
    else:
        unmoved, last_day = d.unmoved, d.remind_by
    span = min(d.answer_at, end_of_day(unmoved, home)) - begin
    last = max(morning(last_day, MORNING, home[0]), begin)
    instants = {begin + span * share / 100 for share in SHARES} | {last}
    return tuple(sorted(instant.replace(microsecond=0) for instant in instants if instant < d.answer_at))


def why_not_extend(d: Deadlines, now: datetime) -> str | None:
    """A sentence for staff, or None where an extension may be offered at `now`: the law knows one, none was taken,
    and the notice can still go out by `extension_notice_by`."""
    title = laws()[d.regime].title
    if d.extension_notice_by is None:
        return f"{title} knows no extension for this right."
    if d.extended:
        return "The extension was already taken; there is no second one."
    if now > min(end_of_day(d.extension_notice_by, [zone(d.controller_tz)]), d.due_at):
        return f"The notice had to reach the person by {d.extension_notice_by}, inside the first period."
    return None


def may_extend(d: Deadlines, now: datetime) -> bool:
    """Whether an extension may be offered at `now`; `why_not_extend` says why not."""
    return why_not_extend(d, now) is None


def decide_extension_at(d: Deadlines) -> datetime | None:
    """When a decision on the extension is forced: seven days before its notice is due, at 09:00; None without one."""
    if d.extension_notice_by is None or d.extended:
        return None
    return morning(d.extension_notice_by - DECIDE_BEFORE, MORNING, zone(d.controller_tz))


def leading(found: Sequence[Deadlines]) -> Deadlines:
    """The earliest answer of several laws. A date that is only a habit of the house leads over no law and no promise.
    Raises ValueError for none."""
    if not found:
        raise ValueError("no law, no leading date")
    return min(found, key=lambda d: (d.binding is Binding.HOUSE, d.answer_at, d.due is None))
