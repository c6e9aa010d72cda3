#!/usr/bin/env python3
"""log_check.py -- the third implementation, from the specifications and the standard library alone, as the oracle of tests: RFC 6962, RFC 8032 (slow and
plain), c2sp.org/signed-note, tlog-checkpoint, tlog-tiles, tlog-proof, tlog-cosignature. Usage:
  log_check.py rebuild TILES | inclusion PROOF LEAF | consistency OLD NEW TILES | signed NOTE VKEY...
Prints one line and ends with 0, or says why not and ends with 1."""
import base64
import hashlib
import os
import sys

# --- Ed25519, RFC 8032 section 5.1 ---
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
I = pow(2, (P - 1) // 4, P)


def add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    p, q = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    r, s = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = q - p, s - r, s + r, q + p
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(k, a):
    result = (0, 1, 1, 0)
    while k:
        if k & 1:
            result = add(result, a)
        a, k = add(a, a), k >> 1
    return result


def point(b):
    y = int.from_bytes(b, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        raise ValueError("point")
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * I % P
    if (x * x - x2) % P or (x == 0 and sign):
        raise ValueError("point")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519(key, message, signature):
    try:
        a, r = point(key), point(signature[:32])
    except ValueError:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    u, v = times(s, BASE), add(r, times(h, a))
    return (u[0] * v[2] - v[0] * u[2]) % P == 0 and (u[1] * v[2] - v[1] * u[2]) % P == 0


# --- notes ---
def b64(text, size=None):
    raw = base64.b64decode(text, validate=True)
    assert base64.b64encode(raw).decode() == text and size in (None, len(raw)), "base64"
    return raw


def checkpoint(note):
    text, signatures = note.decode().rsplit("\n\n", 1)
    lines = text.split("\n")
    assert lines[1] == str(int(lines[1])) and 0 <= int(lines[1]) < 2**63, "size"
    return {"text": (text + "\n").encode(), "origin": lines[0], "size": int(lines[1]), "root": b64(lines[2], 32), "signatures": signatures.splitlines()}


def signed_by(c, vkey):
    name, key_id, key = vkey.split("+", 2)
    key = b64(key, 33)
    assert hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8] == key_id, "key id"
    for line in c["signatures"]:
        dash, by, blob = line.split(" ")
        blob = b64(blob)
        if dash != "\u2014" or by != name or blob[:4].hex() != key_id:
            continue
        if key[0] == 4:
            time = int.from_bytes(blob[4:12], "big")
            return ed25519(key[1:], b"cosignature/v1\ntime %d\n" % time + c["text"], blob[12:])
        return ed25519(key[1:], c["text"], blob[4:])
    return False


# --- the tree, by its definition ---
def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def split(n):
    return 1 << (n - 1).bit_length() - 1


def mth(hashes):
    if not hashes:
        return hashlib.sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return node(mth(hashes[:k]), mth(hashes[k:]))


def root_from_path(h, index, size, path):
    if size == 1:
        assert not path, "a proof too long"
        return h
    assert path, "a proof too short"
    k = split(size)
    if index < k:
        return node(root_from_path(h, index, k, path[:-1]), path[-1])
    return node(path[-1], root_from_path(h, index - k, size - k, path[:-1]))


# --- tiles ---
def tile(folder, level, index, width):
    name = "%03d" % (index % 1000)
    while index >= 1000:
        index //= 1000
        name = "x%03d/" % (index % 1000) + name
    return open(os.path.join(folder, "tile", str(level), name + (".p/%d" % width if width < 256 else "")), "rb").read()


def entries(folder, size):
    for first in range(0, size, 256):
        width = min(256, size - first)
        bundle, at = tile(folder, "entries", first // 256, width), 0
        for _ in range(width):
            n = int.from_bytes(bundle[at:at + 2], "big")
            yield bundle[at + 2:at + 2 + n]
            at += 2 + n


def rebuild(folder):
    c = checkpoint(open(os.path.join(folder, "checkpoint"), "rb").read())
    leaves = level_hashes = [leaf_hash(e) for e in entries(folder, c["size"])]
    for level in range(8):
        for first in range(0, len(level_hashes), 256):
            part = level_hashes[first:first + 256]
            assert tile(folder, level, first // 256, len(part)) == b"".join(part), "tile %d of level %d" % (first // 256, level)
        level_hashes = [mth(level_hashes[i:i + 256]) for i in range(0, len(level_hashes) // 256 * 256, 256)]
    assert mth(leaves) == c["root"], "root"
    return c, leaves


def main(command, *names):
    read = [open(n, "rb").read() if os.path.isfile(n) else n for n in names]
    if command == "rebuild":
        c, _ = rebuild(names[0])
        return "rebuilt: %d leaves, root %s" % (c["size"], c["root"].hex())
    if command == "inclusion":
        head, note = read[0].decode().split("\n\n", 1)
        lines, c = head.split("\n"), checkpoint(note.encode())
        lines = lines[:1] + lines[2:] if lines[1].startswith("extra ") else lines
        index, path = int(lines[1].split(" ")[1]), [b64(line, 32) for line in lines[2:]]
        assert lines[0] == "c2sp.org/tlog-proof@v1" and index < c["size"], "index"
        assert root_from_path(leaf_hash(read[1]), index, c["size"], path) == c["root"], "not included"
        return "included: leaf %d of %d, %d hashes" % (index, c["size"], len(path))
    if command == "consistency":
        old, new = checkpoint(read[0]), checkpoint(read[1])
        tiles, leaves = rebuild(names[2])
        assert 0 < old["size"] <= new["size"] <= tiles["size"], "sizes"
        assert all(mth(leaves[:c["size"]]) == c["root"] for c in (old, new)), "not consistent"
        return "consistent: %d leaves, then %d" % (old["size"], new["size"])
    c = checkpoint(read[0])
    assert command == "signed" and all(signed_by(c, v.decode().strip() if isinstance(v, bytes) else v) for v in read[1:]), "signature"
    return "signed by %d keys" % (len(names) - 1)


if __name__ == "__main__":
    try:
        print(main(*sys.argv[1:]))
    except (AssertionError, ValueError, IndexError, OSError) as e:
        print("refused: %s" % e)
        sys.exit(1)
