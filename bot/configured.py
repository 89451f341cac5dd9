"""What the configuration means to each part: the house, the doors' settings, the limits, the policy, the master key."""

import base64
import binascii
from datetime import date, timedelta
from pathlib import Path

from bot.config import BadConfig, Config
from bot.limits import Limits
from bot.mail.settings import ImapSettings, SmtpSettings
from intents.policy import Policy
from responders.house import Agent, House, Processor
from responders.law.load import laws
from storage.database import engine_of, sqlite_path
from storage.retention import Keep


def master_key(config: Config) -> bytes:
    """The master key: 32 bytes, written in base64. Raises BadConfig."""
    text = config.database.master_key.get_secret_value()
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise BadConfig(
            "database.master_key: needs 32 bytes in base64; make one with `rightsdesk keys new`, and set "
            "RIGHTSDESK_DATABASE__MASTER_KEY or database.master_key_file"
        )
    return key


def keep_of(config: Config) -> Keep:
    """How long the bot keeps what it has taken in."""
    return Keep(log_months=config.answers.log_months, mails_days=config.retention.mails_days)


def house_of(config: Config) -> House:
    """What the core needs of the configuration."""
    company, answers = config.company, config.answers
    own = {config.smtp.from_address, config.smtp.envelope_from or "", config.mailbox.user, company.contact}
    return House(
        company=company.name,
        postal_address=company.postal_address,
        contact=company.contact,
        controller_tz=company.timezone,
        country=company.country,
        processors=tuple(Processor(p.name, p.holds, p.how) for p in config.processors),
        erase_wait=timedelta(hours=config.times.erase_wait),
        code_valid=timedelta(hours=config.times.code_valid),
        own_addresses=frozenset(address.casefold() for address in own if "@" in address),
        regimes=company.regimes,
        promised=promised_of(config),
        agents=tuple(Agent(a.name, tuple(domain.lower() for domain in a.domains)) for a in config.agents),
        mailbox_is_login=company.mailbox_is_login,
        new_address_wait=timedelta(days=config.times.new_address_days),
        facts={key: str(value) for key, value in answers.model_dump().items()},
    )


def promised_of(config: Config) -> frozenset[str]:
    """The laws that are kept as a promise only, since the company lies below their thresholds."""
    ccpa = {"ccpa"} if config.law.ccpa == "promise" else set()
    states = {name for name in laws() if name.startswith("us-")} if config.law.us_states == "promise" else set()
    return frozenset(ccpa | states)


def policy_of(config: Config) -> Policy | None:
    """The company's policy, parsed. Raises BadConfig."""
    path = config.company.policy_file
    if path is None:
        return None
    try:
        return Policy.parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig(f"company.policy_file: {path} can't be read: {error}") from None


def account_of(config: Config) -> str:
    """Our own name of the mailbox, part of every mail's key: two brands may both call theirs "support"."""
    brand, account = config.company.brand, config.mailbox.account
    return f"{brand}/{account}" if brand else account


def imap_settings(config: Config, first_day: date) -> ImapSettings:
    """The mailbox's settings. Mail from before the day of the first start is not read, unless `since` says so."""
    box = config.mailbox
    return ImapSettings(
        host=box.host,
        port=box.port,
        user=box.user,
        password=box.password.get_secret_value(),
        security=box.security,
        mailbox=box.folder,
        account=account_of(config),
        idle_seconds=box.idle_seconds,
        poll_seconds=box.poll_seconds,
        poll_ms=box.poll_ms,
        keyword=box.keyword,
        move_to=box.move_to,
        since=box.since or first_day,
    )


def smtp_settings(config: Config) -> SmtpSettings:
    """The sending server's settings."""
    smtp = config.smtp
    return SmtpSettings(
        host=smtp.host,
        port=smtp.port,
        sender=smtp.from_address if smtp.envelope_from is None else smtp.envelope_from,
        security=smtp.security,
        user=smtp.user,
        password=smtp.password.get_secret_value() or None,
        connections=smtp.connections,
    )


def limits_of(config: Config) -> Limits:
    """How many automatic letters may go out."""
    limits = config.limits
    return Limits(limits.answers_per_sender_per_day, limits.answers_per_ticket_per_day, limits.answers_per_hour)


def ledger_file(config: Config) -> Path:
    """Where the ledger is; a relative name is meant beside a SQLite database, wherever the bot was started."""
    file = config.database.ledger_file
    if file.is_absolute() or engine_of(config.database.url) != "sqlite":
        return file
    return sqlite_path(config.database.url).with_name(file.name)
