"""The rules: which ideas together in one clause ask for which right. One function a right, shared by all languages."""

from intents.rules.asking import TOPICS, question
from intents.rules.common import Rule
from intents.rules.erasure import erase
from intents.rules.holding import access, portability, rectify
from intents.rules.stopping import objection, optout_sale, restrict, unsubscribe

__all__ = ["NEEDS", "RULES"]

RULES: tuple[Rule, ...] = (
    unsubscribe,
    optout_sale,
    objection,
    restrict,
    access,
    portability,
    rectify,
    erase,
    question,
)

NEEDS: dict[Rule, frozenset[str]] = {
    unsubscribe: frozenset(("unsub", "opt_out", "list", "marketing", "contact")),
    optout_sale: frozenset(("dont_sell", "sell", "share")),
    objection: frozenset(("object_right", "object", "opt_out", "consent_back", "profiling", "processing")),
    restrict: frozenset(("restrict_right", "restrict", "processing")),
    access: frozenset(("access", "about_me", "copy", "get", "contact", "who")),
    portability: frozenset(("port_right", "port", "format", "provider")),
    rectify: frozenset(("rectify_right", "rectify", "change", "wrong", "moved")),
    erase: frozenset(("forget", "delete", "close", "hold", "be_in", "account")),
    question: frozenset(TOPICS),
}
"""A rule finds nothing in a clause without one of these. Most clauses have none, and the rule need not be asked."""
