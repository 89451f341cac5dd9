"""Delivery reports (RFC 3464) of the town's mail server, for mail that was taken and then could not be delivered."""

from email.utils import format_datetime, make_msgid

from bot.demo.servers.smtp import Accepted

HOST = "mail.opterre.example"


def delivery_report(mail: Accepted, recipient: str, status: str) -> bytes:
    """The report to `mail.mail_from` that `recipient` was not reached; `status` is like "5.1.1 user unknown".

    Written by hand, because a report must quote the returned header lines as they were, broken ones too.
    """
    head = f"""\
From: Mail Delivery System <mailer-daemon@{HOST}>
To: {mail.mail_from}
Subject: Undelivered Mail Returned to Sender
Date: {format_datetime(mail.at)}
Message-ID: {make_msgid(domain=HOST)}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="report"

--report
Content-Type: text/plain; charset=us-ascii

Your message could not be delivered to

<{recipient}>: {status}

--report
Content-Type: message/delivery-status

Reporting-MTA: dns; {HOST}

Final-Recipient: rfc822; {recipient}
Action: failed
Status: {status.partition(" ")[0]}
Diagnostic-Code: smtp; 550 {status}

--report
Content-Type: text/rfc822-headers

"""
    returned = mail.raw.partition(b"\r\n\r\n")[0]
    return head.replace("\n", "\r\n").encode() + returned + b"\r\n\r\n--report--\r\n"
