"""Figures for metrics and health: counted by the database."""

from dataclasses import dataclass
from datetime import datetime

from tortoise.functions import Count

from storage.inbox import NEW, PARKED
from storage.models import InboxRow, OutboxRow, TicketRow
from storage.outbox import DOUBT, HELD, SENDING, WAITING


@dataclass(frozen=True, slots=True)
class Figures:
    """`tickets` maps a right to (open, late). Ages in seconds, 0 where nothing waits; `nearest` is below 0 if late."""

    tickets: dict[str, tuple[int, int]]
    nearest: float | None
    outbox_oldest: float
    outbox_held: int
    intake_lag: float
    parked: int


async def figures(now: datetime) -> Figures:
    """How things stand."""
    open_ = TicketRow.filter(closed_at__isnull=True)
    by_right = open_.annotate(n=Count("number")).group_by("right")
    late = dict(await by_right.filter(due_at__lt=now).values_list("right", "n"))
    tickets = {str(right): (int(n), int(late.get(right, 0))) for right, n in await by_right.values_list("right", "n")}
    next_due = await open_.filter(due_at__isnull=False).order_by("due_at").first()
    undone = (
        await OutboxRow.filter(state__in=[WAITING, SENDING, DOUBT], not_before__lte=now).order_by("created_at").first()
    )
    unread = await InboxRow.filter(state=NEW).order_by("received_at").first()
    return Figures(
        tickets=tickets,
        nearest=(next_due.due_at - now).total_seconds() if next_due and next_due.due_at else None,
        outbox_oldest=(now - undone.created_at).total_seconds() if undone else 0.0,
        outbox_held=await OutboxRow.filter(state=HELD).count(),
        intake_lag=max(0.0, (now - unread.received_at).total_seconds()) if unread else 0.0,
        parked=await InboxRow.filter(state=PARKED).count(),
    )
