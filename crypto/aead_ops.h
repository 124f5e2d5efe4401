/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a library has to do to stand behind aead.h. Included by aead*.c only. */

#include <assert.h>
#include <stdint.h>

#include "crypto/aead.h"
#include "crypto/wg_messages.h"

struct aead_ops {
	const char *name;
	/* -ENOTSUP: not in this build, or the processor lacks what it needs. */
	int (*open)(struct aead **aead);
	void (*close)(struct aead *aead);
	void (*seal)(struct aead *aead, struct aead_job *jobs, uint32_t count);
	void (*unseal)(struct aead *aead, struct aead_job *jobs, uint32_t count);
};

/* The first member of a library's state. */
struct aead {
	const struct aead_ops *ops;
};

extern const struct aead_ops aead_libsodium;
extern const struct aead_ops aead_ipsec_mb;

struct aead_nonce {
	uint8_t bytes[12];
};

static ALWAYS_INLINE struct aead_nonce aead_nonce_of(uint64_t counter)
{
	le64 wire = LE64(counter);
	struct aead_nonce nonce = {0};

	memcpy(nonce.bytes + 4, &wire, sizeof(wire));
	return nonce;
}
