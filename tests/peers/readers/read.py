"""What Python's `email` shows of mails. Setup: python3. Test: tests/it/readers.rs; the README here says what goes in and comes out."""

import email
import email.policy
import hashlib
import json
import sys

AS_IT_CAME = email.policy.compat32.clone(max_line_length=None)


def leaf(part, data, files, within, needles):
    plain = data.replace(b"\r", b"").strip(b"\n")
    name = attempt(part.get_filename) or attempt(lambda: part.get_param("name", header="content-type"))
    return {
        "type": part.get_content_type(),
        "name": clean(name),
        "disposition": clean(attempt(part.get_content_disposition)),
        "cid": clean(attempt(lambda: part["content-id"])),
        "size": len(data),
        "plain_size": len(plain),
        "sha256": hashlib.sha256(data).hexdigest(),
        "plain": hashlib.sha256(plain).hexdigest(),
        "attachment": id(part) in files or bool(attempt(part.is_attachment)),
        "within": within,
        "found": [needle.hex() for needle in needles if needle in data],
    }


def written(message):
    data = attempt(lambda: message.as_bytes(policy=AS_IT_CAME)) or b""
    # A block of a report without fields gets the blank line behind them all the same.
    return data if message.keys() else data.removeprefix(b"\n")


def attempt(get):
    """A field that cannot be read is one that is not shown."""
    try:
        return get()
    except Exception:
        return None


def clean(text):
    return None if text is None else str(text).encode("utf-8", "replace").decode()


def walk(part, files, within, needles, leaves):
    payload = part.get_payload()
    if not isinstance(payload, list):
        data = part.get_payload(decode=True)
        leaves.append(leaf(part, data or b"", files, within, needles))
    elif part.get_content_maintype() == "message":
        data = b"".join(written(message) for message in payload)
        leaves.append(leaf(part, data, files, within, needles))
        own = len(leaves) - 1
        if part.get_content_type() in ("message/rfc822", "message/global"):
            for message in payload:
                message_leaves(message, own, needles, leaves)
    else:
        for child in payload:
            walk(child, files, within, needles, leaves)


def message_leaves(message, within, needles, leaves):
    files = attempt(lambda: {id(part) for part in message.iter_attachments()}) or set()
    walk(message, files, within, needles, leaves)


def read(path, needles):
    leaves = []
    try:
        with open(path, "rb") as file:
            message = email.message_from_binary_file(file, policy=email.policy.default)
        message_leaves(message, None, needles, leaves)
        return {"leaves": leaves}
    except Exception as error:
        return {"leaves": leaves, "died": clean(error)}


print(json.dumps({"reader": "python", "version": sys.version.split()[0]}))
for line in sys.stdin:
    path, *hexes = line.split()
    print(json.dumps(read(path, [bytes.fromhex(text) for text in hexes])), flush=True)
