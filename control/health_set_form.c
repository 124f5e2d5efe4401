/* SPDX-License-Identifier: Apache-2.0 */

#include "control/health_set_form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/reactor.h"
#include "fastpath/base/check.h"
#include "fastpath/base/log.h"

/* The process of its own does not know the objects; its numbers are the same. */
static_assert(HEALTH_TCP == (int)CHECK_TCP && HEALTH_HTTP == (int)CHECK_HTTP &&
	      HEALTH_GRPC == (int)CHECK_GRPC && HEALTH_UDP == (int)CHECK_UDP &&
	      HEALTH_ICMP == (int)CHECK_ICMP && HEALTH_KINDS == (int)CHECK_KINDS);

static uint32_t bounded(uint32_t value, uint32_t least, uint32_t most)
{
	return value < least ? least : value > most ? most : value;
}

static void check_form(struct health_writer *w, const struct backend_check *check)
{
	const struct health_check_record record = {
		.addr = check->key.addr,
		.port = check->key.port,
		.proto = check->key.proto,
		.kind = check->kind,
		.ask = check->addr,
		.ask_port = check->port,
		.interval_ms =
			bounded(check->interval_ms, HEALTH_INTERVAL_MIN, HEALTH_INTERVAL_MAX),
		.timeout_ms = bounded(check->timeout_ms, 1, HEALTH_INTERVAL_MAX),
		.rise = bounded(check->rise, 1, HEALTH_STREAK_MAX),
		.fall = bounded(check->fall, 1, HEALTH_STREAK_MAX),
	};
	char addr[ADDR_TEXT_MAX];

	if (check->kind > CHECK_NONE && check->kind < CHECK_KINDS &&
	    (check->port || check->kind == CHECK_ICMP) && w->check_count < HEALTH_CHECKS_MAX &&
	    health_words_good(check->kind, check->path, check->host)) {
		health_writer_check(w, &record, check->path, check->host);
		return;
	}
	log_warn("%s port %u is not checked: its path or host cannot be asked with",
		 addr_format(&check->key.addr, addr), check->key.port);
}

static void node_form(struct health_writer *w, const struct node_health *node)
{
	const char *slash = strchr(node->service, '/');
	char space[sizeof(node->service)] = "";

	if (!node->port || !slash || w->node_count == HEALTH_NODES_MAX)
		return;
	memcpy(space, node->service, (size_t)(slash - node->service));
	if (w->node_count && w->nodes[w->node_count - 1].port >= node->port) {
		log_warn("healthCheckNodePort %u of %s is another service's already", node->port,
			 node->service);
		return;
	}
	health_writer_node(w, node->port, node->local, space, slash + 1);
}

void *health_set_form(const struct images *images, size_t *size, struct health_set *out)
{
	struct health_writer w = {.checks = NULL};
	char text[200];
	void *bytes;

	for (size_t i = 0; i < images->check_count; i++)
		check_form(&w, &images->checks[i]);
	for (size_t i = 0; i < images->node_health_count; i++)
		node_form(&w, &images->node_healths[i]);
	bytes = health_writer_finish(&w, size);
	CHECK(health_set_verify(bytes, *size, out, text, sizeof(text)) == 0);
	return bytes;
}

static bool same_question(const struct health_set *a, const struct health_check_record *x,
			  const struct health_set *b, const struct health_check_record *y)
{
	return x->kind == y->kind && x->ask_port == y->ask_port && addr_equal(&x->ask, &y->ask) &&
	       strcmp(a->strings + x->path, b->strings + y->path) == 0 &&
	       strcmp(a->strings + x->host, b->strings + y->host) == 0;
}

static const struct health_state_record *find_old(const struct health_set *set, uint32_t check,
						  const struct health_set *old, uint32_t first,
						  const struct health_state_record *states)
{
	for (uint32_t i = first; i < old->check_count; i++) {
		if (health_key_compare(&old->checks[i], &set->checks[check]) != 0)
			break;
		if (same_question(old, &old->checks[i], set, &set->checks[check]))
			return &states[i];
	}
	return NULL;
}

struct health_state_record *health_states_carry(const struct health_set *set,
						const struct health_set *old,
						const struct health_state_record *states)
{
	struct health_state_record *carried = calloc(set->check_count + 1, sizeof(*carried));
	uint32_t first = 0;

	CHECK(carried);
	for (uint32_t i = 0; i < set->check_count; i++) {
		const struct health_state_record *known;

		while (first < old->check_count &&
		       health_key_compare(&old->checks[first], &set->checks[i]) < 0)
			first++;
		known = find_old(set, i, old, first, states);
		if (known)
			carried[i] = *known;
		else
			carried[i].since_ns = reactor_now_ns();
		carried[i].index = i;
	}
	return carried;
}
