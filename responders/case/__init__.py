"""The case: a ticket, what may happen to it and what follows."""
