"""Both Slack doors, built once: the staff's channel and, where there is one, the customers'."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.chat.customers import Answer, Customers, Read
from bot.config_sections import SlackSection
from bot.desk import Desk
from bot.slack.account import Account
from bot.slack.application import application, catch_all
from bot.slack.cards import Look
from bot.slack.client import slack_client
from bot.slack.inquiries import StaffInquiries
from bot.slack.listeners import StaffListeners
from bot.slack.people import People
from bot.slack.socket import Line
from bot.slack.staff import SlackStaff
from bot.slack.talk import Talk
from bot.slack.waves import WaveBoard, WaveListeners
from bot.waves import WaveDesk


@dataclass(frozen=True)
class SlackDoor:
    """`staff` is the house's StaffRoom, `chat` its ChatRoom or None; `line` carries what people do."""

    staff: SlackStaff
    chat: Customers | None
    line: Line
    account: Account

    async def start(self) -> None:
        """Begin to listen; returns at once, also while Slack is away."""
        await self.line.start()

    async def stop(self) -> None:
        """Stop listening."""
        await self.line.stop()


def open_door(
    section: SlackSection,
    desk: Desk,
    *,
    now: Callable[[], datetime],
    read: Read,
    answer: Answer,
    show_text: bool = False,
    seconds: Callable[[], float] = time.monotonic,
    ping_interval: float = 10.0,
) -> SlackDoor:
    """Build everything; nothing is sent yet. Call it inside the running loop.

    `read` is the reader of letters, `answer` gives the policy's own words for a question or ""; `show_text` lets cards
    show the words of a letter that decided its reading. `seconds` is a clock that never goes back.
    """
    for name in ("slack_sdk", "slack_bolt"):  # at DEBUG they print whole messages
        logging.getLogger(name).setLevel(logging.WARNING)
    client = slack_client(section.bot_token.get_secret_value(), section.api_url)
    account = Account(client)
    app = application(section.api_url, account)
    look = Look(
        tz=desk.house.controller_tz, address=section.show_address, text=show_text, escalate_to=section.escalate_to
    )
    staff = SlackStaff(client, account, store=desk.store, channel=section.staff_channel, now=now, look=look)
    people = People(client, account, section.approvers, seconds)
    talk = Talk(client, section.staff_channel)
    board = WaveBoard(client, WaveDesk(desk), staff.poster, section.staff_channel, look)
    staff.also = board.show_of
    WaveListeners(board, WaveDesk(desk), talk, people).register(app)
    StaffListeners(talk, staff, people, desk, now).register(app)
    StaffInquiries(client, talk=talk, staff=staff, people=people, desk=desk, now=now).register(app)
    chat = None
    if section.customer_channel is not None:
        chat = Customers(client, desk, channel=section.customer_channel, now=now, read=read, answer=answer)
        chat.register(app)
    catch_all(app, talk)
    line = Line(app, client, section.app_token.get_secret_value(), seconds=seconds, ping_interval=ping_interval)
    return SlackDoor(staff, chat, line, account)
