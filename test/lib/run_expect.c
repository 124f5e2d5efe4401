/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a script expects against what came out. Frames are compared byte by byte with the frame
 * that the line describes, so every length, checksum, MAC address, TTL and payload byte counts.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/net/eth.h"
#include "test/lib/frame_format.h"
#include "test/lib/script_run.h"

#define SHOWN_MAX 6

int run_fail(struct run *run, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(run->error.text, sizeof(run->error.text), format, args);
	va_end(args);
	return -1;
}

/* Adds a line to the error. */
static void tell(struct run *run, const char *format, ...) PRINTF(2, 3);

static void tell(struct run *run, const char *format, ...)
{
	size_t used = strlen(run->error.text);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(run->error.text + used, sizeof(run->error.text) - used, format, args);
	va_end(args);
}

static const char *port_name(const struct run *run, uint32_t port)
{
	return port < run->rig.config.port_count ? run->rig.config.ports[port].name : "punt";
}

static void tell_what_came(struct run *run)
{
	uint32_t shown = 0;
	char buf[512];

	for (uint32_t i = 0; i < run->rig.frame_count && shown < SHOWN_MAX; i++) {
		const struct rig_frame *f = &run->rig.frames[i];

		if (f->taken)
			continue;
		shown++;
		tell(run, "\n    came: out %s %s", port_name(run, f->port),
		     frame_format(f->bytes, f->size, buf, sizeof(buf)));
	}
	for (uint32_t r = 0; r < DROP_REASONS; r++) {
		if (run->rig.drops[r])
			tell(run, "\n    came: drop %s %lu", drop_name(r),
			     (unsigned long)run->rig.drops[r]);
	}
}

int run_leftovers(struct run *run)
{
	bool left = false;

	for (uint32_t i = 0; i < run->rig.frame_count; i++)
		left |= !run->rig.frames[i].taken;
	for (uint32_t r = 0; r < DROP_REASONS; r++)
		left |= run->rig.drops[r] != 0;
	if (!left) {
		rig_forget(&run->rig);
		return 0;
	}
	(void)run_fail(run, "before this line more came than the script says:");
	tell_what_came(run);
	return -1;
}

static size_t out_frame(struct run *run, const struct action *a, uint32_t port,
			const struct spec_values *v, uint8_t *frame)
{
	union addr dst = spec_addr_value(&a->spec.dst, v);
	uint8_t mac[6];

	rig_mac(&run->rig, port, &dst, mac);
	return spec_build(&a->spec, v, mac, run->rig.config.ports[port].mac, frame);
}

/* Names take their values from the frame when the rest of it is as it should be. */
static bool frame_matches(struct run *run, const struct action *a, uint32_t port,
			  const struct rig_frame *f, uint8_t *expected, size_t *size)
{
	struct spec_values v = run->values;

	spec_bind(&a->spec, &v, f->bytes, f->size);
	*size = out_frame(run, a, port, &v, expected);
	if (f->port != port || *size != f->size || memcmp(expected, f->bytes, f->size) != 0)
		return false;
	run->values = v;
	return true;
}

static void tell_difference(struct run *run, const struct rig_frame *f, const uint8_t *expected,
			    size_t size)
{
	size_t at = 0;

	while (at < size && at < f->size && expected[at] == f->bytes[at])
		at++;
	tell(run, "\n    sizes %zu and %u, first difference at byte %zu", size, f->size, at);
	if (at < size && at < f->size)
		tell(run, ": %02x, came %02x", expected[at], f->bytes[at]);
}

int run_out(struct run *run, const struct action *a)
{
	static uint8_t expected[SPEC_FRAME_MAX];
	uint32_t port = rig_port(&run->rig, a->port);
	const struct rig_frame *near = NULL;
	char buf[512];
	size_t size = 0;

	if (port >= run->rig.config.port_count)
		return run_fail(run, "there is no port %s", a->port);
	for (uint32_t i = 0; i < run->rig.frame_count; i++) {
		struct rig_frame *f = &run->rig.frames[i];

		if (f->taken)
			continue;
		f->taken = frame_matches(run, a, port, f, expected, &size);
		if (f->taken)
			return 0;
		near = near || f->port != port ? near : f;
	}
	if (near) {
		struct spec_values v = run->values;

		spec_bind(&a->spec, &v, near->bytes, near->size);
		size = out_frame(run, a, port, &v, expected);
	} else {
		size = out_frame(run, a, port, &run->values, expected);
	}
	(void)run_fail(run, "expected: out %s %s", a->port,
		       frame_format(expected, size, buf, sizeof(buf)));
	tell_what_came(run);
	if (near)
		tell_difference(run, near, expected, size);
	return -1;
}

size_t run_in_frame(struct run *run, const struct action *a, uint8_t *frame)
{
	uint32_t port = rig_port(&run->rig, a->port);
	union addr src = spec_addr_value(&a->spec.src, &run->values);
	uint8_t mac[6];

	rig_mac(&run->rig, port, &src, mac);
	return spec_build(&a->spec, &run->values, run->rig.config.ports[port].mac, mac, frame);
}

int run_punt(struct run *run, const struct action *a)
{
	static uint8_t expected[SPEC_FRAME_MAX];
	const struct engine *engine = &run->rig.engine;
	size_t size = run_in_frame(run, a->in, expected);

	memcpy(expected, engine->ports[engine->port_count].mac, 6);
	for (uint32_t i = 0; i < run->rig.frame_count; i++) {
		struct rig_frame *f = &run->rig.frames[i];

		if (f->taken || f->port != engine->port_count || f->size != size ||
		    memcmp(f->bytes, expected, size) != 0)
			continue;
		f->taken = true;
		return 0;
	}
	(void)run_fail(run, "expected the packet on the punt port");
	tell_what_came(run);
	return -1;
}

int run_drop(struct run *run, const struct action *a)
{
	uint64_t *count = &run->rig.drops[drop_by_name(a->text)];

	if (*count >= a->number) {
		*count -= a->number;
		return 0;
	}
	(void)run_fail(run, "expected: drop %s %lu", a->text, (unsigned long)a->number);
	tell_what_came(run);
	return -1;
}

static const char *const event_names[EVENT_TYPES] = {"drop",  "flow-open", "flow-close", "audit",
						     "neigh", "trace",	   "lost"};
static const char *const end_names[FLOW_ENDS] = {"timeout", "replaced", "flushed", "policy",
						 "drained"};

static bool event_is(const struct event *e, const char *more)
{
	char buf[ADDR_TEXT_MAX];

	switch (e->type) {
	case EVENT_FLOW_CLOSE:
		return e->reason < FLOW_ENDS && strcmp(end_names[e->reason], more) == 0;
	case EVENT_NEIGH:
		return strcmp(addr_format(&e->wire.dst, buf), more) == 0;
	case EVENT_DROP:
		return strcmp(drop_name(e->reason), more) == 0;
	default:
		return false;
	}
}

/* "namespace/name" of an object, its name alone where it has no namespace, "-" for none. */
static bool origin_is(const struct run *run, uint32_t origin, const char *name)
{
	const struct image_header *image = run->rig.images.image[IMAGE_ORIGIN];
	const char *strings = image_records(image, IMAGE_ORIGIN_STRINGS, NULL);
	uint32_t count;
	const struct image_origin *o = image_records(image, IMAGE_ORIGIN_RECORD, &count);
	char text[512];

	if (origin == 0)
		return strcmp(name, "-") == 0;
	if (origin >= count)
		return false;
	o += origin;
	(void)snprintf(text, sizeof(text), "%s%s%s", strings + o->space,
		       strings[o->space] ? "/" : "", strings + o->name);
	return strcmp(text, name) == 0;
}

/* event TYPE [MORE] [by NAME] [egress NAME] [ingress NAME] */
static bool event_matches(const struct run *run, const struct event *e, const struct action *a)
{
	const struct {
		const char *word;
		uint32_t origin;
	} sides[] = {
		{"by", e->origin}, {"egress", e->egress_origin}, {"ingress", e->ingress_origin}};
	size_t at = 1;

	if (e->type >= EVENT_TYPES || strcmp(event_names[e->type], a->words[0]) != 0)
		return false;
	while (at < a->word_count) {
		size_t side = 0;

		while (side < ARRAY_SIZE(sides) && strcmp(a->words[at], sides[side].word) != 0)
			side++;
		if (side == ARRAY_SIZE(sides)) {
			if (!event_is(e, a->words[at++]))
				return false;
			continue;
		}
		if (at + 1 == a->word_count ||
		    !origin_is(run, sides[side].origin, a->words[at + 1]))
			return false;
		at += 2;
	}
	return true;
}

int run_event(struct run *run, const struct action *a)
{
	if (!a->word_count)
		return run_fail(run, "event TYPE [MORE] [by NAME] [egress NAME] [ingress NAME]");
	for (uint32_t i = 0; i < run->rig.event_count; i++) {
		if (!event_matches(run, &run->rig.events[i], a))
			continue;
		run->rig.events[i].type = EVENT_TYPES;
		return 0;
	}
	(void)run_fail(run, "no such event; there were:");
	for (uint32_t i = 0; i < run->rig.event_count && i < 20; i++) {
		if (run->rig.events[i].type < EVENT_TYPES)
			tell(run, " %s", event_names[run->rig.events[i].type]);
	}
	return -1;
}

/* A named number, or a plain one. */
static bool operand(struct run *run, const char *word, uint32_t *out)
{
	char *end;

	for (size_t i = 0; i < run->script->vars.count; i++) {
		if (strcmp(run->script->vars.names[i], word) != 0)
			continue;
		*out = run->values.var[i].is_addr ? from_be32(run->values.var[i].addr.w[3])
						  : run->values.var[i].number;
		return run->values.var[i].bound;
	}
	*out = (uint32_t)strtoul(word, &end, 10);
	return end != word && !*end;
}

int run_check(struct run *run, const struct action *a)
{
	uint32_t left, right;
	bool holds;

	if (a->word_count != 3 || !operand(run, a->words[0], &left) ||
	    !operand(run, a->words[2], &right))
		return run_fail(run, "check A == B, where names have values by now");
	if (strcmp(a->words[1], "==") == 0)
		holds = left == right;
	else if (strcmp(a->words[1], "!=") == 0)
		holds = left != right;
	else if (strcmp(a->words[1], ">=") == 0)
		holds = left >= right;
	else if (strcmp(a->words[1], "<=") == 0)
		holds = left <= right;
	else
		return run_fail(run, "check knows ==, !=, >= and <=");
	return holds ? 0
		     : run_fail(run, "%s is %u, %s is %u", a->words[0], left, a->words[2], right);
}

/* Every frame that a burst of `flows' brought is the each line's, with a number of its own. */
static int each_out(struct run *run, const struct action *each, uint64_t sent)
{
	static uint8_t expected[SPEC_FRAME_MAX];
	uint32_t port = rig_port(&run->rig, each->port);
	size_t size;

	for (uint32_t i = 0; i < run->rig.frame_count; i++) {
		struct rig_frame *f = &run->rig.frames[i];

		if (!frame_matches(run, each, port, f, expected, &size)) {
			(void)run_fail(run, "one of the flows came out otherwise:");
			tell_what_came(run);
			return -1;
		}
		f->taken = true;
		if (run->star_used[run->values.star / 8] >> run->values.star % 8 & 1)
			return run_fail(run, "%u was given out twice", run->values.star);
		run->star_used[run->values.star / 8] |= (uint8_t)(1u << run->values.star % 8);
		sent--;
	}
	if (sent == 0)
		return 0;
	(void)run_fail(run, "%lu of the flows did not come out:", (unsigned long)sent);
	tell_what_came(run);
	return -1;
}

int run_each(struct run *run, const struct action *flows, const struct action *each)
{
	static uint8_t frame[SPEC_FRAME_MAX];
	uint32_t port = rig_port(&run->rig, flows->port), burst = run->variant.burst;
	int err = 0;

	for (uint64_t at = 0; at < flows->number && !err; at += burst) {
		uint64_t count = flows->number - at < burst ? flows->number - at : burst;

		for (uint64_t i = 0; i < count; i++) {
			run->values.star = (uint16_t)(flows->first + at + i);
			size_t size = run_in_frame(run, flows, frame);

			if (rig_inject(&run->rig, port, frame, size))
				return run_fail(run, "port %s takes no more", flows->port);
		}
		rig_turn(&run->rig);
		if (each->text) {
			struct action drop = *each;

			drop.number = count;
			err = *each->text ? run_drop(run, &drop) : 0;
		} else {
			err = each_out(run, each, count);
		}
		if (!err)
			err = run_leftovers(run);
	}
	return err;
}
