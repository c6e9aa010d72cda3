"""primitives.py -- ChaCha20-Poly1305, X25519, Ed25519, HKDF, bech32 and Merkle trees in plain Python: a second implementation for test vectors.
Slow and not constant-time; for tests only. self_check() holds it against the values printed in RFC 8439, 7748, 8032, 5869 and 6962."""
import hashlib
import hmac
import struct

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493


# --- ChaCha20-Poly1305, RFC 8439 ---
def _rotate(v, n):
    return ((v << n) | (v >> (32 - n))) & 0xFFFFFFFF


def chacha20_block(key, counter, nonce):
    start = list(struct.unpack("<4I", b"expand 32-byte k") + struct.unpack("<8I", key) + (counter,) + struct.unpack("<3I", nonce))
    s = start[:]
    for _ in range(10):
        for a, b, c, d in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            s[a] = (s[a] + s[b]) & 0xFFFFFFFF
            s[d] = _rotate(s[d] ^ s[a], 16)
            s[c] = (s[c] + s[d]) & 0xFFFFFFFF
            s[b] = _rotate(s[b] ^ s[c], 12)
            s[a] = (s[a] + s[b]) & 0xFFFFFFFF
            s[d] = _rotate(s[d] ^ s[a], 8)
            s[c] = (s[c] + s[d]) & 0xFFFFFFFF
            s[b] = _rotate(s[b] ^ s[c], 7)
    return struct.pack("<16I", *((x + y) & 0xFFFFFFFF for x, y in zip(s, start)))


def chacha20(key, nonce, data, counter=1):
    out = bytearray()
    for i in range(0, len(data), 64):
        stream = chacha20_block(key, counter + i // 64, nonce)
        out += bytes(a ^ b for a, b in zip(data[i : i + 64], stream))
    return bytes(out)


def hchacha20(key, nonce16):
    s = list(struct.unpack("<16I", chacha20_block(key, struct.unpack("<I", nonce16[:4])[0], nonce16[4:])))
    start = struct.unpack("<4I", b"expand 32-byte k") + struct.unpack("<8I", key) + struct.unpack("<4I", nonce16)
    words = [(a - b) & 0xFFFFFFFF for a, b in zip(s, start)]
    return struct.pack("<8I", *(words[:4] + words[12:]))


def poly1305(key, message):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    s = int.from_bytes(key[16:], "little")
    a = 0
    for i in range(0, len(message), 16):
        a = (a + int.from_bytes(message[i : i + 16] + b"\1", "little")) * r % (2**130 - 5)
    return ((a + s) % 2**128).to_bytes(16, "little")


def mac_input(aad, ct):
    pad = lambda b: b + bytes(-len(b) % 16)
    return pad(aad) + pad(ct) + struct.pack("<QQ", len(aad), len(ct))


def aead_seal(key, nonce, aad, message):
    ct = chacha20(key, nonce, message)
    return ct + poly1305(chacha20_block(key, 0, nonce)[:32], mac_input(aad, ct))


def xaead_seal(key, nonce, aad, message):
    return aead_seal(hchacha20(key, nonce[:16]), bytes(4) + nonce[16:], aad, message)


# --- X25519, RFC 7748 ---
def x25519(scalar, point):
    k = int.from_bytes(scalar, "little") & ~7 & ~(1 << 255) | (1 << 254)
    u = int.from_bytes(point, "little") & ((1 << 255) - 1)
    x1, x2, z2, x3, z3, swap = u, 1, 0, u, 1, 0
    for t in range(254, -1, -1):
        bit = k >> t & 1
        if swap ^ bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = bit
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a % P, b * b % P, d * a % P, c * b % P
        e = aa - bb
        x3, z3, x2, z2 = (da + cb) ** 2 % P, x1 * (da - cb) ** 2 % P, aa * bb % P, e * (aa + 121665 * e) % P
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


BASE_U = (9).to_bytes(32, "little")

# --- Ed25519, RFC 8032 ---
D = -121665 * pow(121666, P - 2, P) % P


def _add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _mul(s, p):
    q = (0, 1, 1, 0)
    while s > 0:
        if s & 1:
            q = _add(q, p)
        p = _add(p, p)
        s >>= 1
    return q


def _base():
    y = 4 * pow(5, P - 2, P) % P
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x & 1:
        x = P - x
    return x, y, 1, x * y % P


def _compress(p):
    z = pow(p[2], P - 2, P)
    x, y = p[0] * z % P, p[1] * z % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _sha512_int(b):
    return int.from_bytes(hashlib.sha512(b).digest(), "little")


def ed25519_public(seed):
    a = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little") & ~7 & ~(1 << 255) | (1 << 254)
    return _compress(_mul(a, _base()))


def ed25519_sign(seed, message):
    h = hashlib.sha512(seed).digest()
    a = int.from_bytes(h[:32], "little") & ~7 & ~(1 << 255) | (1 << 254)
    public = _compress(_mul(a, _base()))
    r = _sha512_int(h[32:] + message) % L
    point = _compress(_mul(r, _base()))
    s = (r + _sha512_int(point + public + message) * a) % L
    return point + s.to_bytes(32, "little")


# --- HKDF, RFC 5869 ---
def hmac_sha256(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def hkdf(key, salt, info, n):
    prk, out, block = hmac_sha256(salt or bytes(32), key), b"", b""
    for i in range(1, (n + 31) // 32 + 1):
        block = hmac_sha256(prk, block + info + bytes([i]))
        out += block
    return out[:n]


# --- bech32, BIP 173 (any length) ---
CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def _polymod(values):
    c = 1
    for v in values:
        top = c >> 25
        c = (c & 0x1FFFFFF) << 5 ^ v
        for i, g in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            if top >> i & 1:
                c ^= g
    return c


def bech32(prefix, data):
    n = int.from_bytes(data, "big") << (-len(data) * 8 % 5)
    count = (len(data) * 8 + 4) // 5
    values = [n >> 5 * (count - 1 - i) & 31 for i in range(count)]
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = _polymod(expanded + values + [0] * 6) ^ 1
    return prefix + "1" + "".join(CHARSET[v] for v in values + [check >> 5 * (5 - i) & 31 for i in range(6)])


# --- Merkle trees, RFC 6962 section 2.1, as its recursive definitions read ---
def leaf_hash(b):
    return hashlib.sha256(b"\0" + b).digest()


def node_hash(a, b):
    return hashlib.sha256(b"\1" + a + b).digest()


def _split(n):
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def root(hashes):
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = _split(len(hashes))
    return node_hash(root(hashes[:k]), root(hashes[k:]))


def inclusion(m, hashes):
    if len(hashes) == 1:
        return []
    k = _split(len(hashes))
    return inclusion(m, hashes[:k]) + [root(hashes[k:])] if m < k else inclusion(m - k, hashes[k:]) + [root(hashes[:k])]


def consistency(m, hashes, whole=True):
    if m == len(hashes):
        return [] if whole else [root(hashes)]
    k = _split(len(hashes))
    if m <= k:
        return consistency(m, hashes[:k], whole) + [root(hashes[k:])]
    return consistency(m - k, hashes[k:], False) + [root(hashes[:k])]


def self_check():
    h = bytes.fromhex
    key = bytes(range(0x80, 0xA0))
    text = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."
    sealed = aead_seal(key, h("070000004041424344454647"), h("50515253c0c1c2c3c4c5c6c7"), text)
    assert sealed[-16:] == h("1ae10b594f09e26a7e902ecbd0600691")  # RFC 8439, 2.8.2
    assert x25519(h("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"), h("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c")) == h(
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")  # RFC 7748, 5.2
    seed = h("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    assert ed25519_public(seed) == h("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")  # RFC 8032, 7.1
    assert ed25519_sign(seed, b"")[:8] == h("e5564300c360ac72")
    assert hkdf(bytes([11]) * 22, bytes(range(13)), bytes(range(0xF0, 0xFA)), 42)[:8] == h("3cb25f25faacd57a")  # RFC 5869, A.1
    assert hchacha20(bytes(range(32)), h("000000090000004a0000000031415927"))[:8] == h("82413b4227b27bfe")  # draft-irtf-cfrg-xchacha, 2.2.1
    assert root([]) == h("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
