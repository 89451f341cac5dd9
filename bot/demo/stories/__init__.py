"""Stories: the town played without a browser, printed like a conversation, each with what it must end in."""
