"""The law: periods, counting, identity, grounds and authorities as data, and the arithmetic that shows its working."""
