"""Several configurations in one process: what they must share, and what they must not."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from bot.config import BadConfig, Config
from bot.configured import account_of

Named = tuple[str, Config]
"""A configuration with the name of its file."""
SHARED = (
    ("database", "url"),
    ("database", "master_key"),
    ("database", "ledger_file"),
    ("retention", "mails_days"),
    ("answers", "log_months"),
)
"""What belongs to the database, and so to all brands in it."""


def check_together(configs: Sequence[Named]) -> None:
    """Raises BadConfig with every key because of which these files can't be run together."""
    problems = [problem for one, other in combinations(configs, 2) for problem in problems_of(one, other)]
    if problems:
        raise BadConfig("these files can't be run together:\n" + "\n".join(f"  {each}" for each in problems))


def problems_of(one: Named, other: Named) -> Iterator[str]:
    """What is wrong with two of them, a sentence each. Never a value."""
    (a, first), (b, second) = one, other
    for section, key in SHARED:
        if getattr(getattr(first, section), key) != getattr(getattr(second, section), key):
            yield f"{section}.{key}: {a} and {b} differ; it belongs to the database, which all brands share"
    if mailbox_of(first) == mailbox_of(second):
        yield f"mailbox.user: {a} and {b} read the same mailbox; a mailbox belongs to one file"
    if account_of(first) == account_of(second):
        yield f"mailbox.account: {a} and {b} have the same; it is the mailbox's own name: give each its own"
    if first.company.brand == second.company.brand:
        yield from problems_of_one_brand(one, other)
    elif first.slack.app_token == second.slack.app_token and first.slack.app_token.get_secret_value():
        yield (
            f"slack.app_token: {a} and {b} have the same; each brand needs a Slack app of its own, since Slack gives a "
            "click to any of an app's connections"
        )


def problems_of_one_brand(one: Named, other: Named) -> Iterator[str]:
    """Two mailboxes of one brand: everything else is the brand's, whichever of them a letter came to."""
    (a, first), (b, second) = one, other
    for section in Config.model_fields:
        if section not in ("mailbox", "database") and getattr(first, section) != getattr(second, section):
            yield (
                f"{section}: {a} and {b} are of one brand and differ; they may differ in [mailbox] only. "
                "Another brand needs another company.brand"
            )


def mailbox_of(config: Config) -> tuple[object, ...]:
    """What tells a mailbox from another, wherever it is read."""
    box = config.mailbox
    return box.host.casefold(), box.port, box.user.casefold(), box.folder
