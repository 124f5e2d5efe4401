/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/net/cksum.h"

#include <string.h>

uint64_t cksum_add(uint64_t sum, const void *data, size_t size)
{
	const uint8_t *p = data;

	for (; size >= 4; p += 4, size -= 4)
		sum += load32(p);
	if (size >= 2) {
		sum += load16(p);
		p += 2;
		size -= 2;
	}
	if (size) {
		uint8_t last[2] = {*p, 0};

		sum += load16(last);
	}
	return sum;
}

uint64_t cksum_pseudo(const union addr *src, const union addr *dst, uint8_t proto, uint32_t size)
{
	uint64_t sum = (uint64_t)BE32(size) + BE32(proto);

	/* The mapped prefix of an IPv4 address is no part of its pseudo header. */
	if (addr_is_v4(src) && addr_is_v4(dst))
		return sum + src->w[3] + dst->w[3];
	for (int i = 0; i < 4; i++)
		sum += (uint64_t)src->w[i] + dst->w[i];
	return sum;
}

uint32_t crc32c_continue(uint32_t crc, const void *data, size_t size)
{
	const uint8_t *p = data;

#ifdef __SSE4_2__
	for (; size >= 8; p += 8, size -= 8)
		crc = (uint32_t)__builtin_ia32_crc32di(crc, load64(p));
	for (; size; p++, size--)
		crc = __builtin_ia32_crc32qi(crc, *p);
#else
	for (; size; p++, size--) {
		crc ^= *p;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
	}
#endif
	return crc;
}

uint32_t crc32c(const void *data, size_t size)
{
	return ~crc32c_continue(~0u, data, size);
}
