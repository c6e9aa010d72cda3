"""make.py FOLDER -- writes our own small vectors in the layouts of the age test kit, Wycheproof, RFC 6962 proofs, tiled logs and signed notes.
Everything comes from primitives.py and fixed secrets, nothing from the C code; the same bytes on each run. The folders beside this file hold the output."""
import base64
import hashlib
import json
import os
import sys
import zlib

import primitives as p

p.self_check()
out = sys.argv[1]


def write(name, data):
    path = os.path.join(out, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())


def fixed(name, n=32):
    return b"".join(hashlib.sha256(f"{name} {i}".encode()).digest() for i in range((n + 31) // 32))[:n]


def b64(b, padding=False):
    text = base64.b64encode(b).decode()
    return text if padding else text.rstrip("=")


# --- age ---
SECRET, OTHER = fixed("age identity"), fixed("another identity")
FILE_KEY = fixed("file key", 16)
LABEL = b"age-encryption.org/v1/"
ZERO = bytes(12)


def identity(secret):
    return p.bech32("age-secret-key-", secret).upper()


def x25519_stanza(secret, file_key=FILE_KEY, share=None):
    ephemeral, public = fixed("ephemeral"), p.x25519(secret, p.BASE_U)
    share = share or p.x25519(ephemeral, p.BASE_U)
    shared = p.x25519(secret, share)
    key = p.hkdf(shared, share + public, LABEL + b"X25519", 32)
    return f"-> X25519 {b64(share)}\n{b64(p.aead_seal(key, ZERO, b'', file_key))}\n"


def scrypt_stanza(passphrase, log_n, shown=None):
    salt = fixed("salt", 16)
    key = hashlib.scrypt(passphrase.encode(), salt=LABEL + b"scrypt" + salt, n=2**log_n, r=8, p=1, dklen=32)
    return f"-> scrypt {b64(salt)} {shown or log_n}\n{b64(p.aead_seal(key, ZERO, b'', FILE_KEY))}\n"


def head(stanzas, mac_key=FILE_KEY):
    text = "age-encryption.org/v1\n" + stanzas + "---"
    return (text + " " + b64(p.hmac_sha256(p.hkdf(mac_key, b"", b"header", 32), text.encode())) + "\n").encode()


def payload(plain):
    nonce = fixed("payload nonce", 16)
    key, body = p.hkdf(FILE_KEY, nonce, b"payload", 32), b""
    chunks = [plain[i : i + 65536] for i in range(0, len(plain), 65536)] or [b""]
    for i, chunk in enumerate(chunks):
        body += p.aead_seal(key, i.to_bytes(11, "big") + bytes([i == len(chunks) - 1]), b"", chunk)
    return nonce + body


def armor(data, width=64):
    text = b64(data, True)
    lines = [text[i : i + width] for i in range(0, len(text), width)]
    return ("-----BEGIN AGE ENCRYPTED FILE-----\n" + "\n".join(lines) + "\n-----END AGE ENCRYPTED FILE-----\n").encode()


def vector(name, expect, body, keys, released=None, armored=False, compressed=False):
    text = f"expect: {expect}\n"
    if released is not None:
        text += f"payload: {hashlib.sha256(released).hexdigest()}\nfile key: {FILE_KEY.hex()}\n"
    text += keys + ("armored: yes\n" if armored else "") + ("compressed: zlib\n" if compressed else "")
    write(f"age/{name}", text.encode() + b"\n" + (zlib.compress(body, 9) if compressed else body))


def age():
    mine, other = f"identity: {identity(SECRET)}\n", f"identity: {identity(OTHER)}\n"
    word = "passphrase: open sesame\n"
    small = b"an answer of twelve households"
    ok = head(x25519_stanza(SECRET)) + payload(small)
    vector("x25519", "success", ok, mine, small)
    vector("x25519_second_key_fits", "success", ok, other + mine, small)
    vector("x25519_other_key", "no match", ok, other)
    vector("x25519_with_unknown_stanza", "success", head("-> grease a b\nAAAA\n" + x25519_stanza(SECRET)) + payload(small), mine, small)
    vector("x25519_low_order_share", "header failure", head(x25519_stanza(SECRET, share=bytes(32))) + payload(small), mine)
    vector("x25519_long_file_key", "header failure", head(x25519_stanza(SECRET, fixed("file key", 24))) + payload(small), mine)
    vector("mac_of_another_key", "HMAC failure", head(x25519_stanza(SECRET), fixed("wrong", 16)) + payload(small), mine)
    vector("mac_digit_above_ascii", "header failure", ok.replace(b"\n--- ", b"\n--- \xc1", 1), mine)
    vector("header_crlf", "header failure", head(x25519_stanza(SECRET)).replace(b"\n", b"\r\n") + payload(small), mine)
    vector("payload_missing", "header failure", head(x25519_stanza(SECRET)) + fixed("short", 15), mine)
    vector("payload_altered", "payload failure", ok[:-1] + bytes([ok[-1] ^ 1]), mine, b"")
    vector("payload_garbage", "payload failure", ok + b"x", mine, b"")
    vector("payload_empty", "success", head(x25519_stanza(SECRET)) + payload(b""), mine, b"")
    long = bytes(65536) + b"and the rest"
    two = head(x25519_stanza(SECRET)) + payload(long)
    vector("two_chunks", "success", two, mine, long, compressed=True)
    vector("two_chunks_cut", "payload failure", two[:-1], mine, long[:65536], compressed=True)
    vector("two_chunks_last_dropped", "payload failure", two[: -12 - 16], mine, long[:65536], compressed=True)
    locked = head(scrypt_stanza("open sesame", 6)) + payload(small)
    vector("scrypt", "success", locked, word, small)
    vector("scrypt_other_passphrase", "no match", locked, "passphrase: close sesame\n")
    vector("scrypt_second_passphrase_fits", "success", locked, "passphrase: close sesame\n" + word, small)
    vector("scrypt_not_alone", "header failure", head(scrypt_stanza("open sesame", 6) + x25519_stanza(SECRET)) + payload(small), mine + word)
    for shown in ("0", "06", "+6", "-6", "6x", "23", "4294967302"):
        vector(f"scrypt_work_{shown}", "header failure", head(scrypt_stanza("open sesame", 6, shown)) + payload(small), word)
    vector("scrypt_work_other", "no match", head(scrypt_stanza("open sesame", 6, "7")) + payload(small), word)
    vector("armor", "success", armor(ok), mine, small, armored=True)
    vector("armor_crlf", "success", armor(ok).replace(b"\n", b"\r\n"), mine, small, armored=True)
    vector("armor_white_space_outside", "success", b"\n \t\r\n" + armor(ok) + b" \r\n\n", mine, small, armored=True)
    vector("armor_no_last_newline", "success", armor(ok)[:-1], mine, small, armored=True)
    vector("armor_scrypt", "success", armor(locked), word, small, armored=True)
    vector("armor_other_key", "no match", armor(ok), other, armored=True)
    vector("armor_short_lines", "armor failure", armor(ok, 60), mine, armored=True)
    vector("armor_long_lines", "armor failure", armor(ok, 68), mine, armored=True)
    vector("armor_headers", "armor failure", armor(ok).replace(b"FILE-----\n", b"FILE-----\nVersion: 1\n\n", 1), mine, armored=True)
    vector("armor_trailing", "armor failure", armor(ok) + b"x\n", mine, armored=True)
    vector("armor_empty_line", "armor failure", armor(ok).replace(b"\n-----END", b"\n\n-----END"), mine, armored=True)
    vector("armor_empty", "header failure", armor(b"").replace(b"\n\n", b"\n"), mine, armored=True)
    vector("armor_missing_end", "armor failure", armor(ok).split(b"-----END")[0], mine, armored=True)
    vector("armor_digit_above_ascii", "armor failure", armor(ok).replace(b"\nYWdl", b"\nYWd\xec", 1), mine, armored=True)
    unknown = "-> mlkem768x25519 " + b64(fixed("enc", 96)) + "\n" + b64(fixed("body", 32)) + "\n"
    vector("hybrid_is_not_offered", "success", head(unknown) + payload(small), "identity: AGE-SECRET-KEY-PQ-1MADEUP\n", small)


# --- primitives, in the layout of Wycheproof ---
def wycheproof(name, algorithm, groups):
    number = 0
    for group in groups:
        for test in group["tests"]:
            number += 1
            test.update({"tcId": number, "comment": test.get("comment", ""), "flags": []})
    write(f"crypto/{name}.json", json.dumps({"algorithm": algorithm, "numberOfTests": number, "testGroups": groups}, indent=1) + "\n")


def flip(b, at=0, bit=1):
    return b[:at] + bytes([b[at] ^ bit]) + b[at + 1 :]


def aead(name, algorithm, nonce_n, seal):
    tests, key = [], fixed("aead key")
    for n in (0, 1, 63, 64, 65, 200):
        nonce, aad, message = fixed(f"nonce {n}", nonce_n), fixed(f"aad {n}", n // 3), fixed(f"message {n}", n)
        sealed = seal(key, nonce, aad, message)
        ct, tag = sealed[:-16], sealed[-16:]
        case = lambda result, **change: tests.append({k: v.hex() for k, v in {"key": key, "iv": nonce, "aad": aad, "msg": message, "ct": ct, "tag": tag, **change}.items()} | {"result": result})
        case("valid")
        case("invalid", tag=flip(tag))
        case("invalid", tag=flip(tag, 15, 128))
        case("invalid", iv=flip(nonce))
        case("invalid", aad=aad + b"\0")
        if n:
            case("invalid", ct=flip(ct, n - 1))
    case("invalid", iv=nonce + b"\0")  # a size that is not offered
    wycheproof(name, algorithm, [{"type": "AeadTest", "tests": tests}])


def crypto():
    aead("chacha20_poly1305", "CHACHA20-POLY1305", 12, p.aead_seal)
    aead("xchacha20_poly1305", "XCHACHA20-POLY1305", 24, p.xaead_seal)
    tests = []
    for i in range(4):
        a, b = fixed(f"scalar {i}"), fixed(f"other scalar {i}")
        u = p.x25519(b, p.BASE_U)
        tests.append({"public": u.hex(), "private": a.hex(), "shared": p.x25519(a, u).hex(), "result": "valid"})
    for low in (bytes(32), (1).to_bytes(32, "little"), (p.P - 1).to_bytes(32, "little"), p.P.to_bytes(32, "little")):
        tests.append({"public": low.hex(), "private": a.hex(), "shared": bytes(32).hex(), "result": "acceptable"})
    high = ((p.P + 9) % 2**255).to_bytes(32, "little")  # the base point, not reduced
    tests.append({"public": high.hex(), "private": a.hex(), "shared": p.x25519(a, p.BASE_U).hex(), "result": "acceptable"})
    wycheproof("x25519", "XDH", [{"type": "XdhComp", "curve": "curve25519", "tests": tests},
        {"type": "XdhComp", "curve": "curve448", "tests": [{"public": "00", "private": "00", "shared": "00", "result": "valid"}]}])
    groups = []
    for i in range(3):
        seed, message = fixed(f"seed {i}"), fixed(f"signed {i}", 40 * i)
        public, signature = p.ed25519_public(seed), p.ed25519_sign(seed, message)
        s = int.from_bytes(signature[32:], "little")
        cases = [(message, signature, "valid"), (message, flip(signature), "invalid"), (message, flip(signature, 32), "invalid"), (message + b"x", signature, "invalid"),
            (message, signature[:63], "invalid"), (message, signature + b"\0", "invalid"), (message, b"", "invalid"), (message, signature[:32] + (s + p.L).to_bytes(32, "little"), "invalid")]
        groups.append({"type": "EddsaVerify", "publicKey": {"curve": "edwards25519", "pk": public.hex()}, "tests": [{"msg": m.hex(), "sig": g.hex(), "result": r} for m, g, r in cases]})
    wycheproof("ed25519", "EDDSA", groups)
    tests = []
    for key_n, salt_n, info_n, size in ((16, 0, 0, 20), (32, 16, 8, 32), (65, 80, 30, 33), (32, 16, 0, 8160), (0, 0, 0, 1)):
        key, salt, info = fixed("ikm", key_n), fixed("hkdf salt", salt_n), fixed("info", info_n)
        okm = p.hkdf(key, salt, info, size)
        for value, result in ((okm, "valid"), (flip(okm, size - 1), "invalid")):
            tests.append({"ikm": key.hex(), "salt": salt.hex(), "info": info.hex(), "size": size, "okm": value.hex(), "result": result})
    tests.append({"ikm": key.hex(), "salt": "", "info": "", "size": 8161, "okm": "", "result": "invalid"})
    wycheproof("hkdf_sha256", "HKDF-SHA-256", [{"type": "HkdfTest", "tests": tests}])
    tests = []
    for key_n, n, tag_n in ((0, 0, 32), (32, 5, 32), (64, 64, 16), (65, 100, 32), (200, 1, 16)):
        key, message = fixed("hmac key", key_n), fixed("hmac message", n)
        tag = p.hmac_sha256(key, message)[:tag_n]
        for value, result in ((tag, "valid"), (flip(tag), "invalid"), (flip(tag, tag_n - 1, 128), "invalid")):
            tests.append({"key": key.hex(), "msg": message.hex(), "tag": value.hex(), "result": result})
    wycheproof("hmac_sha256", "HMACSHA256", [{"type": "MacTest", "tests": tests}])
    seed = fixed("edge seed")
    public, signature = p.ed25519_public(seed), p.ed25519_sign(seed, b"plain")
    edge = [{"number": 0, "key": public.hex(), "sig": signature.hex(), "msg": "plain", "flags": None},
        {"number": 1, "key": (1).to_bytes(32, "little").hex(), "sig": (1).to_bytes(32, "little").hex() + bytes(32).hex(), "msg": "neutral element as key and R", "flags": ["low_order_A", "low_order_R"]}]
    write("ed25519-cctv/edge.json", json.dumps(edge, indent=1) + "\n")
    write("crypto/unknown.json", json.dumps({"algorithm": "AES-EAX", "numberOfTests": 1, "testGroups": [{"tests": [{"tcId": 1, "result": "valid"}]}]}) + "\n")


# --- logs ---
def sign_note(name, seed, text):
    public = p.ed25519_public(seed)
    key_id = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
    vkey = f"{name}+{key_id.hex()}+{b64(bytes([1]) + public, True)}\n"
    return f"{text}\n\u2014 {name} {b64(key_id + p.ed25519_sign(seed, text.encode()), True)}\n", vkey


def tile_files(hashes, folder):
    level = 0
    while hashes:
        for first in range(0, len(hashes), 256):
            tile = hashes[first : first + 256]
            write(f"{folder}/tile/{level}/{first // 256:03}" + ("" if len(tile) == 256 else f".p/{len(tile)}"), b"".join(tile))
        hashes = [p.root(hashes[i : i + 256]) for i in range(0, len(hashes) - 255, 256)]
        level += 1


def log():
    entries = [f"entry {i}".encode() * (i % 3) for i in range(300)]
    hashes = [p.leaf_hash(e) for e in entries]
    name, seed = "log.example/shirabe", fixed("log seed")
    for size in (0, 1, 255, 256, 257, 300):
        text = f"{name}\n{size}\n{b64(p.root(hashes[:size]), True)}\n"
        note, vkey = sign_note(name, seed, text)
        write(f"log/tiled/checkpoint.{size}", note)
    write("log/tiled/checkpoint", note)
    write("log/tiled/vkey", vkey)
    tile_files(hashes, "log/tiled")
    for first in range(0, 300, 256):
        part = entries[first : first + 256]
        write(f"log/tiled/tile/entries/{first // 256:03}" + ("" if len(part) == 256 else f".p/{len(part)}"), b"".join(len(e).to_bytes(2, "big") + e for e in part))
    note, vkey = sign_note("signer.example/notes", fixed("note seed"), "one line\n\nand another after a blank one\n")
    write("log/notes/two_paragraphs.note", note)
    write("log/notes/two_paragraphs.vkey", vkey)
    proofs(hashes)


def proofs(hashes):
    enc = lambda hs: [b64(h, True) for h in hs]

    def inclusion(name, error, **change):
        write(f"log/proofs/inclusion/{name}.json", json.dumps({**good, "wantErr": error, **change}, indent=1) + "\n")

    for index, size in ((0, 1), (0, 2), (6, 7), (255, 300), (299, 300)):
        path = p.inclusion(index, hashes[:size])
        good = {"leafIdx": index, "treeSize": size, "root": b64(p.root(hashes[:size]), True), "leafHash": b64(hashes[index], True), "proof": enc(path)}
        n = f"{index}_of_{size}"
        inclusion(n, False)
        inclusion(n + "_other_leaf", True, leafHash=b64(hashes[index + 1 if index < 299 else 0], True))
        inclusion(n + "_index_plus_size", True, leafIdx=index + size)
        inclusion(n + "_index_below_zero", True, leafIdx=2**64 - 1)
        inclusion(n + "_size_2_63", True, treeSize=2**63)
        inclusion(n + "_longer", True, proof=enc(path + [hashes[0]]))
        inclusion(n + "_64_hashes", True, proof=enc(path + [hashes[0]] * 64))
        inclusion(n + "_short_hash", True, root=b64(p.root(hashes[:size])[:31], True))
        if path:
            inclusion(n + "_shorter", True, proof=enc(path[:-1]))
            inclusion(n + "_flipped", True, proof=enc([flip(path[0], 7)] + path[1:]))
            inclusion(n + "_unpadded", True, proof=[b64(path[0])] + enc(path[1:]))

    def consistency(name, error, **change):
        write(f"log/proofs/consistency/{name}.json", json.dumps({**good, "wantErr": error, **change}, indent=1) + "\n")

    for old, size in ((1, 2), (4, 7), (6, 7), (256, 300), (299, 300), (300, 300)):
        path = p.consistency(old, hashes[:size])
        good = {"size1": old, "size2": size, "root1": b64(p.root(hashes[:old]), True), "root2": b64(p.root(hashes[:size]), True), "proof": enc(path)}
        n = f"{old}_to_{size}"
        consistency(n, False)
        consistency(n + "_longer", True, proof=enc(path + [hashes[0]]))
        consistency(n + "_other_root", True, root2=b64(p.root(hashes[1:size]), True))
        consistency(n + "_from_zero", True, size1=0)
        consistency(n + "_from_zero_said_to_hold", False, size1=0, proof=[])
        if path:
            consistency(n + "_swapped", True, size1=size, size2=old)
            consistency(n + "_shorter", True, proof=enc(path[:-1]))
            consistency(n + "_flipped", True, proof=enc(path[:-1] + [flip(path[-1], 31)]))


age()
crypto()
log()
