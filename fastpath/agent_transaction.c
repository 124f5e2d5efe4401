/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Transactions: tables arrive one by one, are verified and built as they come, and become a
 * generation at once or not at all.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "fastpath/agent.h"
#include "fastpath/base/clock.h"
#include "fastpath/base/log.h"
#include "fastpath/table/links.h"

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

void agent_transaction_end(struct agent_client *client)
{
	for (int kind = 0; kind < IMAGE_KINDS; kind++) {
		table_free(client->pending[kind]);
		client->pending[kind] = NULL;
	}
	client->in_transaction = false;
}

int agent_begin(struct agent *agent, struct agent_client *client, struct agent_call *call)
{
	(void)agent;
	if (client->in_transaction) {
		(void)snprintf(call->error.text, sizeof(call->error.text),
			       "a transaction is open on this connection");
		return -EBUSY;
	}
	client->in_transaction = true;
	return 0;
}

#define REFUSE(err, ...)                                                                 \
	do {                                                                             \
		(void)snprintf(call->error.text, sizeof(call->error.text), __VA_ARGS__); \
		return err;                                                              \
	} while (0)

/* What cannot change any more while we read it, and has the size it says. */
static int map_image(struct agent_call *call, uint64_t size, const void **out)
{
	struct stat st;
	int seals;
	void *bytes;

	if (call->fd < 0)
		REFUSE(-EINVAL, "the image's descriptor is missing");
	seals = fcntl(call->fd, F_GET_SEALS);
	if (seals < 0 || (seals & SEALS) != SEALS)
		REFUSE(-EINVAL, "the image is not in a sealed memfd");
	if (fstat(call->fd, &st) || (uint64_t)st.st_size != size || size == 0 ||
	    size > IMAGE_SIZE_MAX)
		REFUSE(-EINVAL, "the image does not have the size it says");
	bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, call->fd, 0);
	if (bytes == MAP_FAILED)
		return -errno;
	*out = bytes;
	return 0;
}

static const struct table *running(const struct agent *agent, enum image_kind kind)
{
	const struct generation *current = agent->engine->publisher.current;

	return current ? generation_table(current, kind) : NULL;
}

static int put_image(const struct agent *agent, struct agent_client *client,
		     struct agent_call *call, const struct msg_put *put)
{
	const void *bytes = NULL;
	struct table *table;
	int err;

	if (put->kind >= IMAGE_KINDS)
		REFUSE(-EINVAL, "unknown table %u", put->kind);
	err = map_image(call, put->size, &bytes);
	if (err)
		return err;
	err = image_verify(bytes, put->size, put->kind, &call->error);
	if (!err)
		err = table_build(bytes, running(agent, put->kind), &table);
	(void)munmap((void *)bytes, put->size);
	if (err)
		return err;
	table_free(client->pending[put->kind]);
	client->pending[put->kind] = table;
	return 0;
}

int agent_put(struct agent *agent, struct agent_client *client, struct agent_call *call)
{
	const struct msg_put *put = agent_body(call, sizeof(*put));
	int err = -EINVAL;

	if (put && !client->in_transaction)
		REFUSE(-EINVAL, "no transaction is open");
	if (put)
		err = put_image(agent, client, call, put);
	if (err)
		agent_transaction_end(client);
	return err;
}

/* The new tables, the others as they are. */
static int choose_tables(const struct agent *agent, const struct agent_client *client,
			 struct agent_call *call, struct table *tables[IMAGE_KINDS])
{
	for (int kind = 0; kind < IMAGE_KINDS; kind++) {
		tables[kind] = client->pending[kind];
		if (!tables[kind])
			tables[kind] = (struct table *)running(agent, kind);
		if (!tables[kind])
			REFUSE(-EINVAL, "the first transaction needs all tables; %s is missing",
			       image_kind_name(kind));
	}
	return 0;
}

/* Ports filter by address before we see a frame. */
static void tell_ports(struct agent *agent)
{
	const struct link_table *links = agent->engine->publisher.current->links;

	for (uint32_t i = 0; i < agent->engine->port_count; i++) {
		struct io_port *port = &agent->engine->ports[i];
		struct io_error error;

		if (port->ops->set_local &&
		    port->ops->set_local(port, links->records, links->record_count, &error))
			log_error("%s", error.text);
	}
}

static bool ports_exist(const struct agent *agent, struct table *const tables[IMAGE_KINDS])
{
	const struct link_table *links = (const struct link_table *)tables[IMAGE_LINKS];

	for (uint32_t i = agent->engine->port_count; i < LINK_TUNNEL_FIRST; i++) {
		if (links->links[i].present)
			return false;
	}
	return true;
}

static int publish(struct agent *agent, struct agent_client *client, struct agent_call *call)
{
	struct engine *engine = agent->engine;
	struct table *tables[IMAGE_KINDS];
	struct generation *next;
	struct msg_commit *reply;
	uint64_t begun = clock_now_ns(), built;
	bool links = client->pending[IMAGE_LINKS] != NULL;
	int err = choose_tables(agent, client, call, tables);

	if (err)
		return err;
	if (!ports_exist(agent, tables))
		REFUSE(-EINVAL, "a link names a port that this fast path does not have");
	err = generation_build(tables, engine->publisher.current, &next, &call->error);
	if (err)
		return err;
	/* They belong to the generation now. */
	memset(client->pending, 0, sizeof(client->pending));
	built = clock_now_ns();
	err = engine_publish(engine, next);
	if (err) {
		generation_free(next);
		return err;
	}
	if (links)
		tell_ports(agent);
	for (uint32_t w = 0; w < engine->config.workers; w++)
		worker_wake(&engine->workers[w]);
	reply = agent_reply(call, sizeof(*reply));
	*reply = (struct msg_commit){.generation = next->number,
				     .revision = next->revision,
				     .build_ns = built - begun,
				     .wait_ns = clock_now_ns() - built};
	return 0;
}

int agent_commit(struct agent *agent, struct agent_client *client, struct agent_call *call)
{
	int err;

	if (!client->in_transaction)
		REFUSE(-EINVAL, "no transaction is open");
	err = publish(agent, client, call);
	agent_transaction_end(client);
	return err;
}
