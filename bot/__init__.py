"""The world: mailbox, Slack, clock, processors, command line."""
