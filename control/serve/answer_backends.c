/* SPDX-License-Identifier: Apache-2.0 */

/*
 * backends, backend-drain, backend-undrain: who serves, who is down, and who was told to rest.
 */

#include <errno.h>
#include <string.h>

#include "control/serve/event_form.h"

static const char *const kind_names[HEALTH_KINDS] = {
	[HEALTH_TCP] = "tcp", [HEALTH_HTTP] = "http", [HEALTH_GRPC] = "grpc",
	[HEALTH_UDP] = "udp", [HEALTH_ICMP] = "icmp",
};

/* ---- the list, made while it is read ---- */

struct backend_lines {
	struct daemon *daemon;
	uint32_t index;
	size_t drain;
};

static json_t *check_form(const struct health_client *health, uint32_t check)
{
	const struct health_check_record *c = &health->set.checks[check];
	const struct health_state_record *s = &health->states[check];
	uint64_t now_ns = reactor_now_ns();

	return json_pack("{s:s, s:s, s:b, s:I, s:f, s:o, s:o, s:I, s:I, s:I}", "kind",
			 kind_names[c->kind], "state", s->state == HEALTH_UP ? "up" : "down",
			 "known", (int)s->known, "streak", (json_int_t)s->streak, "for_s",
			 now_ns > s->since_ns ? (double)(now_ns - s->since_ns) / 1e9 : 0.0, "error",
			 s->text[0] ? text_form(s->text) : json_null(), "path",
			 text_form(health->set.strings + c->path), "port", (json_int_t)c->ask_port,
			 "interval_ms", (json_int_t)c->interval_ms, "fall", (json_int_t)c->fall);
}

static json_t *backend_name(const struct reconcile *r, uint32_t name)
{
	const struct image_header *origin = r->running.image[IMAGE_ORIGIN];
	uint32_t size = 0;
	const char *strings = origin ? image_records(origin, IMAGE_ORIGIN_STRINGS, &size) : NULL;

	return name && strings && name < size ? text_form(strings + name) : json_null();
}

static json_t *backend_form(const struct daemon *d, const struct image_backend *backend,
			    uint32_t index)
{
	const struct reconcile *r = &d->reconcile;
	uint32_t first = 0, count = backends_checks_of(r->backends, backend, &first);
	bool drained = backends_is_drained(r->backends, r->running.image, index);
	json_t *checks = json_array();
	char proto[8];

	for (uint32_t i = first; i < first + count; i++)
		(void)json_array_append_new(checks, check_form(&r->backends->health, i));
	return json_pack("{s:o, s:I, s:s, s:o, s:b, s:b, s:o}", "addr",
			 address_form(&backend->addr), "port", (json_int_t)backend->port, "proto",
			 proto_text(backend->proto, proto), "name", backend_name(r, backend->name),
			 "present", 1, "drained", (int)drained, "checks", checks);
}

/* How many backends the drain is of, as things are. */
static uint32_t drain_count(const struct reconcile *r, const struct drain *drain)
{
	/* The same search, with this drain alone. */
	struct drain only = *drain;
	const struct backends b = {.drains = &only, .drain_count = 1};
	const struct image_header *image = r->running.image[IMAGE_SERVICE];
	uint32_t count = 0, matches = 0;
	const struct image_backend *records =
		image ? image_records(image, IMAGE_SERVICE_BACKEND, &count) : NULL;

	for (uint32_t i = 0; i < count; i++)
		matches += records[i].flags & BACKEND_VALID &&
			   backends_is_drained(&b, r->running.image, i);
	return matches;
}

/* People must see what they have drained to take it back, also when it is not there now. */
static json_t *absent_form(const struct drain *drain)
{
	char proto[8];

	return json_pack("{s:o, s:I, s:s, s:o, s:b, s:b, s:[]}", "addr", address_form(&drain->addr),
			 "port", (json_int_t)drain->port, "proto",
			 drain->proto ? proto_text(drain->proto, proto) : "any", "name",
			 drain->service[0] ? text_form(drain->service) : json_null(), "present", 0,
			 "drained", 1, "checks");
}

static json_t *lines_next(void *state)
{
	struct backend_lines *lines = state;
	const struct reconcile *r = &lines->daemon->reconcile;
	const struct image_header *image = r->running.image[IMAGE_SERVICE];
	uint32_t count = 0;
	const struct image_backend *records =
		image ? image_records(image, IMAGE_SERVICE_BACKEND, &count) : NULL;

	/* Another image may have come meanwhile: the list goes on by number, which stays. */
	while (lines->index < count) {
		uint32_t index = lines->index++;

		if (records[index].flags & BACKEND_VALID)
			return backend_form(lines->daemon, &records[index], index);
	}
	while (lines->drain < r->backends->drain_count) {
		const struct drain *drain = &r->backends->drains[lines->drain++];

		if (!drain_count(r, drain))
			return absent_form(drain);
	}
	return NULL;
}

int answer_backends(struct request *request)
{
	struct backend_lines *lines;

	if (!request->daemon->reconcile.backends)
		return request_refuse(request, "nothing is known of backends yet");
	lines = calloc(1, sizeof(*lines));
	if (!lines)
		return request_refuse(request, "out of memory");
	lines->daemon = request->daemon;
	request->answer->lines.next = lines_next;
	request->answer->lines.close = free;
	request->answer->lines.state = lines;
	return request_accept(request, json_pack("{s:b}", "lines", 1));
}

/* ---- drains ---- */

static int drain_read(struct request *request, struct drain *drain)
{
	const char *text = NULL, *service = "";

	if (!request->daemon->reconcile.backends)
		return request_refuse(request, "nothing is known of backends yet");
	if (request_text(request, "backend", REQUEST_REQUIRED, &text) ||
	    request_text(request, "service", REQUEST_OPTIONAL, &service))
		return -EINVAL;
	if (drain_parse(text, drain))
		return request_refuse(request,
				      "`%.80s' is no backend: an address, address:port or "
				      "address:port/proto is",
				      text);
	if (strlen(service) >= sizeof(drain->service) || strpbrk(service, " \n\r\t") ||
	    (*service && !strchr(service, '/')))
		return request_refuse(request, "a service is named namespace/name");
	memcpy(drain->service, service, strlen(service) + 1);
	return 0;
}

static int change_run(struct request *request, const struct drain *drain,
		      int (*take_back)(struct backends *backends, const struct drain *drain))
{
	struct reconcile *r = &request->daemon->reconcile;
	struct reconcile_error error = {""};

	if (reconcile_now(r, RECONCILE_NETWORK, &error)) {
		(void)take_back(r->backends, drain);
		return request_refuse(request, "%s", error.text);
	}
	return request_accept(request, json_pack("{s:I, s:b, s:I}", "backends",
						 (json_int_t)drain_count(r, drain), "running",
						 (int)r->is_synced, "generation",
						 (json_int_t)r->mark.generation));
}

int answer_backend_drain(struct request *request)
{
	struct backends *b = request->daemon->reconcile.backends;
	struct drain drain;
	int err = drain_read(request, &drain);

	if (err)
		return err;
	err = backends_drain(b, &drain);
	if (err == -EEXIST)
		return request_refuse(request, "it is drained already");
	if (err)
		return request_refuse(request, "%s: %s", b->path, strerror(-err));
	return change_run(request, &drain, backends_undrain);
}

int answer_backend_undrain(struct request *request)
{
	struct backends *b = request->daemon->reconcile.backends;
	struct drain drain;
	int err = drain_read(request, &drain);

	if (err)
		return err;
	err = backends_undrain(b, &drain);
	if (err == -ENOENT)
		return request_refuse(request, "nothing was drained by this name: "
					       "`sluicectl backend list' shows what was");
	if (err)
		return request_refuse(request, "%s: %s", b->path, strerror(-err));
	return change_run(request, &drain, backends_drain);
}
