"""Measurements: run by `make bench` or `python -m tests.bench`, never by pytest."""
