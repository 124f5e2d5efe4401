/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * WireGuard's messages as they lie on the wire, and the numbers of the protocol
 * (Donenfeld, "WireGuard: Next Generation Kernel Network Tunnel", sections 5.4 and 6.1).
 *
 * Everything is little-endian. An index is chosen by the one who receives it and has no order, so
 * nothing needs to swap it; it goes through load_le32() all the same, so that it is the same number
 * in the logs of both ends.
 */

#include <assert.h>
#include <stdint.h>

#include "crypto/wg_verdict.h"
#include "fastpath/base/attr.h"
#include "fastpath/base/endian.h"

typedef uint32_t le32;
typedef uint64_t le64;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LE32(x) ((le32)(x))
#define LE64(x) ((le64)(x))
#else
#define LE32(x) ((le32)__builtin_bswap32((uint32_t)(x)))
#define LE64(x) ((le64)__builtin_bswap64((uint64_t)(x)))
#endif

static ALWAYS_INLINE uint32_t from_le32(le32 v)
{
	return LE32(v);
}

static ALWAYS_INLINE uint64_t from_le64(le64 v)
{
	return LE64(v);
}

/* ---- numbers ---- */

#define WG_KEY_SIZE		 32u
#define WG_HASH_SIZE		 32u
#define WG_TAG_SIZE		 16u
#define WG_MAC_SIZE		 16u
#define WG_COOKIE_SIZE		 16u
#define WG_NONCE_SIZE		 24u /* of a cookie reply: XChaCha20 */
#define WG_TIMESTAMP_SIZE	 12u /* TAI64N: eight bytes of seconds, four of nanoseconds, big-endian */

#define WG_SECOND_NS		 1000000000ull
#define WG_REKEY_AFTER_NS	 (120 * WG_SECOND_NS)
#define WG_REJECT_AFTER_NS	 (180 * WG_SECOND_NS)
#define WG_REKEY_ATTEMPT_NS	 (90 * WG_SECOND_NS)
#define WG_REKEY_TIMEOUT_NS	 (5 * WG_SECOND_NS)
#define WG_KEEPALIVE_TIMEOUT_NS	 (10 * WG_SECOND_NS)
#define WG_JITTER_MAX_NS	 (WG_SECOND_NS / 3)
#define WG_COOKIE_SECRET_NS	 (120 * WG_SECOND_NS)
#define WG_COOKIE_LATENCY_NS	 (5 * WG_SECOND_NS)
#define WG_INITIATION_SPACING_NS (WG_SECOND_NS / 50)
#define WG_HANDSHAKE_ATTEMPTS	 ((uint32_t)(WG_REKEY_ATTEMPT_NS / WG_REKEY_TIMEOUT_NS))

#define WG_REKEY_AFTER_MESSAGES	 (1ull << 60)
/*
 * A window's worth before the counter would wrap. The paper says 2^64 - 2^13 - 1; both are so far
 * away that the difference cannot be seen.
 */
#define WG_WINDOW_BITS		 8192u
#define WG_REJECT_AFTER_MESSAGES (UINT64_MAX - WG_WINDOW_BITS)

/* Plaintext is filled with zeros to a multiple of this, but never beyond the MTU. */
#define WG_PADDING 16u

/* ---- messages ---- */

enum wg_type {
	WG_INITIATION = 1,
	WG_RESPONSE = 2,
	WG_COOKIE_REPLY = 3,
	WG_DATA = 4,
};

/* One byte of type and three that are zero, read as one number. */
struct wg_initiation {
	le32 type;
	le32 sender;
	uint8_t ephemeral[WG_KEY_SIZE];
	uint8_t sealed_static[WG_KEY_SIZE + WG_TAG_SIZE];
	uint8_t sealed_timestamp[WG_TIMESTAMP_SIZE + WG_TAG_SIZE];
	uint8_t mac1[WG_MAC_SIZE];
	uint8_t mac2[WG_MAC_SIZE];
} PACKED;

struct wg_response {
	le32 type;
	le32 sender;
	le32 receiver;
	uint8_t ephemeral[WG_KEY_SIZE];
	uint8_t sealed_nothing[WG_TAG_SIZE];
	uint8_t mac1[WG_MAC_SIZE];
	uint8_t mac2[WG_MAC_SIZE];
} PACKED;

struct wg_cookie_reply {
	le32 type;
	le32 receiver;
	uint8_t nonce[WG_NONCE_SIZE];
	uint8_t sealed_cookie[WG_COOKIE_SIZE + WG_TAG_SIZE];
} PACKED;

/* Before the sealed packet and its tag. */
struct wg_data {
	le32 type;
	le32 receiver;
	le64 counter;
} PACKED;

static_assert(sizeof(struct wg_initiation) == 148);
static_assert(sizeof(struct wg_response) == 92);
static_assert(sizeof(struct wg_cookie_reply) == 64);
static_assert(sizeof(struct wg_data) == 16);

#define WG_DATA_OVERHEAD ((uint32_t)sizeof(struct wg_data) + WG_TAG_SIZE)

/*
 * What a UDP payload is: WG_OK and its type, WG_BAD_TYPE or WG_SHORT. After WG_OK the whole message
 * of that type may be read; data has at least a header and a tag.
 */
enum wg_verdict wg_message_check(const void *bytes, uint32_t size, enum wg_type *type);

/* How long a packet of `size` bytes is when it is padded; `mtu` is the inner one, 0: none. */
uint32_t wg_padded(uint32_t size, uint32_t mtu);

/*
 * TAI64N of a time since 1970, in steps of 2^24 ns (17 ms): finer ones would tell how fast the
 * machine is, and a peer takes no more than 50 a second anyway.
 */
void wg_timestamp_make(uint64_t unix_ns, uint8_t timestamp[WG_TIMESTAMP_SIZE]);
