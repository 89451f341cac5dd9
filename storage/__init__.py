"""What is remembered: tickets, letters in, letters out, the log."""
