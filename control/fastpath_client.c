/* SPDX-License-Identifier: Apache-2.0 */

#include "control/fastpath_client.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "control/fastpath_wire.h"
#include "fastpath/api/stats.h"

/* How long an answer may take. The agent is idle between requests: what is slow is slow because
 * of its size (a commit of millions of records, a list of millions of flows). */
#define HELLO_MS    2000
#define ANSWER_MS   5000
#define BULK_MS	    30000
#define RUN_MS	    (24 * 3600 * 1000)

#define IMAGE_SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)

bool fastpath_is_open(const struct fastpath_client *client)
{
	return client->fd >= 0 && client->buffer;
}

void fastpath_close(struct fastpath_client *client)
{
	if (!fastpath_is_open(client))
		return;
	(void)close(client->fd);
	free(client->buffer);
	client->buffer = NULL;
	client->fd = -1;
}

static int socket_connect(const char *path, int *out, pid_t *pid)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	struct ucred peer;
	socklen_t size = sizeof(peer);
	int fd, err;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	memcpy(addr.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) {
		err = -errno;
		(void)close(fd);
		return err;
	}
	*pid = peer.pid;
	*out = fd;
	return 0;
}

static int hello_check(struct fastpath_client *client, struct fastpath_error *error)
{
	struct msg_hello *hello = &client->hello;

	if (hello->version != MSG_VERSION || hello->image_version != IMAGE_VERSION)
		return fastpath_break(client, error, -EPROTONOSUPPORT,
				      "the running fast path speaks version %u.%u, this program "
				      "%u.%u: restart the fast path",
				      hello->version, hello->image_version, MSG_VERSION,
				      IMAGE_VERSION);
	if (hello->ports > ARRAY_SIZE(hello->port_names))
		return fastpath_break(client, error, -EPROTO, "the fast path claims %u ports",
				      hello->ports);
	for (size_t i = 0; i < ARRAY_SIZE(hello->port_names); i++)
		hello->port_names[i][IMAGE_NAME_MAX - 1] = '\0';
	return 0;
}

int fastpath_open(struct fastpath_client *client, const char *path, struct fastpath_error *error)
{
	const struct msg_hello ours = {.version = MSG_VERSION, .image_version = IMAGE_VERSION};
	struct fastpath_request request = {
		.type = MSG_HELLO,
		.body = &ours,
		.body_size = sizeof(ours),
		.send_fd = -1,
		.answer = &client->hello,
		.answer_size = sizeof(client->hello),
		.timeout_ms = HELLO_MS,
	};
	int err;

	client->fd = -1;
	client->buffer = malloc(MSG_SIZE_MAX);
	if (!client->buffer)
		return fastpath_fail(error, -ENOMEM, "out of memory");
	err = socket_connect(path, &client->fd, &client->pid);
	if (err) {
		free(client->buffer);
		client->buffer = NULL;
		return fastpath_fail(error, err, "%s: %s", path, strerror(-err));
	}
	err = fastpath_request(client, &request, error);
	if (err) {
		fastpath_close(client);
		return err;
	}
	if (request.answer_fd >= 0)
		(void)close(request.answer_fd);
	return hello_check(client, error);
}

/* A request whose answer carries no descriptor. */
static int ask(struct fastpath_client *client, enum msg_type type, const void *body,
	       size_t body_size, void *answer, size_t answer_size, int timeout_ms,
	       struct fastpath_error *error)
{
	struct fastpath_request request = {
		.type = type,
		.body = body,
		.body_size = body_size,
		.send_fd = -1,
		.answer = answer,
		.answer_size = answer_size,
		.timeout_ms = timeout_ms,
	};
	int err = fastpath_request(client, &request, error);

	if (request.answer_fd >= 0)
		(void)close(request.answer_fd);
	return err;
}

static int image_seal(const struct image_header *image, int *out)
{
	const uint8_t *at = (const uint8_t *)image;
	size_t left = image->size;
	int fd = memfd_create("sluice-image", MFD_CLOEXEC | MFD_ALLOW_SEALING), err;

	if (fd < 0)
		return -errno;
	while (left) {
		ssize_t size = write(fd, at, left);

		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			goto close_fd;
		at += size;
		left -= (size_t)size;
	}
	if (fcntl(fd, F_ADD_SEALS, IMAGE_SEALS) < 0)
		goto close_fd;
	*out = fd;
	return 0;

close_fd:
	err = -errno;
	(void)close(fd);
	return err;
}

static int image_put(struct fastpath_client *client, enum image_kind kind,
		     const struct image_header *image, struct fastpath_error *error)
{
	const struct msg_put put = {.kind = kind, .size = image->size};
	struct fastpath_request request = {
		.type = MSG_PUT,
		.body = &put,
		.body_size = sizeof(put),
		.timeout_ms = BULK_MS,
	};
	int err = image_seal(image, &request.send_fd);

	if (err)
		return fastpath_fail(error, err, "%s table: %s", image_kind_name(kind),
				     strerror(-err));
	err = fastpath_request(client, &request, error);
	(void)close(request.send_fd);
	if (request.answer_fd >= 0)
		(void)close(request.answer_fd);
	return err;
}

int fastpath_commit(struct fastpath_client *client, struct image_header *const images[IMAGE_KINDS],
		    struct msg_commit *out, struct fastpath_error *error)
{
	struct fastpath_error ignored = {""};
	int err = ask(client, MSG_BEGIN, NULL, 0, NULL, 0, ANSWER_MS, error);

	if (err)
		return err;
	for (unsigned int kind = 0; kind < IMAGE_KINDS && !err; kind++) {
		if (images[kind])
			err = image_put(client, kind, images[kind], error);
	}
	if (!err)
		return ask(client, MSG_COMMIT, NULL, 0, out, sizeof(*out), BULK_MS, error);
	/* A refused PUT has ended the transaction already; one that never left us has not. */
	if (fastpath_is_open(client))
		(void)ask(client, MSG_ABORT, NULL, 0, NULL, 0, ANSWER_MS, &ignored);
	return err;
}

static int rows_map(struct fastpath_client *client, int fd, const struct msg_rows *rows,
		    size_t record_size, struct fastpath_rows *out, struct fastpath_error *error)
{
	const int needed = F_SEAL_SHRINK | F_SEAL_WRITE;
	struct stat st;
	int seals;
	void *records;

	*out = (struct fastpath_rows){.count = 0};
	if (!rows->count)
		return 0;
	seals = fd >= 0 ? fcntl(fd, F_GET_SEALS) : -1;
	if (seals < 0 || (seals & needed) != needed || fstat(fd, &st) < 0 || st.st_size < 0 ||
	    rows->count > SIZE_MAX / record_size || rows->size != rows->count * record_size ||
	    (uint64_t)st.st_size < rows->size)
		return fastpath_break(client, error, -EPROTO, "the fast path sent malformed rows");
	records = mmap(NULL, rows->size, PROT_READ, MAP_SHARED, fd, 0);
	if (records == MAP_FAILED)
		return fastpath_fail(error, -errno, "rows of the fast path: %s", strerror(errno));
	out->records = records;
	out->count = rows->count;
	out->mapped = rows->size;
	return 0;
}

static int ask_rows(struct fastpath_client *client, enum msg_type type, const void *body,
		    size_t body_size, size_t record_size, struct fastpath_rows *out,
		    struct fastpath_error *error)
{
	struct msg_rows rows = {.count = 0};
	struct fastpath_request request = {
		.type = type,
		.body = body,
		.body_size = body_size,
		.send_fd = -1,
		.answer = &rows,
		.answer_size = sizeof(rows),
		.timeout_ms = BULK_MS,
	};
	int err = fastpath_request(client, &request, error);

	if (err)
		return err;
	err = rows_map(client, request.answer_fd, &rows, record_size, out, error);
	if (request.answer_fd >= 0)
		(void)close(request.answer_fd);
	return err;
}

void fastpath_rows_free(struct fastpath_rows *rows)
{
	if (rows->mapped)
		(void)munmap(rows->records, rows->mapped);
	*rows = (struct fastpath_rows){.count = 0};
}

int fastpath_stats(struct fastpath_client *client, struct fastpath_rows *out,
		   struct fastpath_error *error)
{
	return ask_rows(client, MSG_STATS, NULL, 0, sizeof(struct stats_row), out, error);
}

int fastpath_flows(struct fastpath_client *client, const struct flow_filter *filter,
		   struct fastpath_rows *out, struct fastpath_error *error)
{
	return ask_rows(client, MSG_FLOWS, filter, sizeof(*filter), sizeof(struct flow_record), out,
			error);
}

int fastpath_flush(struct fastpath_client *client, const struct flow_filter *filter,
		   uint64_t *count, struct fastpath_error *error)
{
	struct msg_rows rows;
	int err = ask(client, MSG_FLUSH, filter, sizeof(*filter), &rows, sizeof(rows), BULK_MS,
		      error);

	if (!err)
		*count = rows.count;
	return err;
}

int fastpath_explain(struct fastpath_client *client, const struct msg_explain *question,
		     struct msg_explained *out, struct fastpath_error *error)
{
	return ask(client, MSG_EXPLAIN, question, sizeof(*question), out, sizeof(*out), ANSWER_MS,
		   error);
}

int fastpath_services(struct fastpath_client *client, struct fastpath_rows *out,
		      struct fastpath_error *error)
{
	return ask_rows(client, MSG_SERVICES, NULL, 0, sizeof(struct service_record), out, error);
}

int fastpath_maglev(struct fastpath_client *client, uint32_t service, struct fastpath_rows *out,
		    struct fastpath_error *error)
{
	const struct msg_maglev question = {.service = service};

	return ask_rows(client, MSG_MAGLEV, &question, sizeof(question), sizeof(uint32_t), out,
			error);
}

int fastpath_wg(struct fastpath_client *client, struct fastpath_rows *out,
		struct fastpath_error *error)
{
	return ask_rows(client, MSG_WG, NULL, 0, sizeof(struct wg_record), out, error);
}

int fastpath_trace(struct fastpath_client *client, const struct msg_trace *trace,
		   struct fastpath_error *error)
{
	return ask(client, MSG_TRACE, trace, sizeof(*trace), NULL, 0, ANSWER_MS, error);
}

int fastpath_subscribe(struct fastpath_client *client, uint32_t types, struct fastpath_error *error)
{
	const struct msg_subscribe subscribe = {.types = types};

	return ask(client, MSG_SUBSCRIBE, &subscribe, sizeof(subscribe), NULL, 0, ANSWER_MS, error);
}

int fastpath_run(struct fastpath_client *client, uint64_t *packets, struct fastpath_error *error)
{
	struct msg_rows rows;
	int err = ask(client, MSG_RUN, NULL, 0, &rows, sizeof(rows), RUN_MS, error);

	if (!err)
		*packets = rows.count;
	return err;
}

int fastpath_stop(struct fastpath_client *client, struct fastpath_error *error)
{
	return ask(client, MSG_STOP, NULL, 0, NULL, 0, ANSWER_MS, error);
}
