/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The two messages of grpc.health.v1.Health/Check: a string in field 1 there, an enum in field 1
 * back, each behind the five bytes that frame a gRPC message. A protobuf library would be longer.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GRPC_REQUEST_MAX 160
#define GRPC_ANSWER_MAX	 256

enum grpc_serving {
	GRPC_UNKNOWN,
	GRPC_SERVING,
	GRPC_NOT_SERVING,
	GRPC_SERVICE_UNKNOWN,
};

/* The bytes of the request; `service` is shorter than 128. */
size_t grpc_request_write(const char *service, uint8_t out[GRPC_REQUEST_MAX]);
/* 0 and the state, or -EINVAL: this is no answer. */
int grpc_answer_read(const uint8_t *bytes, size_t size, uint64_t *serving);
