"""Every story of the town as a journey: Anna the data subject, Olga and Ivan the staff, Mailer Inc. the processor.

Each is played with the logs at DEBUG, in which no name, no address, no code and no line of a letter may stand.
"""

import io
import re
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from bot.demo.cast import CUSTOMERS
from bot.demo.ground import Ground
from bot.demo.post import Mail
from bot.demo.stories.shelf import Story, stories
from bot.demo.stories.stage import TUESDAY, Stage
from bot.demo.town import Town
from tests.bot.logged import everything_logged

pytestmark = pytest.mark.asyncio(loop_scope="module")

CODE = re.compile(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}\b")
LINE = 20
"""Signs of a line of a letter that nobody would write into a log by chance."""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def ground() -> AsyncIterator[Ground]:
    prepared = await Ground.prepare()
    yield prepared
    await prepared.clear()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    with everything_logged("json") as page:
        yield page


def personal(written: list[Mail]) -> set[str]:
    """Names and addresses of everybody, and every longer line of their letters."""
    people = {word for customer in CUSTOMERS for word in (customer.name, customer.address)}
    lines = {line.strip() for mail in written for line in (mail.subject, *mail.text.splitlines())}
    return people | {line for line in lines if len(line) >= LINE}


@pytest.mark.parametrize("story", stories().values(), ids=lambda story: story.name)
async def test_story(story: Story, ground: Ground, log: io.StringIO) -> None:
    told: list[str] = []
    try:
        async with Town(TUESDAY, ground) as town:
            stage = Stage(town, told.append)
            await story.play(stage)
            await stage.ends()
            written = [mail for mails in town.written.values() for mail in mails]
    except Exception:
        print("\n".join(told))
        raise
    page = log.getvalue()
    assert '"level": "info"' in page
    assert [word for word in personal(written) if word in page] == []
    assert CODE.findall(page) == []
