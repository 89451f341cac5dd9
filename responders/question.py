"""A question: answered from the company's own policy when the match is clear, else by a person of the staff."""

from intents.rights import Intent
from responders.responder import Responder

QUESTION = Responder(
    right=Intent.QUESTION,
    first_letter="question.received",
    done_letter="question.answered",
    asks_staff="Answer this question in your own words.",
    needs_code=False,
    answer_holds_data=False,
)
