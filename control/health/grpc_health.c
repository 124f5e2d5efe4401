/* SPDX-License-Identifier: Apache-2.0 */

#include "control/health/grpc_health.h"

#include <errno.h>
#include <string.h>

#include "fastpath/base/check.h"

#define FRAME_SIZE 5

/* Field 1 with the wire types of a varint and of bytes; and what else may be skipped. */
enum wire_type {
	WIRE_VARINT = 0,
	WIRE_FIXED64 = 1,
	WIRE_BYTES = 2,
	WIRE_FIXED32 = 5,
};

size_t grpc_request_write(const char *service, uint8_t out[GRPC_REQUEST_MAX])
{
	size_t length = strlen(service), size = length ? length + 2 : 0;

	CHECK(length < 128);
	memset(out, 0, FRAME_SIZE);
	out[FRAME_SIZE - 1] = (uint8_t)size;
	if (size) {
		out[FRAME_SIZE] = 1 << 3 | WIRE_BYTES;
		out[FRAME_SIZE + 1] = (uint8_t)length;
		for (size_t i = 0; i < length; i++)
			out[FRAME_SIZE + 2 + i] = (uint8_t)service[i];
	}
	return FRAME_SIZE + size;
}

struct cursor {
	const uint8_t *at;
	const uint8_t *end;
};

static int varint_read(struct cursor *c, uint64_t *out)
{
	*out = 0;
	for (unsigned int shift = 0; shift < 64; shift += 7) {
		uint8_t byte;

		if (c->at == c->end)
			return -EINVAL;
		byte = *c->at++;
		*out |= (uint64_t)(byte & 127) << shift;
		if (!(byte & 128))
			return 0;
	}
	return -EINVAL;
}

static int field_skip(struct cursor *c, unsigned int wire)
{
	uint64_t size = 0;
	int err = 0;

	switch (wire) {
	case WIRE_VARINT:
		return varint_read(c, &size);
	case WIRE_FIXED64:
		size = 8;
		break;
	case WIRE_FIXED32:
		size = 4;
		break;
	case WIRE_BYTES:
		err = varint_read(c, &size);
		break;
	default:
		return -EINVAL;
	}
	if (err || size > (uint64_t)(c->end - c->at))
		return -EINVAL;
	c->at += size;
	return 0;
}

int grpc_answer_read(const uint8_t *bytes, size_t size, uint64_t *serving)
{
	struct cursor c = {bytes, bytes + size};
	uint64_t tag;
	int err = 0;

	*serving = GRPC_UNKNOWN;
	if (size < FRAME_SIZE || bytes[0] || bytes[1] || bytes[2] ||
	    (size_t)(bytes[3] << 8 | bytes[4]) != size - FRAME_SIZE)
		return -EINVAL;
	c.at += FRAME_SIZE;
	while (!err && c.at < c.end) {
		err = varint_read(&c, &tag);
		if (!err && tag == (1 << 3 | WIRE_VARINT))
			err = varint_read(&c, serving);
		else if (!err)
			err = tag >> 3 ? field_skip(&c, tag & 7) : -EINVAL;
	}
	return err;
}
