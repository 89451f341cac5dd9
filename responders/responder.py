"""A responder: how one right is done, as data. One file per right holds one of these."""

from dataclasses import dataclass

from intents.rights import Intent


@dataclass(frozen=True, slots=True)
class Responder:
    """How a right is done.

    `needs_code`: identity is confirmed by an e-mailed code first (never for unsubscribe, do-not-sell and objection to
    direct marketing: 16 CFR 316.5, 11 CCR 7060(b), GDPR art. 21(3)).
    `at_once`: done and confirmed without a decision of staff. `suppresses`: the address gets no more marketing.
    `waits`: an approved request waits `House.erase_wait` before tasks are given.
    `answer_holds_data`: the answer carries personal data or confirms an erasure, so it is never sent twice blindly.
    `asks_staff` is the sentence on the card that says what is asked of staff.
    """

    right: Intent
    done_letter: str
    asks_staff: str
    needs_code: bool = True
    at_once: bool = False
    suppresses: bool = False
    waits: bool = False
    answer_holds_data: bool = True
    first_letter: str = ""
