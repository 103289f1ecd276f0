"""Reads mails with Python's email package and prints what it finds, as JSON: one object a mail.

    read.py FOLDER N        reads FOLDER/0.eml to FOLDER/N-1.eml

A text that is not in the charset it is said to be in ends the program.
"""

import email
import email.policy
import hashlib
import json
import pathlib
import sys


def seen(part):
    body = part.get_payload(decode=True) or b""
    text = None
    if part.get_content_maintype() == "text" and not part.get_filename():
        text = body.decode(part.get_content_charset() or "utf-8")
    return {
        "kind": part.get_content_type(),
        "is_file": part.get_content_disposition() == "attachment",
        "text": text,
        "digest": hashlib.sha256(body).hexdigest(),
    }


def read(path):
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.compat32)
    parts = list(message.walk())
    return {
        "parts": [seen(part) for part in parts],
        "defects": [type(defect).__name__ for part in parts for defect in part.defects],
    }


folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
json.dump([read(folder / f"{n}.eml") for n in range(count)], sys.stdout)
