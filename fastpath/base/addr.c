/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/base/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

union addr addr_from_number(unsigned __int128 n)
{
	return (union addr){.d = {BE64((uint64_t)(n >> 64)), BE64((uint64_t)n)}};
}

int addr_compare(const union addr *a, const union addr *b)
{
	return memcmp(a->b, b->b, sizeof(a->b));
}

int addr_parse(const char *text, union addr *out)
{
	struct in_addr v4;

	if (inet_pton(AF_INET, text, &v4) == 1) {
		*out = addr_v4(v4.s_addr);
		return 0;
	}
	if (inet_pton(AF_INET6, text, out->b) == 1)
		return 0;
	return -EINVAL;
}

static unsigned __int128 host_mask(uint8_t len)
{
	return len == 128 ? 0 : ~(unsigned __int128)0 >> len;
}

int prefix_parse(const char *text, struct prefix *out)
{
	char addr[ADDR_TEXT_MAX];
	const char *slash = strchr(text, '/');
	size_t size = slash ? (size_t)(slash - text) : strlen(text);
	unsigned long len;
	bool v4;

	memset(out, 0, sizeof(*out));
	if (size >= sizeof(addr))
		return -EINVAL;
	memcpy(addr, text, size);
	addr[size] = '\0';
	if (addr_parse(addr, &out->addr))
		return -EINVAL;
	v4 = strchr(addr, ':') == NULL;
	len = v4 ? 32 : 128;
	if (slash) {
		const char *digits = slash + 1;
		size_t count = strspn(digits, "0123456789");

		if (count == 0 || count > 3 || digits[count] || (count > 1 && digits[0] == '0'))
			return -EINVAL;
		if (strtoul(digits, NULL, 10) > len)
			return -EINVAL;
		len = strtoul(digits, NULL, 10);
	}
	out->len = (uint8_t)(v4 ? len + ADDR_V4_PREFIX_BITS : len);
	return addr_number(&out->addr) & host_mask(out->len) ? -EDOM : 0;
}

char *addr_format(const union addr *a, char *buf)
{
	if (addr_is_v4(a))
		(void)inet_ntop(AF_INET, &a->w[3], buf, ADDR_TEXT_MAX);
	else
		(void)inet_ntop(AF_INET6, a->b, buf, ADDR_TEXT_MAX);
	return buf;
}

char *prefix_format(const struct prefix *p, char *buf)
{
	bool v4 = prefix_is_v4(p);
	size_t size;

	addr_format(&p->addr, buf);
	size = strlen(buf);
	(void)snprintf(buf + size, ADDR_TEXT_MAX - size, "/%d",
		       v4 ? p->len - ADDR_V4_PREFIX_BITS : p->len);
	return buf;
}

bool prefix_is_v4(const struct prefix *p)
{
	return p->len >= ADDR_V4_PREFIX_BITS && addr_is_v4(&p->addr);
}

bool prefix_contains(const struct prefix *p, const union addr *a)
{
	return ((addr_number(&p->addr) ^ addr_number(a)) & ~host_mask(p->len)) == 0;
}

bool prefix_covers(const struct prefix *outer, const struct prefix *inner)
{
	return outer->len <= inner->len && prefix_contains(outer, &inner->addr);
}

int prefix_compare(const struct prefix *a, const struct prefix *b)
{
	int order = addr_compare(&a->addr, &b->addr);

	return order ? order : a->len - b->len;
}

union addr prefix_first(const struct prefix *p)
{
	return p->addr;
}

union addr prefix_last(const struct prefix *p)
{
	return addr_from_number(addr_number(&p->addr) | host_mask(p->len));
}
