"""The town's configuration: the model company, its four processors and what its letters say."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from bot.config import Config
from bot.demo.cast import COMPANY, STAFF, SUPPORT
from bot.demo.servers import slack, slack_things

POLICY_FILE = "policy.txt"
AUTHSERV = "mail.opterre.example"

PROCESSORS: tuple[dict[str, Any], ...] = (
    {
        "name": "Mailer Inc.",
        "holds": "name and mail address, and which newsletters were opened",
        "how": {
            "unsubscribe": "Audience, search the address, Unsubscribe from all lists.",
            "optout_sale": "Audience, search the address, set “no sharing”.",
            "object": "Audience, search the address, Unsubscribe from all lists.",
            "access": "Audience, search the address, Export contact.",
            "portability": "Audience, search the address, Export contact as CSV.",
            "rectify": "Audience, search the address, Edit contact.",
            "restrict": "Audience, search the address, Pause contact.",
            "erase": "Audience, search the address, Delete permanently.",
        },
    },
    {
        "name": "Parcelway",
        "holds": "delivery addresses and telephone numbers",
        "how": {
            "access": "Portal, Consignees, Download record.",
            "rectify": "Portal, Consignees, Change record.",
            "erase": "Write to privacy@parcelway.example and wait for the written answer.",
        },
    },
    {
        "name": "Ledger & Daughters",
        "holds": "invoices, which the tax law makes us keep for ten years",
        "how": {"access": "Ask bookkeeping for the list of invoices."},
    },
)

ANSWERS: dict[str, Any] = {
    "purposes": "selling and delivering what you order; sending the newsletter you asked for",
    "categories": "name, mail address, delivery address, orders, invoices, opened newsletters",
    "retention": "customer records until three years after the last order; invoices for ten years",
    "source": "you",
    "sold_shared": "none",
    "kept": "invoices, until the tax law's ten years are over",
    "lists": "Opterre News\nOffers of the month",
    "how_to_see": "sign in and open “My account”, “Profile”",
    "format": "CSV",
}


def config(database: Path, key: str, *, imap_port: int, smtp_port: int, slack_api: str) -> Config:
    """The configuration of a town with its SQLite file and the key that seals it."""
    return Config(
        company={
            "name": COMPANY,
            "postal_address": "Opterre GmbH, Gartenweg 4, 10115 Berlin",
            "contact": SUPPORT,
            "timezone": "Europe/Berlin",
            "policy_file": Path(str(files("bot.demo") / POLICY_FILE)),
        },  # type: ignore[arg-type]
        mailbox={
            "host": "127.0.0.1", "port": imap_port, "security": "none", "user": SUPPORT, "password": "post",
            "authserv_id": AUTHSERV,
        },  # type: ignore[arg-type]
        smtp={
            "host": "127.0.0.1", "port": smtp_port, "security": "none", "user": SUPPORT, "password": "post",
            "from_name": COMPANY, "from_address": SUPPORT,
        },  # type: ignore[arg-type]
        slack={
            "bot_token": slack.BOT_TOKEN, "app_token": slack.APP_TOKEN, "api_url": slack_api,
            "staff_channel": slack_things.DESK, "customer_channel": slack_things.HELP, "approvers": STAFF,
        },  # type: ignore[arg-type]
        answers=ANSWERS,  # type: ignore[arg-type]
        # a person at the page writes more letters a day than a customer ever would
        limits={"answers_per_sender_per_day": 50, "answers_per_ticket_per_day": 20, "answers_per_hour": 1000},  # type: ignore[arg-type]
        database={
            "url": f"sqlite://{database}", "master_key": key,
        },  # type: ignore[arg-type]
        processors=PROCESSORS,  # type: ignore[arg-type]
    )  # fmt: skip
