"""The demo as a program of its own, and a headless Chromium that looks at its page."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import ElementNotInteractableException, StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from tests.servers import require

ROOT = Path(__file__).parents[3]
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1600,1000",
)
RUN = "import sys; from bot.demo.main import run_page; sys.exit(run_page(None))"
PATIENCE = 20
"""Seconds to wait for the page at most."""


class Demo:
    """A running demo; `address` is the page's."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/\S+/", line)
        assert found, line
        self.address = found[0]

    def ctrl_c(self) -> int:
        """Interrupts it; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


@contextmanager
def demo() -> Iterator[Demo]:
    """A demo that is gone afterwards."""
    running = Demo()
    try:
        yield running
    finally:
        running.process.kill()
        running.process.wait()
        assert running.process.stdout is not None
        running.process.stdout.close()


@contextmanager
def chromium(profile: Path) -> Iterator["Page"]:
    """A browser with a fresh profile. Skips where there is none."""
    program, driver = require("chromium", "chromium"), require("chromedriver", "chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = str(program)
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(str(driver)))
    try:
        yield Page(browser)
    finally:
        browser.quit()


class Page:
    """What a person does at the page."""

    def __init__(self, browser: webdriver.Chrome) -> None:
        self.browser = browser

    def open(self, address: str) -> None:
        self.browser.get(address)
        self.until(lambda: len(self.all("#shelf option")) > 5)

    def until(self, true: Callable[[], Any]) -> Any:
        """Waits for the page to get there."""
        gone = (StaleElementReferenceException, ElementNotInteractableException)  # it was drawn anew meanwhile
        waiting = WebDriverWait(self.browser, PATIENCE, poll_frequency=0.03, ignored_exceptions=gone)
        return waiting.until(lambda _: true())

    def all(self, css: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, css)

    def one(self, css: str) -> WebElement:
        """The first such element, once it is there."""
        found: WebElement = self.until(lambda: next(iter(self.all(css)), None))
        return found

    def text(self, css: str) -> str:
        """All the text of an element, also what is scrolled away."""
        found: str = self.until(lambda: self.one(css).get_attribute("textContent"))
        return found

    def says(self, css: str, words: str) -> None:
        """Waits until an element says something."""
        self.until(lambda: words in self.text(css))

    def click(self, css: str, within: str = "") -> None:
        """Clicks, again if the page was drawn anew meanwhile; `within` is a text of the button."""

        def clicked() -> bool:
            for each in self.all(css):
                if within in (each.get_attribute("textContent") or ""):
                    self.browser.execute_script("arguments[0].click()", each)
                    return True
            return False

        self.until(clicked)

    def type(self, css: str, words: str) -> None:
        def typed() -> bool:
            field = self.one(css)
            field.clear()
            field.send_keys(words)
            return field.get_property("value") == words

        self.until(typed)

    def sends(self, sample: str) -> None:
        """A sample letter off the shelf."""
        Select(self.one("#shelf")).select_by_visible_text(sample)
        self.one("#send").click()
        self.until(lambda: self.one("#text").get_property("value") == "")

    def fills_in(self, **fields: str) -> None:
        """The open form."""
        for name, words in fields.items():
            self.type(f"#in-{name}", words)
        self.one("#modal-submit").click()

    def complaints(self) -> list[str]:
        """What the browser's console holds against the page."""
        return [str(line["message"]) for line in self.browser.get_log("browser")]  # type: ignore[no-untyped-call]
