"""The real servers as fixtures, for the tests of the mail doors."""

from tests.servers.dovecot import dovecot
from tests.servers.postfix import postfix, sink

__all__ = ["dovecot", "postfix", "sink"]
