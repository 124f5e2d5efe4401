/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * ChaCha20-Poly1305 (RFC 8439) of many packets at once, in place, by one of two libraries:
 *
 *	libsodium	everywhere; the reference that the other is tested against
 *	ipsec-mb	x86-64; Intel's multi-buffer library, several times faster with AVX2 or AVX-512
 *
 * As WireGuard uses it: the nonce is four zero bytes and the counter in little-endian order, there
 * is no associated data, the tag stands directly behind the data. The jobs of a batch have nothing
 * to do with each other.
 *
 * aead_choose() comes first, once, before there are threads. Then each thread opens a state of its
 * own. Neither allocates, locks, makes a system call nor reads the clock after aead_open().
 */

#include <stdbool.h>
#include <stdint.h>

#include "fastpath/base/attr.h"

#define AEAD_KEY_SIZE 32u
#define AEAD_TAG_SIZE 16u
#define AEAD_DATA_MAX 65535u

struct aead_job {
	uint8_t *data;	    /* `size` bytes and room for the tag */
	const uint8_t *key; /* AEAD_KEY_SIZE bytes */
	uint64_t counter;
	uint32_t size; /* 0 .. AEAD_DATA_MAX, without the tag */
	bool ok;       /* result of aead_unseal() */
};

enum aead_kind {
	AEAD_LIBSODIUM,
	AEAD_IPSEC_MB,
	AEAD_KINDS,
};

/*
 * `wanted` is "auto" or a library's name. Each candidate has to give the known answers; "auto" takes
 * the one that seals full-sized packets faster (a few ms of measuring), and libsodium when the other
 * is not there. -ENOTSUP: not in this build or not for this processor; -EINVAL: no such name; -EIO:
 * wrong answers.
 */
int aead_choose(const char *wanted, enum aead_kind *kind);
const char *aead_name(enum aead_kind kind);

/* One thread's state. */
struct aead;

/* -ENOTSUP, -ENOMEM. */
int aead_open(enum aead_kind kind, struct aead **aead);
void aead_close(struct aead *aead);

/* Encrypts and writes the tags. */
void aead_seal(struct aead *aead, struct aead_job *jobs, uint32_t count);
/*
 * Compares the tags in constant time and decrypts. Where `ok` is false the tag was wrong, and the
 * data is nobody's any more: it may be changed, and must not be looked at.
 */
void aead_unseal(struct aead *aead, struct aead_job *jobs, uint32_t count);
