#!/usr/bin/env python3
"""Blobs, wraps and spare keys a second time, from their descriptions (src/seal/stream.rs, src/seal/wrap.rs, src/seal/recovery.rs) and not
from their code.

second.py freeze DIR   writes the frozen vectors (always the same)
second.py make DIR     writes vectors of random keys
second.py check DIR    opens what DIR/cases.json lists; what is to be refused must be refused
"""
import hashlib
import hmac
import json
import os
import sys
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

CHUNK = 16384
HEAD = 56
NAME = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0"


class Refused(Exception):
    pass


# Blobs.


def context(transfer, number, blob):
    return b"cloakroom/blob/1" + transfer.encode().ljust(16, b"\0") + number.to_bytes(4, "big") + blob


def derive(key, salt, ctx):
    out = HKDFExpand(algorithm=SHA512(), length=76, info=NAME + salt + ctx).derive(key)
    return AESGCM(out[:32]), int.from_bytes(out[32:44], "big"), out[44:]


def seal(key, salt, ctx, plain):
    aead, base, commitment = derive(key, salt, ctx)
    out = [salt, commitment]
    for number in range(len(plain) // CHUNK + 1):
        chunk = plain[number * CHUNK : (number + 1) * CHUNK]
        out.append(aead.encrypt((base ^ number).to_bytes(12, "big"), chunk, None))
    return b"".join(out)


def open_blob(key, ctx, blob, plain_len):
    if len(blob) < HEAD + 16:
        raise Refused("too short")
    aead, base, commitment = derive(key, blob[:24], ctx)
    if not hmac.compare_digest(commitment, blob[24:HEAD]):
        raise Refused("commitment")
    chunks = [blob[at : at + CHUNK + 16] for at in range(HEAD, len(blob), CHUNK + 16)]
    if not 16 <= len(chunks[-1]) < CHUNK + 16:
        raise Refused("last chunk")
    try:
        plain = b"".join(aead.decrypt((base ^ n).to_bytes(12, "big"), c, None) for n, c in enumerate(chunks))
    except InvalidTag:
        raise Refused("tag") from None
    if len(plain) != plain_len:
        raise Refused("length")
    return plain


# Wraps.


def hkdf(secret, info, salt=b"", length=32):
    return HKDF(algorithm=SHA512(), length=length, salt=salt, info=info).derive(secret)


def form(password, chosen):
    if chosen:
        return unicodedata.normalize("NFKC", password.strip())
    kept = [c for c in password if not c.isspace() and c not in "-\u2010\u2011\u2012\u2013\u2014\u2015"]
    upper = "".join(c.upper() if c.isascii() else c for c in kept)
    return upper.replace("O", "0").replace("I", "1").replace("L", "1")


def stretch(master, password, chosen, m, t, salt):
    argon = Argon2id(
        salt=salt, length=32, iterations=t, lanes=1, memory_cost=m,
        ad=b"cloakroom/password/1", secret=hkdf(master, b"cloakroom/pepper/1"),
    )
    return argon.derive(form(password, chosen).encode())


def wrap_keys(case, s):
    master, link = bytes.fromhex(case["master"]), bytes.fromhex(case["link"])
    lookup = hkdf(master, b"cloakroom/lookup/1")
    link_id = hmac.new(lookup, hkdf(link, b"cloakroom/link-id/1"), hashlib.sha256).digest()
    transfer = case["transfer"].encode().ljust(16, b"\0")
    secret = s + hkdf(link, b"cloakroom/link-key/1") + bytes.fromhex(case["day_key"])
    out = hkdf(secret, b"cloakroom/wrap/1" + link_id, salt=transfer, length=64)
    place = transfer + link_id + case["day"].to_bytes(4, "big", signed=True)
    return AESGCM(out[:32]), out[32:], place


def wrap(case, salt, nonce):
    password, chosen = case["password"], case["chosen"]
    flags, m, t = (0, 0, 0) if password is None else (3, 65536, 3) if chosen else (1, 8192, 1)
    head = bytes([1, flags]) + m.to_bytes(4, "big") + t.to_bytes(4, "big") + salt
    s = stretch(bytes.fromhex(case["master"]), password, chosen, m, t, salt) if flags else bytes(32)
    aead, commitment, place = wrap_keys(case, s)
    return head + commitment + nonce + aead.encrypt(nonce, bytes.fromhex(case["key"]), place + head)


def unwrap(case):
    wrapped = bytes.fromhex(case["wrap"])
    if len(wrapped) != 118 or wrapped[0] != 1 or wrapped[1] > 3:
        raise Refused("form")
    flags, m, t = wrapped[1], int.from_bytes(wrapped[2:6], "big"), int.from_bytes(wrapped[6:10], "big")
    if m > 131072 or t > 6:
        raise Refused("cost")
    s = bytes(32)
    if flags & 1:
        if case["password"] is None:
            raise Refused("password")
        s = stretch(bytes.fromhex(case["master"]), case["password"], bool(flags & 2), m, t, wrapped[10:26])
    aead, commitment, place = wrap_keys(case, s)
    if not hmac.compare_digest(commitment, wrapped[26:58]):
        raise Refused("commitment")
    try:
        return aead.decrypt(wrapped[58:70], wrapped[70:], place + wrapped[:26])
    except InvalidTag:
        raise Refused("tag") from None


# Spare keys.


def text(word):
    data = word.encode()
    assert len(data) < 128, "a length of one byte"
    return bytes([len(data)]) + data


def kept(case):
    """One way (channel, telephone number, what is said of it, no further way), verified TLS, rules that ask for nothing; in postcard."""
    way = text(case["channel"]) + b"\x01" + text(case["phone"]) + b"\x01" + text(case["phone"][-2:]) + b"\x00"
    return b"\x01" + way + b"\x01" + bytes(9)


def spare_aead(case):
    transfer = case["transfer"].encode().ljust(16, b"\0")
    secret = hkdf(bytes.fromhex(case["master"]), b"cloakroom/recovery/1") + bytes.fromhex(case["day_key"])
    key = hkdf(secret, b"cloakroom/spare/1", salt=transfer)
    return AESGCM(key), transfer + case["ticket"].to_bytes(4, "big") + case["day"].to_bytes(4, "big", signed=True)


def spare(case, nonce):
    aead, place = spare_aead(case)
    return b"\x01" + nonce + aead.encrypt(nonce, b"\x01" + bytes.fromhex(case["key"]) + kept(case), place)


def open_spare(case):
    sealed = bytes.fromhex(case["spare"])
    if len(sealed) < 29 or sealed[0] != 1:
        raise Refused("form")
    aead, place = spare_aead(case)
    try:
        plain = aead.decrypt(sealed[1:13], sealed[13:], place)
    except InvalidTag:
        raise Refused("tag") from None
    if plain[0] != 1:
        raise Refused("version")
    return plain[1:33].hex() == case["key"] and plain[33:] == kept(case)


# Making.


def pattern(length):
    return bytes((i * 7 + i // 251) & 255 for i in range(length))


def flip(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def malformed(blob):
    """Changes of the blob of 40000 bytes, and the reason for which each must be refused."""
    first, second = blob[HEAD : HEAD + 16400], blob[HEAD + 16400 : HEAD + 32800]
    rest = blob[HEAD + 32800 :]
    return [
        ("salt", 40000, flip(blob, 3), "the salt is another: the commitment does not match"),
        ("commitment", 40000, flip(blob, 30), "the commitment does not match"),
        ("first", 40000, flip(blob, HEAD), "a bit of the first chunk is changed"),
        ("tag", 40000, flip(blob, len(blob) - 1), "the last tag is changed"),
        ("cut-border", 32768, blob[: HEAD + 32800], "cut behind a full chunk: the last chunk must be short"),
        ("cut-middle", 39990, blob[:-10], "cut inside the last chunk"),
        ("longer", 40001, blob + b"\0", "a byte more"),
        ("swapped", 40000, blob[:HEAD] + second + first + rest, "two chunks change places"),
        ("doubled", 56384, blob[:HEAD] + first + first + second + rest, "a chunk stands there twice"),
        ("missing", 23616, blob[:HEAD] + second + rest, "the first chunk is missing"),
        ("length", 39999, blob, "the record says another length"),
        ("empty", 0, b"", "nothing"),
        ("head", 0, blob[:HEAD], "only a head"),
    ]


def write(folder, draw):
    """`draw(n)` gives n bytes."""
    os.makedirs(folder, exist_ok=True)
    cases = {"blobs": [], "wraps": [], "spares": []}

    def put(name, data, /, **case):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
        cases["blobs"].append({"file": name, **case})

    for number, length in enumerate([0, 1, 16383, 16384, 16385, 40000]):
        key, salt, blob_id, plain = draw(32), draw(24), draw(16), pattern(length)
        case = {
            "key": key.hex(), "transfer": "7K3M9XQF", "number": number, "blob": blob_id.hex(),
            "sha256": hashlib.sha256(plain).hexdigest(),
        }
        blob = seal(key, salt, context("7K3M9XQF", number, blob_id), plain)
        put(f"blob-{length}.bin", blob, plain_len=length, refused=None, **case)
    for name, length, changed, why in malformed(blob):
        put(f"bad-{name}.bin", changed, plain_len=length, refused=why, **case)
    moved = dict(case, number=4)
    put("bad-number.bin", blob, plain_len=40000, refused="it is another file of the transfer", **moved)
    moved = dict(case, transfer="7K3M9XQG")
    put("bad-transfer.bin", blob, plain_len=40000, refused="it is a file of another transfer", **moved)

    def lock(password, chosen):
        case = {
            "transfer": "7K3M9XQF", "link": draw(20).hex(), "day": 20833, "day_key": draw(32).hex(),
            "master": draw(32).hex(), "password": password, "chosen": chosen, "key": draw(32).hex(),
        }
        case["wrap"] = wrap(case, draw(16), draw(12)).hex()
        cases["wraps"].append(dict(case, refused=None))
        return case

    lock(None, False)
    generated = lock("K7PM-2WXD-9RQF", False)
    chosen = lock("Bl\u00e5b\u00e4r \ufb01nt 7", True)
    typed = [
        (generated, "k7pm 2wxd 9rqf", None),
        (generated, "K7PM\u20132WXD\u20139RQF", None),
        (generated, "K7PM-2WXD-9RQG", "another password"),
        (generated, None, "no password"),
        (chosen, " Bla\u030aba\u0308r fint 7\n", None),
        (chosen, "bl\u00e5b\u00e4r fint 7", "in a chosen password case counts"),
    ]
    for case, password, why in typed:
        cases["wraps"].append(dict(case, password=password, refused=why))
    for change, why in [
        ({"link": draw(20).hex()}, "another link"),
        ({"day_key": draw(32).hex()}, "another day key"),
        ({"day": 20834}, "another day"),
        ({"master": draw(32).hex()}, "another master key"),
        ({"transfer": "7K3M9XQG"}, "another transfer"),
        ({"wrap": flip(bytes.fromhex(generated["wrap"]), 0).hex()}, "another version"),
        ({"wrap": flip(bytes.fromhex(generated["wrap"]), 30).hex()}, "the commitment is changed"),
        ({"wrap": flip(bytes.fromhex(generated["wrap"]), 117).hex()}, "the tag is changed"),
        ({"wrap": generated["wrap"][:-2]}, "a byte is missing"),
        ({"wrap": generated["wrap"][:4] + "ffffffff" + generated["wrap"][12:]}, "it asks for 4 TiB of memory"),
    ]:
        cases["wraps"].append({**generated, **change, "refused": why})
    case = {
        "transfer": "7K3M9XQF", "ticket": 2, "day": 20833, "day_key": draw(32).hex(), "master": draw(32).hex(),
        "channel": "kannel", "phone": "+46701234547", "key": draw(32).hex(),
    }
    case["spare"] = spare(case, draw(12)).hex()
    cases["spares"].append(dict(case, refused=None))
    sealed = bytes.fromhex(case["spare"])
    for change, why in [
        ({"transfer": "7K3M9XQG"}, "another transfer"),
        ({"ticket": 3}, "another ticket"),
        ({"day": 20834}, "another day"),
        ({"day_key": draw(32).hex()}, "another day key"),
        ({"master": draw(32).hex()}, "another master key"),
        ({"spare": flip(sealed, 0).hex()}, "another version"),
        ({"spare": flip(sealed, 20).hex()}, "the key is changed"),
        ({"spare": flip(sealed, len(sealed) - 1).hex()}, "the tag is changed"),
        ({"spare": sealed[:-1].hex()}, "a byte is missing"),
        ({"spare": sealed[:12].hex()}, "only a head"),
    ]:
        cases["spares"].append({**case, **change, "refused": why})
    with open(os.path.join(folder, "cases.json"), "w", encoding="utf-8") as file:
        json.dump(cases, file, indent=1)
        file.write("\n")


def frozen():
    """Bytes that are always the same."""
    count = 0

    def draw(n):
        nonlocal count
        count += 1
        return hashlib.shake_256(b"cloakroom vectors 1" + count.to_bytes(4, "big")).digest(n)

    return draw


# Checking.


def check_one(what, opens, refused):
    try:
        right = opens()
    except Refused:
        right = None
    if refused is None and not right:
        return f"{what} does not open"
    if refused is not None and right is not None:
        return f"{what} opens, but: {refused}"
    return None


def check(folder):
    with open(os.path.join(folder, "cases.json"), encoding="utf-8") as file:
        cases = json.load(file)
    wrong = []
    for case in cases["blobs"]:
        with open(os.path.join(folder, case["file"]), "rb") as file:
            blob = file.read()

        def opens():
            ctx = context(case["transfer"], case["number"], bytes.fromhex(case["blob"]))
            plain = open_blob(bytes.fromhex(case["key"]), ctx, blob, case["plain_len"])
            return hashlib.sha256(plain).hexdigest() == case["sha256"]

        wrong.append(check_one(case["file"], opens, case["refused"]))
    for number, case in enumerate(cases["wraps"]):
        wrong.append(check_one(f"wrap {number}", lambda: unwrap(case).hex() == case["key"], case["refused"]))
    for number, case in enumerate(cases["spares"]):
        wrong.append(check_one(f"spare key {number}", lambda: open_spare(case), case["refused"]))
    wrong = [line for line in wrong if line]
    blobs, wraps, spares = (len(cases[kind]) for kind in ("blobs", "wraps", "spares"))
    print(*wrong or [f"{blobs} blobs, {wraps} wraps and {spares} spare keys are as they must be"], sep="\n")
    return 1 if wrong else 0


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("freeze", "make", "check"):
        print(__doc__, file=sys.stderr)
        return 2
    command, folder = sys.argv[1:]
    if command == "check":
        return check(folder)
    write(folder, frozen() if command == "freeze" else os.urandom)
    return 0


if __name__ == "__main__":
    sys.exit(main())
