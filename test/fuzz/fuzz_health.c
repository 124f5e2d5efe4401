/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between sluiced and sluice-health: any bytes as a set, as states, and as a gRPC answer of a
 * server are either refused or keep their promises, and a message that is none ends a connection
 * and no more. The first byte says who reads.
 */

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control/backend_facts.h"
#include "control/health/grpc_health.h"
#include "control/health/health_msg.h"
#include "control/health/health_server.h"
#include "control/reactor.h"
#include "fastpath/base/check.h"
#include "fastpath/base/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t sum;

static void text_walk(const char *text)
{
	sum += strlen(text);
}

static void set_read(const uint8_t *data, size_t size)
{
	struct health_set set;
	char text[128] = "";
	void *bytes = malloc(size + 1);

	CHECK(bytes);
	memcpy(bytes, data, size);
	if (health_set_verify(bytes, size, &set, text, sizeof(text)) == 0) {
		for (uint32_t i = 0; i < set.check_count; i++) {
			text_walk(set.strings + set.checks[i].path);
			text_walk(set.strings + set.checks[i].host);
		}
		for (uint32_t i = 0; i < set.node_count; i++) {
			text_walk(set.strings + set.nodes[i].space);
			text_walk(set.strings + set.nodes[i].name);
		}
	} else {
		CHECK(*text && !strchr(text, '\n'));
	}
	free(bytes);
}

static void states_read(const uint8_t *data, size_t size)
{
	size_t count = size / sizeof(struct health_state_record);
	struct health_state_record *records = calloc(count + 1, sizeof(*records));

	CHECK(records);
	memcpy(records, data, count * sizeof(*records));
	if (health_states_verify(records, count, 16) == 0)
		for (size_t i = 0; i < count; i++) {
			CHECK(records[i].index < 16);
			text_walk(records[i].text);
		}
	free(records);
}

static void grpc_read(const uint8_t *data, size_t size)
{
	uint64_t serving;

	if (grpc_answer_read(data, size, &serving) == 0)
		sum += serving;
}

static void drain_read(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), again[DRAIN_TEXT_MAX];
	struct drain drain, same;

	CHECK(text);
	if (drain_parse(text, &drain) == 0) {
		CHECK(drain_parse(drain_format(&drain, again), &same) == 0);
		CHECK(memcmp(&drain, &same, sizeof(drain)) == 0);
	}
	free(text);
}

/* Packets of any bytes on the connection, some of them with descriptors. No check is ever due. */
static void server_read(const uint8_t *data, size_t size)
{
	static struct reactor *reactor;
	struct health_server *server;
	int pair[2];

	if (!reactor) {
		log_open("fuzz", LOG_ERROR);
		CHECK(reactor_open(&reactor) == 0);
	}
	CHECK(health_server_open(&server, reactor, NULL, NULL) == 0);
	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0);
	health_server_adopt(server, pair[0]);
	while (size > 3) {
		size_t length = (size_t)data[1] << 8 | data[2];
		enum health_msg_type type = data[0] & 15;
		int fd;

		data += 3;
		size -= 3;
		length = length < size ? length : size;
		fd = data[-3] & 16 ? health_memfd(data, length) : -1;
		if (data[-3] & 32)
			(void)send(pair[1], data, length, MSG_NOSIGNAL);
		else
			(void)health_send(pair[1], type, data, length, &fd, fd >= 0);
		if (fd >= 0)
			(void)close(fd);
		CHECK(reactor_step(reactor, 0) == 0);
		data += length;
		size -= length;
	}
	health_server_close(server);
	(void)close(pair[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	switch (data[0] % 5) {
	case 0:
		set_read(data + 1, size - 1);
		break;
	case 1:
		states_read(data + 1, size - 1);
		break;
	case 2:
		grpc_read(data + 1, size - 1);
		break;
	case 3:
		drain_read(data + 1, size - 1);
		break;
	default:
		server_read(data + 1, size - 1);
	}
	return 0;
}

#include "test/fuzz/replay_main.inc"
