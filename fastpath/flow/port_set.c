/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/flow/port_set.h"

#include <string.h>

void port_set_add(struct port_set *set, uint16_t port)
{
	set->words[port / 64] |= 1ull << port % 64;
	set->summary[port / 4096] |= 1ull << port / 64 % 64;
}

void port_set_remove(struct port_set *set, uint16_t port)
{
	set->words[port / 64] &= ~(1ull << port % 64);
	if (!set->words[port / 64])
		set->summary[port / 4096] &= ~(1ull << port / 64 % 64);
}

void port_set_fill(struct port_set *set, uint32_t first, uint32_t last)
{
	uint32_t from = first / 64, to = last / 64;

	memset(&set->words[from], 0xff, (to - from + 1) * sizeof(set->words[0]));
	set->words[from] &= ~0ull << first % 64;
	set->words[to] &= ~0ull >> (63 - last % 64);
	for (uint32_t word = from; word <= to; word++)
		set->summary[word / 64] |= 1ull << word % 64;
}

int32_t port_set_next(const struct port_set *set, uint16_t from)
{
	uint32_t word = from / 64;
	uint64_t bits = set->words[word] & ~0ull << from % 64;

	if (bits)
		return (int32_t)(word * 64 + (uint32_t)__builtin_ctzll(bits));
	word = (word + 1) % PORT_SET_WORDS;
	for (uint32_t i = 0; i <= PORT_SET_SUMMARIES; i++) {
		uint32_t group = (word / 64 + i) % PORT_SET_SUMMARIES;
		uint64_t words = set->summary[group];

		if (i == 0)
			words &= ~0ull << word % 64;
		if (!words)
			continue;
		word = group * 64 + (uint32_t)__builtin_ctzll(words);
		return (int32_t)(word * 64 + (uint32_t)__builtin_ctzll(set->words[word]));
	}
	return -1;
}
