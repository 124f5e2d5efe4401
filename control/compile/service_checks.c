/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What health checks must ask of backends, and what healthCheckNodePorts must answer.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/compile/service_world.h"

#define PROTO_TCP 6
#define PROTO_UDP 17

static uint32_t noted(uint32_t note, uint32_t conf)
{
	return note == NOTE_DEFAULT ? conf : note;
}

/* The protocol that a check asks by; 0: any, it asks by no port. */
static uint8_t check_proto(uint8_t kind)
{
	return kind == CHECK_ICMP ? 0 : kind == CHECK_UDP ? PROTO_UDP : PROTO_TCP;
}

/*
 * CHECK_NONE when there is none. A check by another protocol than the service's needs a port of its
 * own; what the conf asks of all services is then not asked of this one.
 */
static uint8_t kind_choose(struct world *w, const struct service_form *form)
{
	const struct health_check *check = &form->notes->check;
	uint8_t kind = check->has_kind ? check->kind : w->in->config->services.check_kind;

	if (kind == CHECK_NONE || kind == CHECK_ICMP || check->port ||
	    check_proto(kind) == form->proto)
		return kind;
	if (check->has_kind)
		world_warn(w, &form->source,
			   FORM_FORMAT ": its health check does not ask by the protocol of port "
				       "%u and names no other port: there is none",
			   FORM_WORDS(form), form->number);
	return CHECK_NONE;
}

static void text_copy(char *out, size_t size, const char *text)
{
	if (text)
		memcpy(out, text, strnlen(text, size - 1));
}

void service_check_add(struct world *w, const struct service_form *form,
		       const struct backend_key *key)
{
	const struct config_services *config = &w->in->config->services;
	const struct health_check *note = &form->notes->check;
	uint8_t kind = kind_choose(w, form);
	struct backend_check check;

	if (kind == CHECK_NONE)
		return;
	memset(&check, 0, sizeof(check));
	check.key = *key;
	check.addr = key->addr;
	check.port = kind == CHECK_ICMP ? 0 : note->port ? note->port : key->port;
	check.kind = kind;
	check.interval_ms = noted(note->interval_ms, config->check_interval_ms);
	check.timeout_ms = noted(note->timeout_ms, config->check_timeout_ms);
	check.rise = noted(note->rise, config->check_rise);
	check.fall = noted(note->fall, config->check_fall);
	text_copy(check.path, sizeof(check.path), note->path);
	text_copy(check.host, sizeof(check.host), note->host);
	if (kind == CHECK_HTTP && !*check.path)
		check.path[0] = '/';
	GROW_ADD(&w->services->checks, check);
}

static uint32_t local_count(const struct world *w)
{
	const struct services *s = w->services;
	uint32_t count = 0;

	for (uint32_t i = 0; i < s->candidates.count; i++)
		count += s->candidates.items[i].is_local &&
			 service_candidate_state(w, &s->candidates.items[i]) == PICK_ACTIVE;
	return count;
}

/* Ports of one service have the same endpoints; the best of them speaks for it. */
void service_health_add(struct world *w, const struct service_form *form)
{
	const struct service_object *service = form->service;
	struct services *s = w->services;
	struct node_health health;
	uint32_t last = s->healths.count;

	if (!service || !service->health_check_node_port || !service->external_local ||
	    service->type != SERVICE_TYPE_LOAD_BALANCER)
		return;
	memset(&health, 0, sizeof(health));
	health.port = service->health_check_node_port;
	health.local = local_count(w);
	(void)snprintf(health.service, sizeof(health.service), "%s/%s", service->meta.space,
		       service->meta.name);
	if (last > 0 && s->healths.items[last - 1].port == health.port &&
	    strcmp(s->healths.items[last - 1].service, health.service) == 0) {
		struct node_health *before = &s->healths.items[last - 1];

		before->local = max_u32(before->local, health.local);
		return;
	}
	GROW_ADD(&s->healths, health);
}

static int compare_check(const void *a, const void *b)
{
	const struct backend_check *x = a, *y = b;
	const uint32_t of_x[] = {x->port, x->kind, x->interval_ms, x->timeout_ms, x->rise, x->fall};
	const uint32_t of_y[] = {y->port, y->kind, y->interval_ms, y->timeout_ms, y->rise, y->fall};
	int order = backend_key_compare(&x->key, &y->key);

	for (size_t i = 0; i < ARRAY_SIZE(of_x) && order == 0; i++)
		order = (of_x[i] > of_y[i]) - (of_x[i] < of_y[i]);
	if (order == 0)
		order = strcmp(x->path, y->path);
	return order ? order : strcmp(x->host, y->host);
}

static int compare_health(const void *a, const void *b)
{
	const struct node_health *x = a, *y = b;

	return (int)x->port - (int)y->port;
}

void service_checks_close(struct world *w)
{
	struct services *s = w->services;
	uint32_t kept = 0;

	if (s->checks.count > 1)
		qsort(s->checks.items, s->checks.count, sizeof(*s->checks.items), compare_check);
	for (uint32_t i = 0; i < s->checks.count; i++)
		if (kept == 0 ||
		    compare_check(&s->checks.items[kept - 1], &s->checks.items[i]) != 0)
			s->checks.items[kept++] = s->checks.items[i];
	w->out->checks = s->checks.items;
	w->out->check_count = kept;
	s->checks.items = NULL;
	s->checks.count = s->checks.room = 0;
	if (s->healths.count > 1)
		qsort(s->healths.items, s->healths.count, sizeof(*s->healths.items),
		      compare_health);
	w->out->node_healths = s->healths.items;
	w->out->node_health_count = s->healths.count;
	s->healths.items = NULL;
	s->healths.count = s->healths.room = 0;
}
