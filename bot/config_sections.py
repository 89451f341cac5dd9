"""The sections of the configuration, each key with its type, range and default."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from intents.rights import Intent


class Section(BaseModel):
    """A section of the file. Unknown keys are errors; values never appear in messages."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)


Binding = Literal["law", "promise"]
Security = Literal["tls", "starttls", "none"]
Hours = Annotated[float, Field(ge=0, le=24 * 90)]


class Company(Section):
    """Who the company is, for letters and for counting days."""

    name: str
    brand: str = Field(default="", pattern=r"^[a-z0-9-]{0,40}$")
    postal_address: str
    contact: str
    timezone: str = "America/Denver"
    country: str = Field(default="US", pattern=r"^[A-Z]{2}$")
    policy_file: Path | None = None
    regimes: tuple[str, ...] = ()
    mailbox_is_login: bool = False

    @field_validator("timezone")
    @classmethod
    def known_zone(cls, value: str) -> str:
        """An IANA zone name."""
        from zoneinfo import available_timezones

        if value not in available_timezones():
            raise ValueError("not an IANA time zone; write for example America/Denver or Europe/Berlin")
        return value

    @field_validator("regimes")
    @classmethod
    def known_laws(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Names of laws that we carry."""
        from responders.law.names import law_named

        return tuple(law_named(name).name for name in value)


class LawSection(Section):
    """Laws with thresholds that a small company does not reach: they may be kept all the same, as a promise."""

    ccpa: Binding = "law"
    us_states: Binding = "law"


class MailboxSection(Section):
    """The support mailbox that is read."""

    host: str
    port: int = Field(default=993, ge=1, le=65535)
    security: Security = "tls"
    user: str
    password: SecretStr = SecretStr("")
    folder: str = "INBOX"
    account: str = "support"
    keyword: str = "$RightsDesk"
    move_to: str | None = None
    idle_seconds: int = Field(default=240, ge=10, le=300)
    poll_seconds: int = Field(default=20, ge=1, le=3600)
    poll_ms: int | None = Field(default=None, ge=20, le=10_000)
    since: date | None = None
    authserv_id: str | None = None


class SmtpSection(Section):
    """The server that takes our letters."""

    host: str
    port: int = Field(default=465, ge=1, le=65535)
    security: Security = "tls"
    user: str | None = None
    password: SecretStr = SecretStr("")
    from_name: str
    from_address: str
    envelope_from: str | None = None
    connections: int = Field(default=2, ge=1, le=16)


class SlackSection(Section):
    """The staff's Slack, and the customers' channel if there is one."""

    bot_token: SecretStr = SecretStr("")
    app_token: SecretStr = SecretStr("")
    staff_channel: str
    customer_channel: str | None = None
    approvers: tuple[str, ...] = ()
    escalate_to: str | None = Field(default=None, pattern=r"^[USW][A-Z0-9]+$")
    show_address: Literal["masked", "full", "none"] = "masked"
    api_url: str = "https://slack.com/api/"


class DatabaseSection(Section):
    """Where tickets are kept, and the key they are sealed with."""

    url: str = "sqlite://rightsdesk.sqlite3"
    master_key: SecretStr = SecretStr("")
    ledger_file: Path = Path("rightsdesk.ledger")


class Retention(Section):
    """How long the bot keeps what it has taken in; closed tickets for `answers.log_months`, as the letters say."""

    mails_days: int = Field(default=90, ge=1, le=3650)


class Times(Section):
    """Waiting times, in hours, and the morning's digest."""

    erase_wait: Hours = 24
    code_valid: Hours = Field(default=24, ge=1)
    new_address_days: int = Field(default=14, ge=0, le=90)
    digest_when_empty: bool = False


class Limits(Section):
    """How many automatic answers may go out before a person looks."""

    answers_per_sender_per_day: int = Field(default=3, ge=1, le=100)
    answers_per_ticket_per_day: int = Field(default=5, ge=1, le=100)
    answers_per_hour: int = Field(default=60, ge=1, le=100_000)
    neutral_delay: float = Field(default=10, ge=0, le=600)


class DirectorySection(Section):
    """Who is known: a CSV file, or a query to a database. Without either, staff look."""

    csv: Path | None = None
    column: str = "email"
    country_column: str = ""
    url: str = ""
    query: str = ""


class AgentSection(Section):
    """Somebody known to write for others."""

    name: str
    domains: tuple[str, ...]


class Answers(Section):
    """What the letters say about the company's processing; they go out word for word."""

    purposes: str
    categories: str
    retention: str
    source: str = "none"
    automated: str = "none"
    transfer_safeguard: str = "none"
    withheld: str = "none"
    sold_shared: str = "none"
    period: str = "everything since 2022-01-01"
    kept: str = "none"
    format: str = "text"
    lists: str
    how_to_see: str
    backup_days: int = Field(default=30, ge=0, le=3650)
    log_months: int = Field(default=36, ge=24, le=240)


class ProcessorSection(Section):
    """One third party that holds data for the company."""

    name: str
    holds: str
    how: dict[Intent, str]


class LogSection(Section):
    """What the program says of itself."""

    format: Literal["console", "json"] = "console"
    level: Literal["DEBUG", "INFO", "WARNING"] = "INFO"


class HealthSection(Section):
    """/healthz and /metrics, on loopback only."""

    port: int | None = Field(default=None, ge=1, le=65535)
