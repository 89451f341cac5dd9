"""The town's page in a real browser: a letter walks to its answer, text stays text, strangers stay outside."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from tests.bot.demo.browser import Demo, Page, chromium, demo


@pytest.fixture(scope="module")
def running() -> Iterator[Demo]:
    with demo() as opened:
        yield opened


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with chromium(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture
def page(running: Demo, browser: Page) -> Page:
    browser.open(running.address)
    return browser


def test_a_letter_typed_into_the_page_walks_to_its_answer(page: Page) -> None:
    page.type("#subject", "Please forget me")
    page.type("#text", "Please erase everything you hold about me.")
    page.one("#send").click()
    page.says("#messages .card", "erase data")
    code = page.text("#mails .code")
    page.click("#mails button", "Reply")
    page.type("#text", code.lower())
    page.one("#send").click()
    page.says("#messages .card", "waiting for a decision of staff")
    page.click("[data-action=approve]")
    page.says("#mails", "reply with the word STOP")
    page.click("#seats button", "Ivan")
    page.click("[data-clock='1']")
    page.says("#messages .card", "being done at the processors")
    for task in (0, 1):
        page.click(f".card [data-action='task_done:{task}']")
        page.fills_in(proof="seen in the portal")
        page.until(lambda: not page.one("#modal").get_property("open"))
        page.says("#case", f"{'Mailer Inc.' if task == 0 else 'Parcelway'} done")
    page.says("#mails", "we erased the personal data")
    page.says("#case .badge", "fulfilled")
    page.says("#case", "approved")
    assert page.complaints() == []


def test_a_form_shows_what_is_wrong_and_keeps_what_was_typed(page: Page) -> None:
    page.sends("Rectify: I have moved")
    page.says("#case", "correct data")
    page.click(".msg:last-child [data-action=refuse]")
    page.fills_in(reason="No.")
    page.until(lambda: "at least 20 characters" in page.text("#modal-body"))
    assert page.one("#in-reason").get_property("value") == "No."
    page.fills_in(reason="We hold no address of yours at all, so there is none to correct.")
    page.says("#case .badge", "refused")
    page.says("#mails", "there is none to correct")


def test_html_in_a_letter_and_orders_to_programs_are_shown_as_text(page: Page) -> None:
    page.sends("Orders to programs, and HTML")
    page.says("#mails", "<img src=x onerror=alert(1)>")
    page.says("#mails h4", "<script>alert(1)</script>")
    assert not page.all("main script, main img, .letter h1")
    assert page.complaints() == []


def test_a_request_in_the_chat_goes_through_its_forms(page: Page) -> None:
    page.sends("Erase, said in the chat")
    page.click("[data-action=chat_address]")
    page.fills_in(address="anna@kundin.example")
    page.says("#messages", "Enter the code")
    code = page.text("#mails .code")
    page.click("[data-action=chat_code]")
    page.fills_in(code=code)
    page.says("#case .badge", "deciding")


def test_the_home_and_the_command_list_what_is_open(page: Page) -> None:
    page.click("#tabs button", "App Home")
    page.says("#messages", "open request")
    page.click("#tabs button", "privacy-desk")
    page.type("#saying", "/rightsdesk open")
    page.click("#say button[type=submit]")
    page.says("#messages", "Only you can see this")


def answer(address: str, **headers: str) -> tuple[int, str]:
    """Status and security policy of a page, asked for without a browser."""
    request = urllib.request.Request(address, headers=headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request) as found:
            return found.status, found.headers["Content-Security-Policy"]
    except urllib.error.HTTPError as error:
        return error.code, ""


def test_nobody_gets_in_without_the_token_or_from_another_site(running: Demo) -> None:
    status, policy = answer(running.address)
    assert status == 200
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer(re.sub(r"/[^/]+/$", "/", running.address))[0] == 404
    assert answer(running.address, Host="evil.example")[0] == 403
    assert answer(running.address, Origin="https://evil.example")[0] == 403
    assert answer(running.address, **{"Sec-Fetch-Site": "cross-site"})[0] == 403


def test_ctrl_c_closes_the_town_also_while_a_page_is_open() -> None:
    with demo() as opened:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(opened.address + "events") as stream:
            assert json.loads(stream.readline().removeprefix(b"data: "))["tickets"] == []
            assert opened.ctrl_c() == 0
