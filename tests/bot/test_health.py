"""Health and metrics over a real socket, and what systemd hears."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.desk import Desk
from bot.health import Health, HealthServer, tell_systemd, watchdog
from bot.limits import Limits
from bot.mail.mailbox import State
from bot.saving import Saver
from intents.rights import Intent
from storage.store import Store, open_store
from tests.responders.cast import HOUSE, NOW, request
from tests.servers import free_port

LATER = NOW + timedelta(days=60)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(f"sqlite://{tmp_path}/health.sqlite3", b"k" * 32)
    yield opened
    await opened.database.close()


async def page(port: int, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.text()


async def test_metrics_count_open_and_late_tickets_and_name_nobody(store: Store) -> None:
    desk = Desk(store, Saver(store, HOUSE, Limits()), HOUSE, lambda: NOW)
    await desk.open([request(Intent.ACCESS), request(Intent.ERASE)])
    server = HealthServer(Health(store, lambda: LATER, lambda: None, lambda: None), port := free_port())
    await server.start()
    status, text = await page(port, "/metrics")
    await server.stop()
    assert status == 200
    assert 'rightsdesk_tickets_open{right="access"} 1.0' in text
    assert 'rightsdesk_tickets_late{right="erase"} 1.0' in text
    assert re.search(r"rightsdesk_deadline_seconds -\d", text)
    assert float(re.search(r"rightsdesk_outbox_oldest_seconds ([\d.e+]+)", text)[1]) > 0  # type: ignore[index]
    assert "anna" not in text
    assert text.rstrip().endswith("# EOF")


async def test_a_door_that_is_away_for_long_makes_it_unwell(store: Store) -> None:
    state = State(last_contact=NOW)
    down = [0.0]
    health = Health(store, lambda: NOW, lambda: state, lambda: down[0])
    assert await health.problems() == []
    down[0] = 3600.0
    assert ["Slack" in line for line in await health.problems()] == [True]
    late = Health(store, lambda: LATER, lambda: state, lambda: None)
    server = HealthServer(late, port := free_port())
    await server.start()
    status, text = await page(port, "/healthz")
    await server.stop()
    assert status == 503
    assert "mailbox" in text


def test_systemd_hears_that_we_are_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not tell_systemd("READY=1")
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(path))
        monkeypatch.setenv("NOTIFY_SOCKET", str(path))
        assert tell_systemd("READY=1")
        assert systemd.recv(100) == b"READY=1"


async def test_the_watchdog_is_fed_only_as_long_as_everything_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, hangs = 0, asyncio.Event()

    async def healthy() -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            hangs.set()
            await asyncio.Event().wait()

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "1000")
        feeding = asyncio.create_task(watchdog(healthy))
        async with asyncio.timeout(20):
            await hangs.wait()
        assert [systemd.recv(100) for _ in range(2)] == [b"WATCHDOG=1"] * 2
        with pytest.raises(BlockingIOError):
            systemd.recv(100)
        feeding.cancel()
