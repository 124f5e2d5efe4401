#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Vectors for crypto/, by an implementation that shares nothing with it.

BLAKE2s and HMAC are Python's own; X25519 (RFC 7748), ChaCha20-Poly1305 (RFC 8439) and
XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) are written down here as the documents say, and
checked against the documents' own vectors before anything is printed.

    python3 test/data/wireguard-vectors.py > test/data/wireguard_vectors.h
"""
import hmac
from hashlib import blake2s
from struct import pack, unpack

# ---- X25519 ----

P = 2**255 - 19


def x25519(scalar, point):
    k = bytearray(scalar)
    k[0] &= 248
    k[31] = k[31] & 127 | 64
    k = int.from_bytes(k, "little")
    u = int.from_bytes(point, "little") & (1 << 255) - 1
    x1, x2, z2, x3, z3, swap = u, 1, 0, u, 1, 0
    for t in range(254, -1, -1):
        bit = k >> t & 1
        if swap ^ bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = bit
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a % P, b * b % P, d * a % P, c * b % P
        e = aa - bb
        x3, z3 = (da + cb) ** 2 % P, x1 * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


BASE = (9).to_bytes(32, "little")

# ---- ChaCha20, Poly1305 ----


def rotate(x, n):
    return (x << n | x >> 32 - n) & 0xFFFFFFFF


def quarter(s, a, b, c, d):
    for x, y, z, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        s[x] = s[x] + s[y] & 0xFFFFFFFF
        s[z] = rotate(s[z] ^ s[x], n)


def rounds(state):
    s = list(state)
    for _ in range(10):
        for i in range(4):
            quarter(s, i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter(s, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return s


def initial(key, sixteen):
    return list(unpack("<4I", b"expand 32-byte k") + unpack("<8I", key) + unpack("<4I", sixteen))


def chacha20(key, counter, nonce, data):
    out = bytearray()
    for i in range(0, len(data), 64):
        state = initial(key, pack("<I", counter + i // 64) + nonce)
        block = pack("<16I", *[a + b & 0xFFFFFFFF for a, b in zip(rounds(state), state)])
        out += bytes(x ^ y for x, y in zip(data[i:i + 64], block))
    return bytes(out)


def hchacha20(key, sixteen):
    s = rounds(initial(key, sixteen))
    return pack("<8I", *s[:4], *s[12:])


def poly1305(key, data):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    s, acc = int.from_bytes(key[16:], "little"), 0
    for i in range(0, len(data), 16):
        acc = (acc + int.from_bytes(data[i:i + 16] + b"\1", "little")) * r % (2**130 - 5)
    return (acc + s & 2**128 - 1).to_bytes(16, "little")


def seal(key, nonce, plain, aad=b""):
    text = chacha20(key, 1, nonce, plain)
    pad = lambda b: b + bytes(-len(b) % 16)
    said = pad(aad) + pad(text) + pack("<QQ", len(aad), len(text))
    return text + poly1305(chacha20(key, 0, nonce, bytes(32)), said)


def xseal(key, nonce, plain, aad=b""):
    return seal(hchacha20(key, nonce[:16]), bytes(4) + nonce[16:], plain, aad)


def counter_nonce(counter):
    return bytes(4) + pack("<Q", counter)


# ---- BLAKE2s ----


def hash_(*parts):
    return blake2s(b"".join(parts)).digest()


def mac(key, data):
    return blake2s(data, key=key, digest_size=16).digest()


def hmac_(key, data):
    return hmac.new(key, data, blake2s).digest()


def kdf(count, key, data):
    secret, out = hmac_(key, data), []
    for i in range(count):
        out.append(hmac_(secret, (out[-1] if out else b"") + bytes([i + 1])))
    return out


# ---- the documents' own vectors ----

h = bytes.fromhex


def check(what, got, expected):
    assert got == expected, f"{what}: {got.hex()} is not {expected.hex()}"


# RFC 7748 section 5.2
X25519 = [(h("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"),
           h("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"),
           h("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")),
          (h("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d"),
           h("e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493"),
           h("95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"))]
X25519_ONCE = h("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079")
X25519_1000 = h("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51")

# RFC 8439 section 2.8.2, draft-irtf-cfrg-xchacha-03 appendix A.3.1
SUNSCREEN = (b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
             b"future, sunscreen would be it.")
KEY_80 = bytes(range(0x80, 0xA0))
AAD_50 = h("50515253c0c1c2c3c4c5c6c7")
NONCE_40 = bytes(range(0x40, 0x58))

# RFC 8439 appendix A.5: its nonce is eight bytes behind four zeros, as ours are
DRAFTS = ("Internet-Drafts are draft documents valid for a maximum of six months and may be "
          "updated, replaced, or obsoleted by other documents at any time. It is inappropriate "
          "to use Internet-Drafts as reference material or to cite them other than as "
          "/\u201cwork in progress./\u201d").encode()
DRAFTS_KEY = h("1c9240a5eb55d38af333888604f6b5f0473917c1402b80099dca5cbc207075c0")
DRAFTS_AAD = h("f33388860000000000004e91")
DRAFTS_COUNTER = 0x0807060504030201


def check_documents():
    for k, u, out in X25519:
        check("X25519", x25519(k, u), out)
    k, u = BASE, BASE
    for i in range(1000):
        k, u = x25519(k, u), k
        if i == 0:
            check("X25519 once", k, X25519_ONCE)
    check("X25519 1000 times", k, X25519_1000)
    check("RFC 8439 2.8.2", seal(KEY_80, h("070000004041424344454647"), SUNSCREEN, AAD_50)[-16:],
          h("1ae10b594f09e26a7e902ecbd0600691"))
    check("RFC 8439 A.5", seal(DRAFTS_KEY, counter_nonce(DRAFTS_COUNTER), DRAFTS, DRAFTS_AAD)[-16:],
          h("eead9d67890cbb22392336fea1851f38"))
    check("XChaCha", xseal(KEY_80, NONCE_40, SUNSCREEN, AAD_50)[-16:],
          h("c0875924c1c7987947deafd8780acf49"))
    check("RFC 7693 B", hash_(b"abc"),
          h("508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982"))


# ---- WireGuard (paper section 5.4) ----

CONSTRUCTION = b"Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s"
IDENTIFIER = b"WireGuard v1 zx2c4 Jason@zx2c4.com"


def clamp(k):
    return bytes([k[0] & 248]) + k[1:31] + bytes([k[31] & 127 | 64])


def secret(name):
    return clamp(hash_(name))


def public(k):
    return x25519(k, BASE)


def with_macs(message, receiver_public, cookie=None):
    message += mac(hash_(b"mac1----", receiver_public), message)
    return message + (mac(cookie, message) if cookie else bytes(16))


def handshake(psk, out):
    si, sr, ei, er = (secret(b"sluice " + n) for n in
                      (b"initiator", b"responder", b"first ephemeral", b"second ephemeral"))
    stamp = h("4000000066554433") + h("2b000000")
    c = hash_(CONSTRUCTION)
    hs = hash_(hash_(c, IDENTIFIER), public(sr))
    zero = counter_nonce(0)

    hs = hash_(hs, public(ei))
    (c,) = kdf(1, c, public(ei))
    c, k = kdf(2, c, x25519(ei, public(sr)))
    static = seal(k, zero, public(si), hs)
    hs = hash_(hs, static)
    c, k = kdf(2, c, x25519(si, public(sr)))
    time = seal(k, zero, stamp, hs)
    hs = hash_(hs, time)
    bare = pack("<II", 1, 0x01020304) + public(ei) + static + time
    initiation = with_macs(bare, public(sr))

    hs = hash_(hs, public(er))
    (c,) = kdf(1, c, public(er))
    (c,) = kdf(1, c, x25519(er, public(ei)))
    (c,) = kdf(1, c, x25519(er, public(si)))
    c, said, k = kdf(3, c, psk)
    hs = hash_(hs, said)
    nothing = seal(k, zero, b"", hs)
    response = with_macs(pack("<III", 2, 0xA1A2A3A4, 0x01020304) + public(er) + nothing, public(si))
    sending, receiving = kdf(2, c, b"")
    data = pack("<IIQ", 4, 0xA1A2A3A4, 0) + seal(sending, zero, bytes(range(32)))

    source = bytes([192, 0, 2, 7]) + (51820).to_bytes(2, "big")
    cookie = mac(hash_(b"sluice secret"), source)
    nonce = hash_(b"sluice nonce")[:24]
    mac1 = initiation[-32:-16]
    reply = pack("<II", 3, 0x01020304) + nonce + xseal(hash_(b"cookie--", public(sr)), nonce,
                                                        cookie, mac1)
    out.update(initiator=si, responder=sr, initiator_public=public(si),
               responder_public=public(sr), first_ephemeral=ei, second_ephemeral=er,
               timestamp=stamp, gate_secret=hash_(b"sluice secret"), cookie_nonce=nonce,
               cookie=cookie, initiation=initiation, cookie_reply=reply,
               initiation_with_cookie=with_macs(bare, public(sr), cookie))
    return dict(psk=psk, response=response, sending=sending, receiving=receiving, data=data)


# ---- out ----


def show(name, data):
    print(f"static const uint8_t vector_{name}[] = {{")
    for i in range(0, len(data), 16):
        print("\t" + " ".join(f"0x{b:02x}," for b in data[i:i + 16]))
    print("};")


def main():
    check_documents()
    print("/* SPDX-License-Identifier: Apache-2.0 */\n#pragma once\n")
    print("/* Made by test/data/wireguard-vectors.py, which says what each of them is. */\n")
    print("#include <stdint.h>\n\n/* clang-format off */\n")
    for i, (k, u, out) in enumerate(X25519):
        show(f"x25519_{i}_scalar", k)
        show(f"x25519_{i}_point", u)
        show(f"x25519_{i}_result", out)
    show("x25519_once", X25519_ONCE)
    show("x25519_1000", X25519_1000)
    show("drafts", DRAFTS)
    show("drafts_key", DRAFTS_KEY)
    show("drafts_aad", DRAFTS_AAD)
    show("drafts_sealed", seal(DRAFTS_KEY, counter_nonce(DRAFTS_COUNTER), DRAFTS, DRAFTS_AAD))
    show("sunscreen", SUNSCREEN)
    show("sunscreen_xsealed", xseal(KEY_80, NONCE_40, SUNSCREEN, AAD_50))
    count = bytes(i & 255 for i in range(1420))
    for size in (0, 1, 64, 65, 1420):
        show(f"counted_{size}", seal(count[:32], counter_nonce(DRAFTS_COUNTER), count[:size]))
    show("hash_abc", hash_(b"abc"))
    show("hash_counted", hash_(count[:300]))
    show("mac_counted", mac(count[:32], count[:300]))
    show("mac_short_key", mac(count[:16], count[:64]))
    show("hmac_counted", hmac_(count[:32], count[:300]))
    for i, part in enumerate(kdf(3, count[:32], count[:32])):
        show(f"kdf_{i + 1}", part)
    for i, part in enumerate(kdf(2, count[:32], b"")):
        show(f"kdf_of_nothing_{i + 1}", part)
    shared = {}
    both = {"plain": handshake(bytes(32), shared), "psk": handshake(hash_(b"sluice psk"), shared)}
    for name, data in shared.items():
        show(name, data)
    for kind, parts in both.items():
        for name, data in parts.items():
            show(f"{kind}_{name}", data)


main()
