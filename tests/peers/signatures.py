"""Signs and verifies mails with two DKIM implementations that are not ours: dkimpy and OpenDKIM.

Setup: Debian's python3-dkim (with python3-nacl for Ed25519) and libopendkim11; run it with /usr/bin/python3.
Test: one JSON object on standard input, one on standard output.

    {"keys": {"s._domainkey.example.org": "v=DKIM1; …"}, "verify": ["/path/of/a/mail", …],
     "sign": [{"mail": "/path", "domain": "…", "selector": "…", "key": "/path/of/pem", "header": "relaxed", "body": "simple"}, …]}

Mails to be signed are signed in place first (RSA by dkimpy). Each mail's verdict: the signing domain of each signature, from the top, and
what each implementation says of it. No DNS is asked: the keys above are all there are.
"""

import ctypes
import json
import sys
import tempfile

import dkim

OPENDKIM = "libopendkim.so.11"
SETOPT, QUERYMETHOD, QUERYINFO, QUERY_FILE = 1, 6, 7, 1
PASSED, BODY_MATCHES = 0x04, 0


def sign(order):
    with open(order["mail"], "rb") as file:
        mail = file.read()
    with open(order["key"], "rb") as file:
        key = file.read()
    canonical = (order["header"].encode(), order["body"].encode())
    field = dkim.sign(mail, order["selector"].encode(), order["domain"].encode(), key, canonicalize=canonical)
    with open(order["mail"], "wb") as file:
        file.write(field + mail)


def by_dkimpy(mail, keys):
    def answer(name, timeout=5):
        name = name.decode() if isinstance(name, bytes) else name
        return keys.get(name.rstrip("."), "").encode()

    count = sum(line.lower().startswith(b"dkim-signature:") for line in mail.split(b"\r\n\r\n", 1)[0].split(b"\r\n"))
    verdicts = []
    for index in range(count):
        try:
            verdicts.append(bool(dkim.DKIM(mail).verify(idx=index, dnsfunc=answer)))
        except (dkim.DKIMException, ValueError) as error:
            verdicts.append("%s: %s" % (type(error).__name__, error))
    return verdicts




class OpenDkim:
    """libopendkim, with its keys in a file (`DKIM_QUERY_FILE`)."""

    def __init__(self, keys):
        lib = self.lib = ctypes.CDLL(OPENDKIM)
        pointer = ctypes.c_void_p
        lib.dkim_init.restype = lib.dkim_verify.restype = pointer
        lib.dkim_init.argtypes = [pointer, pointer]
        lib.dkim_options.argtypes = [pointer, ctypes.c_int, ctypes.c_int, pointer, ctypes.c_size_t]
        lib.dkim_verify.argtypes = [pointer, ctypes.c_char_p, pointer, ctypes.POINTER(ctypes.c_int)]
        lib.dkim_chunk.argtypes = [pointer, ctypes.c_char_p, ctypes.c_size_t]
        lib.dkim_eom.argtypes = [pointer, pointer]
        lib.dkim_getsiglist.argtypes = [pointer, ctypes.POINTER(ctypes.POINTER(pointer)), ctypes.POINTER(ctypes.c_int)]
        for name in ["dkim_sig_process"]:
            getattr(lib, name).argtypes = [pointer, pointer]
        for name in ["dkim_sig_getflags", "dkim_sig_getbh", "dkim_sig_getdomain", "dkim_sig_geterror", "dkim_free"]:
            getattr(lib, name).argtypes = [pointer]
        lib.dkim_sig_getdomain.restype = ctypes.c_char_p
        lib.dkim_sig_geterrorstr.restype = ctypes.c_char_p
        self.handle = lib.dkim_init(None, None)
        self.file = tempfile.NamedTemporaryFile("w", suffix=".keys")
        for name, record in keys.items():
            print(name, record, file=self.file)
        self.file.flush()
        method = ctypes.c_int(QUERY_FILE)
        self.option(QUERYMETHOD, ctypes.byref(method), ctypes.sizeof(method))
        path = self.file.name.encode()
        self.option(QUERYINFO, ctypes.c_char_p(path), len(path))

    def option(self, which, value, size):
        status = self.lib.dkim_options(self.handle, SETOPT, which, value, size)
        assert status == 0, "dkim_options: %d" % status

    def verify(self, mail):
        lib, status, pointer = self.lib, ctypes.c_int(), ctypes.c_void_p
        one = lib.dkim_verify(self.handle, b"test", None, ctypes.byref(status))
        assert one, "dkim_verify: %d" % status.value
        # In pieces of odd size, and the end of the input told by an empty one.
        for start in range(0, len(mail), 40009):
            piece = mail[start : start + 40009]
            lib.dkim_chunk(one, piece, len(piece))
        lib.dkim_chunk(one, None, 0)
        lib.dkim_eom(one, None)
        found, count = ctypes.POINTER(pointer)(), ctypes.c_int()
        lib.dkim_getsiglist(one, ctypes.byref(found), ctypes.byref(count))
        domains, verdicts = [], []
        for index in range(count.value):
            signature = found[index]
            lib.dkim_sig_process(one, signature)
            domains.append(lib.dkim_sig_getdomain(signature).decode())
            is_good = lib.dkim_sig_getflags(signature) & PASSED and lib.dkim_sig_getbh(signature) == BODY_MATCHES
            error = lib.dkim_sig_geterror(signature)
            why = lib.dkim_sig_geterrorstr(error) or b"error %d" % error
            verdicts.append(True if is_good else "%s, body %d" % (why.decode(), lib.dkim_sig_getbh(signature)))
        lib.dkim_free(one)
        return domains, verdicts


def main():
    order = json.load(sys.stdin)
    for one in order.get("sign", []):
        sign(one)
    opendkim = OpenDkim(order["keys"])
    verdicts = []
    for path in order.get("verify", []):
        with open(path, "rb") as file:
            mail = file.read()
        domains, theirs = opendkim.verify(mail)
        verdicts.append({"domains": domains, "opendkim": theirs, "dkimpy": by_dkimpy(mail, order["keys"])})
    json.dump(verdicts, sys.stdout)


main()
