"""The clock: a few fixed jobs of APScheduler, in UTC and without a job store, so that a restart loses nothing.

What is due stands in the database; a job only asks for it. Late is better than never: no grace time, coalesced.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC

import structlog
from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

_log = structlog.get_logger("clock")

Job = Callable[[], Awaitable[object]]


class Clock:
    """Calls each job every so many seconds, one run at a time."""

    def __init__(self, jobs: dict[str, tuple[float, Job]]) -> None:
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        for name, (seconds, job) in jobs.items():
            self._scheduler.add_job(job, "interval", seconds=seconds, id=name, name=name)
        self._scheduler.add_listener(self._failed, EVENT_JOB_ERROR)

    def _failed(self, event: JobExecutionEvent) -> None:
        _log.error("job failed", job=event.job_id, error=type(event.exception).__name__)

    def start(self) -> None:
        """Begin; needs a running event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """End; a job under way is finished by its own unit of work."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
