/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a service is served beyond what Kubernetes has words for: as annotations of ours on a
 * Service, and as fields of a BackendPool. One list says both.
 */

#include <errno.h>
#include <string.h>

#include "control/objects/arena.h"
#include "control/objects/service_decode.h"
#include "fastpath/api/image.h"

#define DAY_MS	   86400000u
#define RATE_MAX   1000000000u
#define CHECKS_MAX 100u /* in a row, to rise or to fall */
/* What health checks hold of a path and of a host. */
#define CHECK_TEXT_MAX 127

typedef int field_fn(struct decode *d, const struct doc_node *node, struct service_notes *out);

static int algorithm_decode(struct decode *d, const struct doc_node *node,
			    struct service_notes *out)
{
	static const struct word words[] = {{"maglev", SERVICE_MAGLEV},
					    {"random", SERVICE_RANDOM},
					    {"least-connections", SERVICE_LEAST_CONNECTIONS},
					    {"first-available", SERVICE_FIRST_AVAILABLE},
					    {NULL, 0}};
	int err =
		decode_word(d, node, words, "maglev, random, least-connections or first-available",
			    &out->algorithm);

	out->has_algorithm |= !err;
	return err;
}

static int mode_decode(struct decode *d, const struct doc_node *node, struct service_notes *out)
{
	static const struct word words[] = {{"snat", SERVICE_SNAT},
					    {"direct", SERVICE_DIRECT},
					    {"dsr", SERVICE_DSR_OPTION},
					    {"hybrid", SERVICE_MODES},
					    {NULL, 0}};
	int err = decode_word(d, node, words, "snat, direct, dsr or hybrid", &out->mode);

	out->has_mode |= !err;
	return err;
}

static int sources_decode(struct decode *d, const struct doc_node *node, struct service_notes *out)
{
	static const struct word words[] = {{"allow", false}, {"deny", true}, {NULL, 0}};
	uint8_t deny = out->sources_deny;
	int err = decode_word(d, node, words, "allow or deny", &deny);

	out->sources_deny = deny;
	return err;
}

static int seconds_decode(struct decode *d, const struct doc_node *node, uint32_t most_ms,
			  uint32_t *out)
{
	uint32_t ms = 0;
	int err = decode_duration(d, node, 0, most_ms, &ms);

	if (!err)
		*out = (ms + 999) / 1000;
	return err;
}

static int slow_start_decode(struct decode *d, const struct doc_node *node,
			     struct service_notes *out)
{
	return seconds_decode(d, node, DAY_MS, &out->slow_start_s);
}

static int drain_decode(struct decode *d, const struct doc_node *node, struct service_notes *out)
{
	return seconds_decode(d, node, 7 * DAY_MS, &out->grace_s);
}

static int rate_decode(struct decode *d, const struct doc_node *node, struct service_notes *out)
{
	return decode_whole(d, node, 0, RATE_MAX, &out->source_rate);
}

static int burst_decode(struct decode *d, const struct doc_node *node, struct service_notes *out)
{
	return decode_whole(d, node, 0, RATE_MAX, &out->source_burst);
}

static int half_open_decode(struct decode *d, const struct doc_node *node,
			    struct service_notes *out)
{
	return decode_whole(d, node, 0, RATE_MAX, &out->half_open);
}

static int check_kind_decode(struct decode *d, const struct doc_node *node,
			     struct service_notes *out)
{
	static const struct word words[] = {{"none", CHECK_NONE},
					    {"tcp", CHECK_TCP},
					    {"http", CHECK_HTTP},
					    {"grpc", CHECK_GRPC},
					    {"udp", CHECK_UDP},
					    {"icmp", CHECK_ICMP},
					    {NULL, 0}};
	int err =
		decode_word(d, node, words, "none, tcp, http, grpc, udp or icmp", &out->check.kind);

	out->check.has_kind |= !err;
	return err;
}

static int check_port_decode(struct decode *d, const struct doc_node *node,
			     struct service_notes *out)
{
	return decode_port(d, node, &out->check.port);
}

/* These words go into requests: no byte of them may end a line or begin a header. */
static int check_text_decode(struct decode *d, const struct doc_node *node, const char **out)
{
	int err = decode_is(d, node, NODE_STRING);

	if (err)
		return err;
	if (node->size > CHECK_TEXT_MAX)
		return decode_fail(d, node, "must be no more than %u bytes", CHECK_TEXT_MAX);
	for (const char *at = node->text; *at; at++)
		if (*at < ' ' || *at > '~')
			return decode_fail(d, node, "must consist of printable ASCII characters");
	return decode_intern(d, node, out);
}

static int check_path_decode(struct decode *d, const struct doc_node *node,
			     struct service_notes *out)
{
	return check_text_decode(d, node, &out->check.path);
}

static int check_host_decode(struct decode *d, const struct doc_node *node,
			     struct service_notes *out)
{
	const char *fault = " /?#@\\";

	if (node->kind == NODE_STRING && strpbrk(node->text, fault))
		return decode_fail(d, node, "must be a host name, or one with a port");
	return check_text_decode(d, node, &out->check.host);
}

static int check_interval_decode(struct decode *d, const struct doc_node *node,
				 struct service_notes *out)
{
	return decode_duration(d, node, 100, DAY_MS, &out->check.interval_ms);
}

static int check_timeout_decode(struct decode *d, const struct doc_node *node,
				struct service_notes *out)
{
	return decode_duration(d, node, 10, DAY_MS / 24, &out->check.timeout_ms);
}

static int check_rise_decode(struct decode *d, const struct doc_node *node,
			     struct service_notes *out)
{
	return decode_whole(d, node, 1, CHECKS_MAX, &out->check.rise);
}

static int check_fall_decode(struct decode *d, const struct doc_node *node,
			     struct service_notes *out)
{
	return decode_whole(d, node, 1, CHECKS_MAX, &out->check.fall);
}

struct service_field {
	const char *note;	 /* NULL: as no annotation of ours */
	const char *field;	 /* of a pool's spec */
	const char *check_field; /* of its healthCheck */
	bool is_number;		 /* annotations are strings, whatever they say */
	field_fn *decode;
};

static const struct service_field fields[] = {
	{"lb-algorithm", "algorithm", NULL, false, algorithm_decode},
	{"forwarding-mode", "forwardingMode", NULL, false, mode_decode},
	{NULL, "sourceRangesPolicy", NULL, false, sources_decode},
	{"slow-start", "slowStart", NULL, false, slow_start_decode},
	{"drain-timeout", "drainTimeout", NULL, false, drain_decode},
	{"source-rate", "sourceRate", NULL, true, rate_decode},
	{"source-burst", "sourceBurst", NULL, true, burst_decode},
	{"half-open", "halfOpen", NULL, true, half_open_decode},
	{"health-check", NULL, "type", false, check_kind_decode},
	{"health-check-port", NULL, "port", true, check_port_decode},
	{"health-check-path", NULL, "path", false, check_path_decode},
	{"health-check-host", NULL, "host", false, check_host_decode},
	{"health-check-interval", NULL, "interval", false, check_interval_decode},
	{"health-check-timeout", NULL, "timeout", false, check_timeout_decode},
	{"health-check-rise", NULL, "rise", true, check_rise_decode},
	{"health-check-fall", NULL, "fall", true, check_fall_decode},
};

void service_notes_begin(struct service_notes *out)
{
	*out = (struct service_notes){
		.slow_start_s = NOTE_DEFAULT,
		.grace_s = NOTE_DEFAULT,
		.source_rate = NOTE_DEFAULT,
		.source_burst = NOTE_DEFAULT,
		.half_open = NOTE_DEFAULT,
		.check = {.interval_ms = NOTE_DEFAULT,
			  .timeout_ms = NOTE_DEFAULT,
			  .rise = NOTE_DEFAULT,
			  .fall = NOTE_DEFAULT,
			  .path = "",
			  .host = ""},
	};
}

int service_note_decode(struct decode *d, const struct doc_node *node, const char *name,
			struct service_notes *out)
{
	struct doc_node value = *node;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (!fields[i].note || strcmp(fields[i].note, name) != 0)
			continue;
		if (fields[i].is_number && node->kind == NODE_STRING)
			value.kind = NODE_NUMBER;
		return fields[i].decode(d, &value, out);
	}
	return decode_fail(d, node, "unknown annotation of ours");
}

static int check_fields_decode(struct decode *d, const struct doc_node *map,
			       struct service_notes *out)
{
	const char *names[ARRAY_SIZE(fields) + 1];
	size_t count = 0;
	int err;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (fields[i].check_field)
			names[count++] = fields[i].check_field;
	names[count] = NULL;
	err = decode_only(d, map, names);
	for (size_t i = 0; i < ARRAY_SIZE(fields) && !err; i++) {
		const struct doc_node *node =
			fields[i].check_field ? node_get(map, fields[i].check_field) : NULL;

		if (node)
			err = fields[i].decode(d, node, out);
	}
	return err ? err : health_check_finish(d, map, &out->check);
}

int service_fields_decode(struct decode *d, const struct doc_node *spec, struct service_notes *out)
{
	const struct doc_node *check = NULL;
	int err = decode_map(d, spec, "healthCheck", &check);

	for (size_t i = 0; i < ARRAY_SIZE(fields) && !err; i++) {
		const struct doc_node *node =
			fields[i].field ? node_get(spec, fields[i].field) : NULL;

		if (node)
			err = fields[i].decode(d, node, out);
	}
	return err || !check ? err : check_fields_decode(d, check, out);
}

int health_check_finish(struct decode *d, const struct doc_node *at, struct health_check *out)
{
	if (out->kind != CHECK_HTTP)
		return 0;
	if (!*out->path)
		out->path = "/";
	if (*out->path == '/' && !strchr(out->path, ' '))
		return 0;
	return decode_fail(d, at, "the path of an HTTP check must begin with `/`, without spaces");
}
