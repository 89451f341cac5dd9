"""The cast of the town: customers with their mailboxes, and the staff in Slack. All invented."""

from dataclasses import dataclass

from bot.demo.servers import slack_things as slack
from bot.demo.servers.mail import ANNA, PAUL, SUPPORT

__all__ = ["ANNA", "COMPANY", "CUSTOMERS", "IMPOSTOR", "PAUL", "STAFF", "SUPPORT", "Customer", "passwords"]

COMPANY = "Opterre"


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who writes. `slack` is their user id in the customers' channel, or None."""

    key: str
    name: str
    address: str
    about: str
    slack: str | None = None

    @property
    def password(self) -> str:
        """Of the mailbox; no secret."""
        return self.key


CUSTOMERS = (
    Customer("anna", "Anna Kundin", ANNA, "a customer, also in the chat", slack.ANNA),
    Customer("paul", "Paul Client", PAUL, "a customer in California"),
    Customer("marie", "Marie Dupré", "marie@cliente.example", "writes in French"),
    Customer("jonas", "Jonas Weber", "jonas@leser.example", "writes in German"),
    Customer("carmen", "Carmen Ruiz", "carmen@lectora.example", "writes in Spanish"),
    Customer("mallory", "Mallory", "mallory@elsewhere.example", "an impostor"),
)
IMPOSTOR = CUSTOMERS[-1]
STAFF = (slack.OLGA, slack.IVAN)


def passwords() -> dict[str, str]:
    """Every mailbox of the town with its password."""
    return {SUPPORT: "post", **{customer.address: customer.password for customer in CUSTOMERS}}
