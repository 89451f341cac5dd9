"""The mail doors: letters come in by IMAP and go out by SMTP, as bytes."""
