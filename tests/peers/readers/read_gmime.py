"""What GMime 3 shows of mails. Setup: gir1.2-gmime-3.0, python3-gi and the distribution's own python3.

Test: tests/it/readers.rs; the README here says what goes in and comes out.
"""

import hashlib
import json
import sys

import gi

gi.require_version("GMime", "3.0")
from gi.repository import GMime  # noqa: E402


def written(thing):
    stream = GMime.StreamMem.new()
    if isinstance(thing, GMime.DataWrapper):
        thing.write_to_stream(stream)
    else:
        thing.write_to_stream(None, stream)
    array = stream.get_byte_array()
    return bytes(array) if array else b""


def leaf(part, data, within, needles):
    plain = data.replace(b"\r", b"").strip(b"\n")
    kind = part.get_content_type()
    disposition = attempt(part.get_disposition)
    is_part = isinstance(part, GMime.Part)
    name = attempt(part.get_filename) if is_part else None
    return {
        "type": kind.get_mime_type().lower() if kind else "",
        "name": clean(name or attempt(lambda: part.get_content_type_parameter("name"))),
        "disposition": clean(disposition),
        "cid": clean(attempt(part.get_content_id)),
        "size": len(data),
        "plain_size": len(plain),
        "sha256": hashlib.sha256(data).hexdigest(),
        "plain": hashlib.sha256(plain).hexdigest(),
        "attachment": part.is_attachment() if is_part else disposition == "attachment",
        "within": within,
        "found": [needle.hex() for needle in needles if needle in data],
    }


def attempt(get):
    """The bindings give no text that is not UTF-8."""
    try:
        return get()
    except UnicodeDecodeError:
        return "?"


def clean(text):
    return None if text is None else str(text).encode("utf-8", "replace").decode()


def walk(part, within, needles, leaves):
    if isinstance(part, GMime.Multipart):
        for index in range(part.get_count()):
            walk(part.get_part(index), within, needles, leaves)
    elif isinstance(part, GMime.MessagePart):
        message = part.get_message()
        leaves.append(leaf(part, written(message) if message else b"", within, needles))
        own = len(leaves) - 1
        if message and message.get_mime_part():
            walk(message.get_mime_part(), own, needles, leaves)
    elif isinstance(part, GMime.Part):
        content = part.get_content()
        leaves.append(leaf(part, written(content) if content else b"", within, needles))


def read(path, needles):
    leaves = []
    try:
        stream = GMime.StreamFile.open(path, "rb")
        message = GMime.Parser.new_with_stream(stream).construct_message(None)
        if message is None or message.get_mime_part() is None:
            return {"leaves": leaves, "died": "shows no message"}
        walk(message.get_mime_part(), None, needles, leaves)
        return {"leaves": leaves}
    except Exception as error:
        return {"leaves": leaves, "died": clean(error)}


GMime.init()
version = f"{GMime.MAJOR_VERSION}.{GMime.MINOR_VERSION}.{GMime.MICRO_VERSION}"
print(json.dumps({"reader": "gmime", "version": version}))
for line in sys.stdin:
    path, *hexes = line.split()
    print(json.dumps(read(path, [bytes.fromhex(text) for text in hexes])), flush=True)
