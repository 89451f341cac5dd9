"""What follows from a letter, a click or a tick of the clock? Pure, as `intents`; time is an argument."""
