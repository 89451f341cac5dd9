"""The town's servers on 127.0.0.1: real SMTP and IMAP (`mail.MailTown`) and a Slack stand-in (`slack.SlackTown`)."""
