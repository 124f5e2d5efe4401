/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Events for those who follow them.
 *
 * Called from anywhere, also in the middle of a request of the same client: lines are only
 * appended here, and written when the reactor says that the socket takes them.
 */

#include <jansson.h>

#include "control/serve/event_form.h"
#include "control/serve/server_client.h"

#define FOLLOW_BUFFER_MAX (1u << 20)

void server_follow(struct server *server)
{
	struct daemon *daemon = server->daemon;
	struct fastpath_error error = {""};
	uint32_t types = 0;
	bool is_traced = false;

	for (const struct client *c = server->clients; c; c = c->next) {
		types |= c->answer.follow.types;
		is_traced |= c->answer.follow.is_trace;
	}
	if (types)
		types |= 1u << EVENT_LOST;
	(void)supervise_subscribe(&daemon->supervisor, types, &error);
	if (server->is_traced && !is_traced && fastpath_is_open(&daemon->supervisor.requests)) {
		const struct msg_trace stop = {.packets = 0};

		(void)fastpath_trace(&daemon->supervisor.requests, &stop, &error);
	}
	server->is_traced = is_traced;
}

static void follow_write(struct client *client, const struct event *event)
{
	json_t *line;

	if (client->out_size - client->out_done > FOLLOW_BUFFER_MAX) {
		client->lost++;
		return;
	}
	if (client->lost) {
		line = json_pack("{s:s, s:I, s:s}", "event", "lost", "count",
				 (json_int_t)client->lost, "where", "sluiced: you read too slowly");
		client_write(client, line);
		json_decref(line);
		client->lost = 0;
	}
	line = event_form(client->server->daemon, event);
	client_write(client, line);
	json_decref(line);
	client_watch(client);
}

static bool follow_wants(const struct answer_follow *follow, const struct event *event)
{
	if (event->type >= EVENT_TYPES)
		return false;
	if (event->type == EVENT_LOST)
		return follow->types != 0;
	return follow->types & 1u << event->type &&
	       flow_filter_matches(&follow->filter, &event->tuple, &event->wire);
}

void server_events(struct server *server, const struct event *events, size_t count)
{
	for (struct client *client = server->clients; client; client = client->next) {
		if (!client->answer.follow.types)
			continue;
		for (size_t i = 0; i < count; i++) {
			if (follow_wants(&client->answer.follow, &events[i]))
				follow_write(client, &events[i]);
		}
	}
}
