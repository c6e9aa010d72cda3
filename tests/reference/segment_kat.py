#!/usr/bin/env python3
"""Second implementation of the sealed segment (secure-store/segment.md), for its known answer: hashlib, hmac, the openssl program and Poly1305 in integers.
usage: segment_kat.py [HEX]   prints the segment; with HEX exits 0 when equal, 1 when not, 77 when openssl is missing."""
import hashlib
import hmac
import shutil
import struct
import subprocess
import sys


def hkdf(key, salt, info, n):
    prk, out, block = hmac.new(salt, key, hashlib.sha256).digest(), b"", b""
    for i in range(1, (n + 31) // 32 + 1):
        block = hmac.new(prk, block + info + bytes([i]), hashlib.sha256).digest()
        out += block
    return out[:n]


def chacha20(key, counter, data):
    iv = struct.pack("<I", counter) + bytes(12)
    command = ["openssl", "enc", "-chacha20", "-K", key.hex(), "-iv", iv.hex()]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def poly1305(key, message):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    s, a = int.from_bytes(key[16:], "little"), 0
    for i in range(0, len(message), 16):
        a = (a + int.from_bytes(message[i : i + 16] + b"\x01", "little")) * r % ((1 << 130) - 5)
    return ((a + s) & ((1 << 128) - 1)).to_bytes(16, "little")


def aead(key, plain, ad):  # RFC 8439 section 2.8, zero nonce
    pad = lambda b: b + bytes(-len(b) % 16)
    cipher = chacha20(key, 1, plain)
    return cipher + poly1305(chacha20(key, 0, bytes(32)), pad(ad) + pad(cipher) + struct.pack("<QQ", len(ad), len(cipher)))


def padme(n):
    e = n.bit_length() - 1
    low = (1 << (e - e.bit_length())) - 1
    return (n + low) & ~low


def frame(raw):  # RFC 8878: single segment, one-byte content size, one raw last block
    return b"\x28\xb5\x2f\xfd\x20" + bytes([len(raw)]) + struct.pack("<I", len(raw) << 3 | 1)[:3] + raw


def text(s):
    return bytes([len(s)]) + s


def segment():
    raw, dek, salt, schema = b"shirabe segment known answer", bytes(range(32)), bytes(range(0x40, 0x58)), bytes(range(0xA0, 0xC0))
    dataset, table, column = b"vital/birth/2025-12/received", b"shard:1", b"birth_weight"
    info = b"mhlw-seg1|%s|2|%s|%s|7|65536|%s" % (dataset, table, column, schema.hex().encode())
    ad = text(dataset) + b"\x02" + text(table) + text(column) + struct.pack("<QQIIB", 7, 458752, 65536, len(raw), 1) + schema + struct.pack("<Q", 42)
    body = struct.pack("<I", len(frame(raw))) + frame(raw)
    derived = hkdf(dek, salt, info, 64)
    return b"SSG1" + salt + derived[32:] + aead(derived[:32], body + bytes(padme(len(body)) - len(body)), ad)


if __name__ == "__main__":
    if not shutil.which("openssl"):
        sys.exit(77)
    found = segment().hex()
    print(found)
    if len(sys.argv) > 1 and sys.argv[1] != found:
        sys.exit(1)
