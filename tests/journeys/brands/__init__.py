"""Several brands and mailboxes in one installation."""
