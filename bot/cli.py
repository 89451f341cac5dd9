"""The command line: one command a sentence of the README."""

import click


@click.group()
def main() -> None:
    """rightsdesk answers privacy requests by mail and chat."""
