/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/base/hash.h"

#include <sys/random.h>

#include "fastpath/base/check.h"

void hash_keys_make(struct hash_keys *keys)
{
	CHECK(getrandom(keys, sizeof(*keys), 0) == (ssize_t)sizeof(*keys));
	/* Odd multipliers keep every bit of what they are multiplied with. */
	keys->k[1] |= 1;
	keys->k[3] |= 1;
}
