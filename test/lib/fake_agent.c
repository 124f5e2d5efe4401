/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/fake_agent.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fastpath/api/drop.h"
#include "fastpath/api/event.h"
#include "fastpath/api/msg.h"
#include "fastpath/api/stats.h"
#include "fastpath/base/check.h"
#include "test/lib/fake_peers.h"

#define CONNECTIONS_MAX 8

struct agent {
	uint32_t flags;
	char ports[256];
	uint64_t started_ns;
	uint64_t generation;
	uint64_t puts[IMAGE_KINDS];
	bool have[IMAGE_KINDS];
	bool put_now[IMAGE_KINDS];
	bool is_open; /* a transaction */
	struct fake_peers peers;
};

static void reply(int conn, uint32_t seq, int status, const char *text, const void *body,
		  size_t size, int fd)
{
	struct {
		struct msg_header header;
		struct msg_reply reply;
		uint8_t body[2048];
	} out = {.header = {.magic = MSG_MAGIC, .type = MSG_REPLY, .seq = seq}};
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {.bytes = {0}};
	struct iovec part = {&out, sizeof(out.header) + sizeof(out.reply) + size};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

	CHECK(size <= sizeof(out.body));
	out.header.size = (uint32_t)(sizeof(out.reply) + size);
	out.reply.status = status;
	(void)snprintf(out.reply.text, sizeof(out.reply.text), "%s", text);
	if (size)
		memcpy(out.body, body, size);
	if (fd >= 0) {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(int));
	}
	(void)sendmsg(conn, &message, MSG_NOSIGNAL);
	if (fd >= 0)
		(void)close(fd);
}

static void reply_rows(const struct agent *agent, int conn, uint32_t seq, const void *rows,
		       size_t count, size_t size)
{
	struct msg_rows body = {.count = count, .size = count * size};
	int fd = memfd_create("rows", MFD_ALLOW_SEALING | MFD_CLOEXEC);

	CHECK(fd >= 0 && write(fd, rows, count * size) == (ssize_t)(count * size));
	if (!(agent->flags & FAKE_UNSEALED))
		CHECK(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0);
	if (agent->flags & FAKE_LYING_ROWS) {
		body.count *= 1000;
		body.size *= 1000;
	}
	reply(conn, seq, 0, "", &body, sizeof(body), fd);
}

static void hello(const struct agent *agent, int conn, uint32_t seq)
{
	struct msg_hello body = {
		.version = MSG_VERSION + (agent->flags & FAKE_OLD_VERSION ? 7 : 0),
		.image_version = IMAGE_VERSION,
		.workers = 2,
		.generation = agent->generation,
		.started_ns = agent->started_ns,
	};
	char names[sizeof(agent->ports)], *at = names, *name;

	memcpy(names, agent->ports, sizeof(names));
	while ((name = strsep(&at, ",")) && *name) {
		(void)snprintf(body.port_names[body.ports], IMAGE_NAME_MAX, "%s", name);
		body.port_mtus[body.ports++] = 1500;
	}
	reply(conn, seq, 0, "", &body, sizeof(body), -1);
}

static void put(struct agent *agent, int conn, uint32_t seq, const struct msg_put *body, int fd)
{
	struct image_error error = {.text = "no transaction is open"};
	void *image = MAP_FAILED;
	struct stat st;
	int err = -EINVAL;

	if (fd >= 0 && fstat(fd, &st) == 0 && (uint64_t)st.st_size == body->size)
		image = mmap(NULL, body->size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (agent->is_open && image != MAP_FAILED && body->kind < IMAGE_KINDS)
		err = image_verify(image, body->size, body->kind, &error);
	if (!err && body->kind == IMAGE_WG)
		fake_peers_note(&agent->peers, image);
	if (image != MAP_FAILED)
		(void)munmap(image, body->size);
	if (agent->flags & FAKE_REFUSE_PUT) {
		err = -EINVAL;
		(void)snprintf(error.text, sizeof(error.text), "policy: cell 7: no such row");
	}
	if (err)
		agent->is_open = false;
	else
		agent->put_now[body->kind] = true;
	reply(conn, seq, err, err ? error.text : "", NULL, 0, -1);
}

static void commit(struct agent *agent, int conn, uint32_t seq)
{
	struct msg_commit body = {.build_ns = 1000, .wait_ns = 2000};
	const char *why = "";

	if (agent->flags & FAKE_DIE_ON_COMMIT)
		_exit(9);
	for (int k = 0; k < IMAGE_KINDS; k++) {
		if (!agent->have[k] && !agent->put_now[k])
			why = "the first transaction needs every table";
	}
	if (!agent->is_open)
		why = "no transaction is open";
	if (agent->flags & FAKE_REFUSE_COMMIT)
		why = "route 3 leaves by port 9, which is not there";
	agent->is_open = false;
	if (*why) {
		reply(conn, seq, -EINVAL, why, NULL, 0, -1);
		return;
	}
	for (int k = 0; k < IMAGE_KINDS; k++) {
		agent->have[k] |= agent->put_now[k];
		agent->puts[k] += agent->put_now[k];
	}
	body.generation = body.revision = ++agent->generation;
	reply(conn, seq, 0, "", &body, sizeof(body), -1);
}

static void stats(const struct agent *agent, int conn, uint32_t seq)
{
	struct stats_row rows[IMAGE_KINDS + 5] = {
		{STATS_STAGE, 0, 0, "parse", {10, 9, 2, 1000}},
		{STATS_STAGE, 1, 0, "parse", {20, 20, 2, 1000}},
		{STATS_STAGE, 0, 1, "flow", {29, 29, 2, 9000}},
		{STATS_DROP, 0, DROP_NO_FLOW, "NO_FLOW", {4}},
		{STATS_DROP, 1, DROP_NO_FLOW, "NO_FLOW", {5}},
	};

	for (uint32_t k = 0; k < IMAGE_KINDS; k++) {
		rows[k + 5] =
			(struct stats_row){STATS_TABLE, STATS_SHARED, k, "", {agent->puts[k]}};
		(void)snprintf(rows[k + 5].name, sizeof(rows[0].name), "%s", image_kind_name(k));
	}
	reply_rows(agent, conn, seq, rows, ARRAY_SIZE(rows), sizeof(rows[0]));
}

static struct tuple some_tuple(uint32_t number)
{
	return (struct tuple){
		.src = addr_v4(BE32(0x0a000105)),
		.dst = addr_v4(BE32(0xc6336409)),
		.sport = BE16(4000 + number),
		.dport = BE16(443),
		.proto = IPPROTO_TCP,
		.family = FAMILY_IP4,
	};
}

static void flows(const struct agent *agent, int conn, uint32_t seq)
{
	struct flow_record rows[FAKE_FLOWS] = {0};

	for (uint32_t i = 0; i < FAKE_FLOWS; i++) {
		rows[i].orig = some_tuple(i);
		rows[i].reply = tuple_reverse(&rows[i].orig);
		rows[i].flags = FLOW_SNAT;
		rows[i].src_identity = 1000 + i;
		rows[i].generation = (uint32_t)agent->generation;
		memcpy(rows[i].state, "ESTABLISHED", 12);
	}
	reply_rows(agent, conn, seq, rows, FAKE_FLOWS, sizeof(rows[0]));
}

static void explain(const struct agent *agent, int conn, uint32_t seq,
		    const struct msg_explain *ask)
{
	struct msg_explained body = {
		.generation = agent->generation,
		.egress_decision = UINT32_MAX,
		.ingress_decision = UINT32_MAX,
		.wire = ask->tuple,
		.route = UINT32_MAX,
		.nexthop = UINT32_MAX,
	};

	reply(conn, seq, 0, "", &body, sizeof(body), -1);
}

/* A drop, and a MAC address that is missing. */
static void subscribe(int conn, uint32_t seq, const struct msg_subscribe *body)
{
	struct {
		struct msg_header header;
		struct event events[2];
	} out = {.header = {.magic = MSG_MAGIC, .type = MSG_EVENTS}};

	reply(conn, seq, 0, "", NULL, 0, -1);
	if (!(body->types & 1u << EVENT_DROP))
		return;
	out.header.size = sizeof(out.events);
	for (int i = 0; i < 2; i++) {
		out.events[i].type = i ? EVENT_NEIGH : EVENT_DROP;
		out.events[i].reason = i ? 0 : DROP_NO_FLOW;
		out.events[i].tuple = some_tuple(9);
	}
	(void)send(conn, &out, sizeof(out), MSG_NOSIGNAL);
}

static void request(struct agent *agent, int conn, const struct msg_header *header,
		    const void *body, int fd)
{
	struct msg_rows rows = {.count = 42};

	if (header->type != MSG_HELLO && agent->flags & FAKE_SILENT)
		return;
	switch (header->type) {
	case MSG_HELLO:
		hello(agent, conn, header->seq);
		return;
	case MSG_BEGIN:
		memset(agent->put_now, 0, sizeof(agent->put_now));
		agent->is_open = true;
		break;
	case MSG_PUT:
		put(agent, conn, header->seq, body, fd);
		return;
	case MSG_COMMIT:
		commit(agent, conn, header->seq);
		return;
	case MSG_STATS:
		stats(agent, conn, header->seq);
		return;
	case MSG_FLOWS:
		flows(agent, conn, header->seq);
		return;
	case MSG_WG:
		reply_rows(agent, conn, header->seq, agent->peers.records, agent->peers.count,
			   sizeof(struct wg_record));
		return;
	case MSG_EXPLAIN:
		explain(agent, conn, header->seq, body);
		return;
	case MSG_FLUSH:
	case MSG_RUN:
		reply(conn, header->seq, 0, "", &rows,
		      agent->flags & FAKE_SHORT_REPLY ? 4 : sizeof(rows), -1);
		return;
	case MSG_SUBSCRIBE:
		subscribe(conn, header->seq, body);
		return;
	case MSG_STOP:
		reply(conn, header->seq, 0, "", NULL, 0, -1);
		_exit(0);
	default:
		break;
	}
	reply(conn, header->seq, 0, "", NULL, 0, -1);
}

/* False when the connection has ended. */
static bool receive(struct agent *agent, int conn)
{
	static _Alignas(8) uint8_t bytes[MSG_SIZE_MAX];
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec part = {bytes, sizeof(bytes)};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = sizeof(control.bytes)};
	const struct cmsghdr *rights;
	int fd = -1;

	if (recvmsg(conn, &message, MSG_CMSG_CLOEXEC) < (ssize_t)sizeof(struct msg_header))
		return false;
	rights = CMSG_FIRSTHDR(&message);
	if (rights && rights->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(rights), sizeof(fd));
	request(agent, conn, (const void *)bytes, bytes + sizeof(struct msg_header), fd);
	if (fd >= 0)
		(void)close(fd);
	return true;
}

static int agent_listen(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	(void)snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	(void)unlink(path);
	CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0);
	CHECK(listen(fd, 8) == 0);
	return fd;
}

static void __attribute__((noreturn)) agent_serve(struct agent *agent, int listener)
{
	struct pollfd fds[CONNECTIONS_MAX + 1] = {{.fd = listener, .events = POLLIN}};
	nfds_t count = 1;
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	agent->started_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	for (;;) {
		(void)poll(fds, count, -1);
		for (nfds_t i = 1; i < count; i++) {
			if (!fds[i].revents || receive(agent, fds[i].fd))
				continue;
			(void)close(fds[i].fd);
			fds[i--] = fds[--count];
		}
		if (fds[0].revents && count <= CONNECTIONS_MAX)
			fds[count++] = (struct pollfd){.fd = accept(listener, NULL, NULL),
						       .events = POLLIN};
	}
}

pid_t fake_agent_start(const char *socket, const char *ports, uint32_t flags)
{
	struct agent agent = {.flags = flags};
	int listener = agent_listen(socket);
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)snprintf(agent.ports, sizeof(agent.ports), "%s", ports);
		agent_serve(&agent, listener);
	}
	(void)close(listener);
	return pid;
}

void fake_agent_stop(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
}

void fake_agent_main(int argc, char **argv)
{
	const char *flags = getenv("FAKE_AGENT"), *socket = NULL;
	struct agent agent = {.flags = flags ? (uint32_t)strtoul(flags, NULL, 0) : 0};
	size_t used = 0;

	for (int i = 1; i + 1 < argc; i++) {
		if (strcmp(argv[i], "--socket") == 0)
			socket = argv[i + 1];
		if (strcmp(argv[i], "--port") == 0 && used < sizeof(agent.ports) &&
		    strncmp(argv[i + 1], "name=", 5) == 0)
			used += (size_t)snprintf(agent.ports + used, sizeof(agent.ports) - used,
						 "%.*s,", (int)strcspn(argv[i + 1] + 5, ","),
						 argv[i + 1] + 5);
	}
	if (!socket)
		return;
	if (agent.flags & FAKE_DIE_AT_START)
		_exit(3);
	agent_serve(&agent, agent_listen(socket));
}
