"""Reads delivery reports with Python's `email` and with flufl.bounce (Mailman's): one line of JSON for each file named."""

import email
import email.policy
import json
import sys

from flufl.bounce import all_failures


def fields(message):
    return {name.lower(): str(value) for name, value in message.items()}


for path in sys.argv[1:]:
    with open(path, "rb") as file:
        bytes_ = file.read()
    report = email.message_from_bytes(bytes_, policy=email.policy.default)
    parts = list(report.iter_parts())
    status = parts[1]
    # Of the two kinds Python knows only the older one as a list of blocks.
    if status.get_content_type() == "message/delivery-status":
        blocks = [fields(block) for block in status.get_payload()]
    else:
        text = bytes_.decode().split("message/global-delivery-status")[1].split("\r\n--")[0].split("\r\n\r\n", 1)[1]
        read = [email.message_from_string(block, policy=email.policy.default) for block in text.split("\r\n\r\n")]
        blocks = [fields(block) for block in read if len(block)]
    late, failed = all_failures(email.message_from_bytes(bytes_))
    print(json.dumps({
        "kind": report.get_content_type(),
        "report": report.get_param("report-type"),
        "to": str(report["To"]),
        "parts": [part.get_content_type() for part in parts],
        "defects": [str(d) for part in report.walk() for d in part.defects],
        "text": parts[0].get_content(),
        "blocks": blocks,
        "late": sorted(a.decode() for a in late),
        "failed": sorted(a.decode() for a in failed),
    }))
