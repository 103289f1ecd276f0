#!/usr/bin/env python3
"""QUICK a second time, from the manual's page formats and RFC 9180, and not from the code.

quick.py <case.json   from a device's token to a transfer key, both of HPKE's layers; prints the public key of the pair and the transfer key
"""
import hashlib
import hmac
import json
import sys

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from second import hkdf

KEM = b"KEM" + (0x0020).to_bytes(2, "big")
SUITE = b"HPKE" + b"".join(n.to_bytes(2, "big") for n in (0x0020, 0x0001, 0x0002))


def extract(suite, salt, label, secret):
    return hmac.new(salt or bytes(32), b"HPKE-v1" + suite + label + secret, hashlib.sha256).digest()


def expand(suite, secret, label, info, length):
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return HKDFExpand(algorithm=SHA256(), length=length, info=labelled).derive(secret)


def hpke_open(secret, sealed, info, place):
    """RFC 9180 section 5.1.1, base mode, one message."""
    encapsulated, ciphertext = sealed[:32], sealed[32:]
    private = X25519PrivateKey.from_private_bytes(secret)
    public = private.public_key().public_bytes_raw()
    shared = private.exchange(X25519PublicKey.from_public_bytes(encapsulated))
    shared = expand(KEM, extract(KEM, b"", b"eae_prk", shared), b"shared_secret", encapsulated + public, 32)
    context = b"\0" + extract(SUITE, b"", b"psk_id_hash", b"") + extract(SUITE, b"", b"info_hash", info)
    secret = extract(SUITE, shared, b"secret", b"")
    key, nonce = expand(SUITE, secret, b"key", context, 32), expand(SUITE, secret, b"base_nonce", context, 12)
    return AESGCM(key).decrypt(nonce, ciphertext, place)


def main():
    case = {name: bytes.fromhex(value) for name, value in json.load(sys.stdin).items()}
    device = hkdf(case["token"], b"cloakroom/quick-device/1", salt=case["circle"])
    place = case["circle"] + case["key"] + case["device"]
    pair = hpke_open(device, case["share"], b"cloakroom/quick-share/1", place)
    print(X25519PrivateKey.from_private_bytes(pair).public_key().public_bytes_raw().hex())

    lookup = hkdf(case["master"], b"cloakroom/lookup/1")
    link_id = hmac.new(lookup, hkdf(case["link"], b"cloakroom/link-id/1"), hashlib.sha256).digest()
    place = case["transfer"] + link_id + case["day"] + case["ticket"] + case["key"]
    inner = hpke_open(pair, case["sealed"], b"cloakroom/quick-transfer/1", place)
    secret = hkdf(case["link"], b"cloakroom/link-key/1") + case["day_key"]
    key = hkdf(secret, b"cloakroom/quick-link/1" + link_id, salt=case["transfer"])
    assert inner[0] == 1, "the value form's version"
    print(AESGCM(key).decrypt(inner[1:13], inner[13:], place).hex())


main()
