"""The command line: each command's code is loaded only when it is called, so that `rightsdesk read` starts at once."""

import importlib

import click

COMMANDS = {
    "run": "bot.commands.running:run",
    "demo": "bot.commands.running:demo",
    "check": "bot.commands.checking:check",
    "backfill": "bot.commands.running:backfill",
    "read": "bot.commands.reading:read",
    "ask": "bot.commands.reading:ask",
    "what-if": "bot.commands.reading:what_if",
    "due": "bot.commands.law:due",
    "letters": "bot.commands.law:letters",
    "lifecycle": "bot.commands.law:lifecycle",
    "tickets": "bot.commands.tickets:tickets",
    "ticket": "bot.commands.tickets:ticket",
    "export": "bot.commands.proof:export",
    "report": "bot.commands.proof:report",
    "breach": "bot.commands.breach:breach",
    "parked": "bot.commands.tickets:parked",
    "outbox": "bot.commands.tickets:outbox_command",
    "corrections": "bot.commands.corrections:corrections_command",
    "verify": "bot.commands.log:verify",
    "replay": "bot.commands.log:replay_command",
    "migrate": "bot.commands.keeping:migrate",
    "keys": "bot.commands.keeping:keys",
    "purge": "bot.commands.keeping:purge",
    "backup": "bot.commands.keeping:backup_command",
    "restore": "bot.commands.keeping:restore_command",
}
"""Name of each command and where its code is."""

HELP = {
    "run": "Read the mailbox and Slack, and do everything else.",
    "demo": "The loopback town: try everything on this machine, or play its stories.",
    "check": "Try IMAP, SMTP, Slack, database and policy; say what is wrong and how to fix it.",
    "backfill": "Read an old mailbox and list the requests that were never answered.",
    "read": "Say what a letter asks, with the words that decided it.",
    "ask": "Answer questions from a privacy policy.",
    "what-if": "Say what the bot would do with a mail, and do nothing.",
    "due": "Compute the dates the law sets, with the working.",
    "letters": "List the letter templates and whether they were reviewed.",
    "lifecycle": "Print the life cycle of a ticket as a diagram.",
    "tickets": "List tickets.",
    "ticket": "Show one ticket: dates with their working, who did what when, tasks.",
    "export": "Write a ticket's file for a regulator: a page, JSON and every letter.",
    "report": "Write California's yearly figures, with a plot.",
    "breach": "Open a breach with all its clocks, draft its notices, mail a list.",
    "parked": "List mails kept aside, or read one again.",
    "outbox": "List letters that did not go out, and send or drop one held.",
    "corrections": "List letters that staff sorted otherwise than they were read.",
    "verify": "Prove that the log was not changed.",
    "replay": "Rebuild a ticket's state from the log, and show any difference.",
    "migrate": "Bring the database up to date.",
    "keys": "Make a master key, or change to a new one.",
    "purge": "Destroy what was kept long enough.",
    "backup": "Write an encrypted backup, also while the bot runs.",
    "restore": "Fill the database from a backup.",
}


class Lazy(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of the README."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, loaded."""
        where = COMMANDS.get(cmd_name)
        if where is None:
            return None
        module, _, name = where.partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(HELP.items()))


@click.command(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rightsdesk")
def main() -> None:
    """rightsdesk answers privacy requests by mail and chat.

    \b
    Try it:        rightsdesk demo
    Set it up:     cp config.example.toml config.toml, then rightsdesk check
    Let it watch:  rightsdesk run --shadow
    """
