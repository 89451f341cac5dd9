"""The rules: which ideas together in one clause ask for which right. One function a right, shared by all languages."""

from intents.rules.asking import question
from intents.rules.common import Rule
from intents.rules.erasure import erase
from intents.rules.holding import access, portability, rectify
from intents.rules.stopping import objection, optout_sale, restrict, unsubscribe

__all__ = ["RULES"]

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
