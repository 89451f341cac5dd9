"""Logs hold no text of an exception, whoever logs it and however it was raised; a name in one never shows."""

import asyncio
import io
import json
import logging
import sys
import threading
from collections.abc import Iterator

import pytest
import structlog

from tests.bot.logged import everything_logged

CANARY = "Winterbottom"


@pytest.fixture(params=["json", "console"])
def page(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    with everything_logged(request.param) as written:
        yield written


def look_up() -> None:
    raise ValueError(f"no such person: {CANARY}")


def fail() -> None:
    try:
        look_up()
    except ValueError as error:
        raise RuntimeError(f"the letter of {CANARY} <anna@kundin.example>") from error


def clean(page: io.StringIO, *said: str) -> bool:
    text = page.getvalue()
    assert CANARY not in text
    assert "anna@" not in text
    return all(each in text for each in said)


def test_a_caught_exception_is_told_by_its_types_and_places(page: io.StringIO) -> None:
    try:
        fail()
    except RuntimeError:
        structlog.get_logger("intake").exception("intake", inbox="1234abcd")
    assert clean(page, "RuntimeError from ValueError", f"{__name__}:", "intake", "1234abcd")


def test_a_library_that_logs_an_exception_gives_no_text_of_it(page: io.StringIO) -> None:
    try:
        fail()
    except RuntimeError:
        logging.getLogger("some.library").exception("Error handling request")
    assert clean(page, "Error handling request", "RuntimeError")


async def test_a_task_that_nobody_waited_for_gives_no_text_of_its_exception(page: io.StringIO) -> None:
    async def work() -> None:
        fail()

    task = asyncio.create_task(work())
    await asyncio.wait([task])
    loop = asyncio.get_running_loop()
    message = "Task exception was never retrieved"
    loop.default_exception_handler({"message": message, "exception": task.exception(), "future": task})
    assert clean(page, message, "RuntimeError")


def test_a_thread_and_a_program_that_end_by_an_error_say_where_and_no_more(
    page: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert clean(page, "a thread ended", "RuntimeError")
    try:
        fail()
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    assert clean(page, "ended by an error")
    assert capsys.readouterr().err == ""


def test_a_line_for_machines_has_type_and_places_as_fields(page: io.StringIO) -> None:
    try:
        fail()
    except RuntimeError as error:
        structlog.get_logger("x").error("odd", exc_info=error)
    if page.getvalue().startswith("{"):
        line = json.loads(page.getvalue())
        assert line["exception"] == "RuntimeError from ValueError"
        assert line["places"].split()[0].startswith(f"{__name__}:")
