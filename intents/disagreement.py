"""Whether somebody says that they do not accept a decision or complain of how they were treated. Words, no more.

Only asked inside a case that is known, so the words may be plain; a question about appealing counts as one, since a
person who is told the answer too early loses nothing and one who is not heard loses a right.
"""

import re

_SAYS = re.compile(
    r"\b(?:"
    r"appeal(?:s|ing|ed)?|complain(?:t|ts|ing)?|(?:do not|don't|cannot|can't) accept (?:this|your|the)|"
    r"disagree with (?:this|your|the)|reconsider (?:this|your|the)|"
    r"widerspreche|widerspruch|einspruch|beschwer\w+|nicht einverstanden|"
    r"(?:fais|faire|former?|dépose\w*) (?:appel|un recours|une réclamation|une plainte)|conteste\w*|recours|"
    r"réclamation|pas d'accord|"
    r"apel(?:o|ar|ación)|recurr(?:o|ir)|recurso|reclamación|queja|no estoy de acuerdo|impugno|"
    r"ricorso|reclamo|mi oppongo alla|impugno|contesto|non sono d'accordo|"
    r"bezwaar|beroep|klacht|niet eens met|"
    r"recorro|reclama(?:r|ção)|queixa|não concordo|contesto|"
    r"odwoł\w+|skarg\w+|reklamacj\w+|nie zgadzam się|sprzeciwiam się decyzji"
    r")\b",
    re.IGNORECASE,
)
_DOES_NOT = re.compile(
    r"\b(?:no|not|without|won't|kein\w*|nicht|sans|pas de|sin|senza|geen|sem|bez|nie) "
    r"(?:\w+ ){0,2}?"
    r"(?:complaints?|appeal\w*|beschwer\w+|widerspruch|plainte|réclamation|queja|reclamo|klacht|skarg\w+)\b",
    re.IGNORECASE,
)


def disagrees(text: str) -> bool:
    """Whether the newly typed text of a reply says so, in one of the eight languages."""
    return bool(_SAYS.search(_DOES_NOT.sub(" ", text)))
