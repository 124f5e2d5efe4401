/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/script_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fastpath/io/mem.h"

/* Feeds what was gathered. */
static void burst_end(struct run *run)
{
	if (run->pending)
		rig_turn(&run->rig);
	run->pending = 0;
}

/* As test/fuzz/fuzz_pipeline.c reads it. */
static void corpus_add(FILE *file, uint32_t port, const uint8_t *frame, size_t size)
{
	uint8_t head[3] = {(uint8_t)port, (uint8_t)(size >> 8), (uint8_t)size};

	(void)fwrite(head, 1, sizeof(head), file);
	(void)fwrite(frame, 1, size, file);
}

static int do_in(struct run *run, const struct action *a)
{
	static uint8_t frame[SPEC_FRAME_MAX];
	uint32_t port = rig_port(&run->rig, a->port);
	size_t size;

	if (port >= run->rig.config.port_count)
		return run_fail(run, "there is no port %s", a->port);
	if (run->pending &&
	    (run->pending == run->variant.burst || strcmp(run->pending_port, a->port) != 0))
		burst_end(run);
	size = run_in_frame(run, a, frame);
	if (rig_inject(&run->rig, port, frame, size))
		return run_fail(run, "a frame of %zu bytes cannot be fed", size);
	if (run->variant.corpus)
		corpus_add(run->variant.corpus, port, frame, size);
	strcpy(run->pending_port, a->port);
	run->pending++;
	return 0;
}

static int do_known(struct run *run, const struct action *a)
{
	const char *state = a->word_count == 2 ? a->words[0] : NULL;
	uint32_t expected, count = rig_flows(&run->rig, state);

	if (a->word_count < 1 || a->word_count > 2)
		return run_fail(run, "known COUNT, or known STATE COUNT");
	expected = (uint32_t)strtoul(a->words[a->word_count - 1], NULL, 10);
	return count == expected ? 0 : run_fail(run, "%u are known, not %u", count, expected);
}

static int do_room(struct run *run, const struct action *a)
{
	uint32_t port = a->word_count == 2 ? rig_port(&run->rig, a->words[0]) : UINT32_MAX;

	if (port == UINT32_MAX)
		return run_fail(run, "room PORT COUNT, or room PORT all");
	for (uint32_t q = 0; q < run->rig.engine.ports[port].queues; q++)
		mem_set_tx_room(&run->rig.engine.ports[port], q,
				strcmp(a->words[1], "all") == 0
					? UINT32_MAX
					: (uint32_t)strtoul(a->words[1], NULL, 10));
	return 0;
}

static int do_set(struct run *run, const struct action *a)
{
	for (size_t i = 0; i < a->word_count; i++) {
		if (run->setting_count == ARRAY_SIZE(run->settings))
			return run_fail(run, "too many settings");
		run->settings[run->setting_count++] = a->words[i];
	}
	run->dirty = true;
	return 0;
}

static int do_tables(struct run *run, const struct action *a)
{
	bool adds = a->word_count && strcmp(a->words[0], "+") == 0;

	run->dirty = true;
	if (a->kind == ACT_SET)
		return do_set(run, a);
	if (run->conf_count == ARRAY_SIZE(run->conf_lines) ||
	    run->object_count == ARRAY_SIZE(run->object_lines))
		return run_fail(run, "too many changes");
	if (a->kind == ACT_CONF) {
		run->conf_lines[run->conf_count++] = a;
		return 0;
	}
	if (!adds) {
		run->object_count = 0;
		run->no_directory = true;
	}
	run->object_lines[run->object_count++] = a;
	return 0;
}

static int do_restart(struct run *run)
{
	if (run_leftovers(run))
		return -1;
	if (rig_restart(&run->rig, &run->error) || run_publish(run))
		return -1;
	rig_turn(&run->rig);
	return 0;
}

static int do_wait(struct run *run, const struct action *a)
{
	if (run_leftovers(run))
		return -1;
	rig_wait(&run->rig, a->number);
	return 0;
}

static int do_action(struct run *run, const struct action *a, const struct action *next)
{
	switch (a->kind) {
	case ACT_IN:
		return do_in(run, a);
	case ACT_OUT:
		return run_out(run, a);
	case ACT_PUNT:
		return run_punt(run, a);
	case ACT_DROP:
		return run_drop(run, a);
	case ACT_EVENT:
		return run_event(run, a);
	case ACT_CHECK:
		return run_check(run, a);
	case ACT_KNOWN:
		return do_known(run, a);
	case ACT_WAIT:
		return do_wait(run, a);
	case ACT_FLOWS:
		if (!next || next->kind != ACT_EACH)
			return run_fail(run, "an each line should follow");
		return run_leftovers(run) ? -1 : run_each(run, a, next);
	case ACT_RESTART:
		return do_restart(run);
	case ACT_ROOM:
		return do_room(run, a);
	case ACT_NOTHING:
		return run_leftovers(run);
	case ACT_SET:
	case ACT_CONF:
	case ACT_OBJECTS:
		return do_tables(run, a);
	default:
		return 0;
	}
}

static bool changes_tables(const struct action *a)
{
	return a->kind == ACT_SET || a->kind == ACT_CONF || a->kind == ACT_OBJECTS;
}

/* What must be done before a line: the burst fed, the tables of the lines before it published,
 * and everything told that an earlier group of packets brought. */
static int prepare(struct run *run, const struct action *a, const struct action *before)
{
	int err = 0;

	if (a->kind != ACT_IN)
		burst_end(run);
	if (a->kind == ACT_PUBLISH)
		run->ready = run->dirty = true;
	if (run->dirty && run->ready && !changes_tables(a)) {
		err = run_publish(run);
		rig_turn(&run->rig);
	}
	if (!err && a->kind == ACT_IN && !(before && before->kind == ACT_IN)) {
		run->rig.event_count = 0;
		err = run_leftovers(run);
	}
	return err;
}

/* The action at `i`, with those of a `permute' in the order of this run. */
static const struct action *action_at(const struct run *run, size_t i)
{
	const struct script *s = run->script;
	size_t n = s->permute_count, order[8] = {0, 1, 2, 3, 4, 5, 6, 7};
	uint32_t code = run->variant.permutation;

	if (i < s->permute_at || i >= s->permute_at + n || n > ARRAY_SIZE(order))
		return s->actions[i];
	for (size_t k = 0; k < n; k++) {
		size_t pick = k + code % (n - k), moved = order[pick];

		code /= (uint32_t)(n - k);
		memmove(&order[k + 1], &order[k], (pick - k) * sizeof(order[0]));
		order[k] = moved;
	}
	return s->actions[s->permute_at + order[i - s->permute_at]];
}

static int run_lines(struct run *run, unsigned int *line)
{
	const struct script *s = run->script;
	const struct action *before = NULL;
	int err = 0;

	for (size_t i = 0; i < s->count && !err; i++) {
		const struct action *a = action_at(run, i);

		*line = a->line;
		err = prepare(run, a, before);
		if (!err)
			err = do_action(run, a, i + 1 < s->count ? s->actions[i + 1] : NULL);
		before = a;
	}
	if (err)
		return err;
	burst_end(run);
	if (run_leftovers(run))
		return -1;
	if (rig_held(&run->rig))
		return run_fail(run, "%u packets are still held at the end", rig_held(&run->rig));
	return 0;
}

static int run_begin(struct run *run)
{
	static char state[64];
	const struct script *s = run->script;
	struct config config;

	for (size_t i = 0; i < s->setting_count; i++)
		run->settings[run->setting_count++] = s->settings[i];
	if (run_configure(run))
		return -1;
	config = run->rig.config;
	(void)snprintf(state, sizeof(state), "/sluice-packet-run-%d", (int)getpid());
	if (rig_open(&run->rig, &config, s->restarts ? state : NULL, run->variant.workers,
		     run->variant.start_ns, &run->error))
		return -1;
	run->rig.spin = run->variant.burst;
	run->ready = !s->unready;
	run->dirty = true;
	return 0;
}

int script_run(struct run *run, const struct script *script, const struct run_variant *variant,
	       unsigned int *line)
{
	int err;

	memset(run, 0, sizeof(*run));
	run->script = script;
	run->variant = *variant;
	*line = 1;
	err = run_begin(run);
	if (!err)
		err = run_lines(run, line);
	if (run->rig.memory)
		rig_close(&run->rig);
	else
		config_free(&run->rig.config);
	if (run->has_objects)
		objects_free(&run->objects);
	return err;
}
