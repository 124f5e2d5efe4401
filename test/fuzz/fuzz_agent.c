/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The agent's socket: whole conversations from bytes. Each step is an operation, a size and that
 * many bytes, so that mutations reach transactions and queries, not only the envelope.
 *
 * The engine lives as long as the process; a conversation starts with new connections.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fastpath/agent.h"
#include "fastpath/base/check.h"
#include "fastpath/base/clock.h"
#include "test/lib/many_services.h"
#include "test/lib/traffic_tables.h"

enum operation {
	RAW_BYTES,    /* as they are */
	WITH_HEADER,  /* first byte: type; the rest a body */
	PUT_IMAGE,    /* first byte: kind; the rest an image in a sealed memfd */
	PUT_UNSEALED, /* the same, not sealed */
	BEGIN,
	COMMIT,
	OPERATIONS,
};

static struct engine engine;
static struct agent agent;

/* Something to tell of: a few services, and what else a generation needs. */
static void publish_services(void)
{
	const struct many_services services = {
		.services = 3, .backends = 4, .maglev_size = 31, .proto = 6, .changed = UINT32_MAX};
	const struct traffic_tables other = {.entries = 1};
	struct image_header *image = many_services_image(&services);
	struct table *tables[IMAGE_KINDS];
	struct generation *next;
	struct image_error error;

	for (int kind = 0; kind < IMAGE_KINDS; kind++)
		if (kind != IMAGE_SERVICE)
			tables[kind] = traffic_table(&other, (enum image_kind)kind);
	CHECK(table_build(image, NULL, &tables[IMAGE_SERVICE]) == 0);
	CHECK(generation_build(tables, NULL, &next, &error) == 0);
	publish_generation(&engine.publisher, next);
	free(image);
}

static void engine_once(void)
{
	struct engine_config config = {
		.workers = 2,
		.cpus = {-1, -1},
		.flows = 64,
		.frames = 256,
		.fragments = 16,
		.event_slots = 64,
		.port_count = 2,
		.ports = {{.name = "pods", .io = "mem"}, {.name = "wan", .io = "mem"}}};
	struct engine_error error;

	if (engine.workers)
		return;
	if (engine_open(&engine, &config, clock_now_ns(), &error)) {
		(void)fprintf(stderr, "%s\n", error.text);
		abort();
	}
	publish_services();
}

static void send_message(int fd, const void *bytes, size_t size, int passed_fd)
{
	struct iovec part = {(void *)bytes, size};
	union {
		struct cmsghdr align;
		uint8_t bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

	if (passed_fd >= 0) {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		CMSG_FIRSTHDR(&message)->cmsg_level = SOL_SOCKET;
		CMSG_FIRSTHDR(&message)->cmsg_type = SCM_RIGHTS;
		CMSG_FIRSTHDR(&message)->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), &passed_fd, sizeof(int));
	}
	(void)sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void send_request(int fd, uint8_t type, const void *body, size_t size, int passed_fd)
{
	uint8_t bytes[sizeof(struct msg_header) + 2048];
	struct msg_header header = {.magic = MSG_MAGIC, .type = type, .size = (uint32_t)size};

	if (size > 2048)
		return;
	memcpy(bytes, &header, sizeof(header));
	if (size)
		memcpy(bytes + sizeof(header), body, size);
	send_message(fd, bytes, sizeof(header) + size, passed_fd);
}

static void put_image(int fd, const uint8_t *bytes, size_t size, bool sealed)
{
	struct msg_put put = {.kind = bytes[0] % (IMAGE_KINDS + 1), .size = size - 1};
	int image = memfd_create("image", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (image < 0)
		return;
	if (write(image, bytes + 1, size - 1) == (ssize_t)size - 1) {
		if (sealed)
			(void)fcntl(image, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
		send_request(fd, MSG_PUT, &put, sizeof(put), image);
	}
	(void)close(image);
}

/* A reply's descriptor must not be left open with us. */
static void drain(int fd)
{
	static uint8_t bytes[MSG_SIZE_MAX + 64];
	union {
		struct cmsghdr align;
		uint8_t bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec part = {bytes, sizeof(bytes)};

	for (;;) {
		struct msghdr message = {.msg_iov = &part,
					 .msg_iovlen = 1,
					 .msg_control = control.bytes,
					 .msg_controllen = sizeof(control.bytes)};
		struct cmsghdr *c;
		int received;

		if (recvmsg(fd, &message, MSG_DONTWAIT) <= 0)
			return;
		c = CMSG_FIRSTHDR(&message);
		if (!c || c->cmsg_type != SCM_RIGHTS)
			continue;
		memcpy(&received, CMSG_DATA(c), sizeof(received));
		(void)close(received);
	}
}

static void step(int fd, enum operation operation, const uint8_t *bytes, size_t size)
{
	switch (operation) {
	case RAW_BYTES:
		send_message(fd, bytes, size, -1);
		break;
	case WITH_HEADER:
		/* MSG_STOP would only end the loop that is not running here. */
		send_request(fd, bytes[0], bytes + 1, size - 1, -1);
		break;
	case PUT_IMAGE:
	case PUT_UNSEALED:
		put_image(fd, bytes, size, operation == PUT_IMAGE);
		break;
	case BEGIN:
		send_request(fd, MSG_BEGIN, NULL, 0, -1);
		break;
	default:
		send_request(fd, MSG_COMMIT, NULL, 0, -1);
		break;
	}
	(void)agent_turn(&agent, 0);
	drain(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int pair[2];

	engine_once();
	memset(&agent, 0, sizeof(agent));
	agent.engine = &engine;
	agent.listen_fd = -1;
	for (int i = 0; i < AGENT_CLIENTS_MAX; i++)
		agent.clients[i].fd = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return 0;
	agent.clients[0].fd = pair[0];
	while (size >= 4 && agent.clients[0].fd >= 0) {
		enum operation operation = data[0] % OPERATIONS;
		size_t length = data[1] | (size_t)data[2] << 8;

		data += 3;
		size -= 3;
		length = length < 1 ? 1 : length > size ? size : length;
		step(pair[1], operation, data, length);
		data += length;
		size -= length;
	}
	(void)close(pair[1]);
	if (agent.clients[0].fd >= 0)
		(void)agent_turn(&agent, 0);
	return 0;
}

#include "test/fuzz/replay_main.inc"
