"""salamander.py -- one ciphertext that ChaCha20-Poly1305 takes under two keys (an "invisible salamander"): the tag is a linear equation over
2^130 - 5 in each 16-byte block, so two free blocks satisfy two keys. The keys are those that our sealed segments would derive from two DEKs with
one salt. Prints what tests/fault/test_attack_segments.c pins; the same output on each run."""
import hashlib

import primitives as p

PRIME = 2**130 - 5


def clamped(key, nonce):
    block = p.chacha20_block(key, 0, nonce)[:32]
    return int.from_bytes(block[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF, int.from_bytes(block[16:], "little")


def solve(keys, nonce, aad, first):
    """Two blocks x, y after the ciphertext block `first`, and the tag, so that the tag holds under both keys."""
    blocks = [p.mac_input(aad, b"")[i : i + 16] for i in range(0, len(aad) + -len(aad) % 16, 16)] + [first]
    lengths = int.from_bytes(len(aad).to_bytes(8, "little") + (48).to_bytes(8, "little") + b"\1", "little")
    (r1, s1), (r2, s2) = (clamped(k, nonce) for k in keys)
    for attempt in range(100000):
        tag = int.from_bytes(hashlib.sha256(f"tag {attempt}".encode()).digest()[:16], "little")
        rows = []
        for r, s in ((r1, s1), (r2, s2)):
            known = 0
            for b in blocks:
                known = (known + int.from_bytes(b + b"\1", "little")) * r % PRIME
            # ((known + x) r + y) r + lengths) r = tag - s
            rows.append((pow(r, 3, PRIME), pow(r, 2, PRIME), ((tag - s) % 2**128 - known * pow(r, 3, PRIME) - lengths * r) % PRIME))
        (a1, b1, c1), (a2, b2, c2) = rows
        det = (a1 * b2 - a2 * b1) % PRIME
        if det == 0:
            continue
        inverse = pow(det, PRIME - 2, PRIME)
        x, y = (c1 * b2 - c2 * b1) * inverse % PRIME, (a1 * c2 - a2 * c1) * inverse % PRIME
        if x >> 128 == 1 and y >> 128 == 1:  # each must be a 16-byte block with its appended 1
            return first + (x % 2**128).to_bytes(16, "little") + (y % 2**128).to_bytes(16, "little"), tag.to_bytes(16, "little")
    raise SystemExit("no pair found")


p.self_check()
deks = [hashlib.sha256(f"dek {i}".encode()).digest() for i in (1, 2)]
salt, info, aad, nonce = hashlib.sha256(b"salt").digest()[:24], b"mhlw-seg1|attack", b"a place", bytes(12)
derived = [p.hkdf(d, salt, info, 64) for d in deks]
keys = [d[:32] for d in derived]
ciphertext, tag = solve(keys, nonce, aad, hashlib.sha256(b"first block").digest()[:16])
plains = []
for key in keys:
    assert p.poly1305(p.chacha20_block(key, 0, nonce)[:32], p.mac_input(aad, ciphertext)) == tag
    plains.append(p.chacha20(key, nonce, ciphertext))
assert plains[0] != plains[1]
for name, value in (("dek 1", deks[0]), ("dek 2", deks[1]), ("salt", salt), ("ciphertext and tag", ciphertext + tag), ("commitment 1", derived[0][32:]), ("commitment 2", derived[1][32:])):
    print(f"{name}: {value.hex()}")
