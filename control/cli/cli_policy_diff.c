/* SPDX-License-Identifier: Apache-2.0 */

/*
 * policy diff: connections that would change verdict. Status as diff's: 0 none, 1 some, 2 it
 * cannot be told.
 */

#include <stdlib.h>
#include <string.h>

#include "control/cli/cli_policy.h"
#include "control/offline/diff.h"

#define STATUS_TROUBLE 2
#define NAMES_SHOWN    6

struct printed {
	const struct diff *diff;
	const struct judge *judges[DIFF_SIDES];
};

/* Receivers by sender: senders with the same receivers are told together. */
struct bunch {
	struct u32_list from;
	struct u32_list to;
};

struct bunch_list GROW_FIELDS(struct bunch);

static bool lists_equal(const struct u32_list *a, const struct u32_list *b)
{
	return a->count == b->count &&
	       (a->count == 0 || memcmp(a->items, b->items, a->count * sizeof(*a->items)) == 0);
}

/* Pairs come sorted by sender, then receiver. */
static struct bunch_list bunches_take(const struct diff_group *group)
{
	struct bunch_list list = {0};

	for (uint32_t i = 0; i < group->pairs.count;) {
		uint32_t from = group->pairs.items[i].from, b = 0;
		struct u32_list to = {0};

		for (; i < group->pairs.count && group->pairs.items[i].from == from; i++)
			GROW_ADD(&to, group->pairs.items[i].to);
		while (b < list.count && !lists_equal(&list.items[b].to, &to))
			b++;
		if (b == list.count)
			GROW_ADD(&list, (struct bunch){.to = to});
		else
			GROW_FREE(&to);
		GROW_ADD(&list.items[b].from, from);
	}
	return list;
}

static void bunches_free(struct bunch_list *list)
{
	for (uint32_t i = 0; i < list->count; i++) {
		GROW_FREE(&list->items[i].from);
		GROW_FREE(&list->items[i].to);
	}
	GROW_FREE(list);
}

static void names_print(const struct printed *p, const struct u32_list *classes)
{
	uint32_t shown = 0, count = 0;

	for (uint32_t i = 0; i < classes->count; i++) {
		const struct diff_class *class = &p->diff->classes.items[classes->items[i]];

		for (uint32_t n = 0; n < class->names.count; n++, count++)
			if (count < NAMES_SHOWN)
				printf("%s%s", shown++ ? ", " : "", class->names.items[n]);
	}
	if (count > NAMES_SHOWN)
		printf(" and %u more", count - NAMES_SHOWN);
}

static void reason_print(const struct judge *judge, const char *label, const struct diff_verdict *v)
{
	static const char *const sides[] = {[JUDGE_INGRESS] = "ingress", [JUDGE_EGRESS] = "egress"};
	bool any = false;
	char text[768];

	printf("    %s  %s", label, judge_verdict_text(v->verdict));
	for (int d = JUDGE_DIRECTIONS - 1; d >= 0; d--) {
		if (!v->origin[d])
			continue;
		printf("%s %s by %s", any ? "," : ":", sides[d],
		       judge_origin_text(judge, v->origin[d], text, sizeof(text)));
		any = true;
	}
	printf("%s%s\n", any ? "" : ": no policy selects it", v->wants_l7 ? " (L7_NOT_READY)" : "");
}

static void group_print(const struct printed *p, const struct diff_group *group)
{
	struct bunch_list bunches = bunches_take(group);
	char *ports = diff_ports_text(group);

	printf("%s -> %s  %s\n", judge_verdict_text(group->verdict[DIFF_OLD].verdict),
	       judge_verdict_text(group->verdict[DIFF_NEW].verdict), ports);
	for (uint32_t i = 0; i < bunches.count; i++) {
		printf("    ");
		names_print(p, &bunches.items[i].from);
		printf("  >  ");
		names_print(p, &bunches.items[i].to);
		(void)putchar('\n');
	}
	reason_print(p->judges[DIFF_OLD], "old", &group->verdict[DIFF_OLD]);
	reason_print(p->judges[DIFF_NEW], "new", &group->verdict[DIFF_NEW]);
	(void)putchar('\n');
	free(ports);
	bunches_free(&bunches);
}

static void only_print(const struct diff *diff, enum diff_side side, const char *label)
{
	if (!diff->only[side].count)
		return;
	printf("not compared, only in %s:", label);
	for (uint32_t i = 0; i < diff->only[side].count && i < NAMES_SHOWN; i++)
		printf(" %s", diff->only[side].items[i]);
	if (diff->only[side].count > NAMES_SHOWN)
		printf(" and %u more", diff->only[side].count - NAMES_SHOWN);
	(void)putchar('\n');
}

static void diff_print(const struct printed *p)
{
	for (uint32_t i = 0; i < p->diff->groups.count; i++)
		group_print(p, &p->diff->groups.items[i]);
	only_print(p->diff, DIFF_OLD, "OLD");
	only_print(p->diff, DIFF_NEW, "NEW");
	if (!p->diff->groups.count)
		printf("no connection changes its verdict\n");
}

/* ---- JSON ---- */

static json_t *names_json(const struct printed *p, const struct u32_list *classes)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < classes->count; i++) {
		const struct diff_class *class = &p->diff->classes.items[classes->items[i]];

		for (uint32_t n = 0; n < class->names.count; n++)
			(void)json_array_append_new(list, json_string(class->names.items[n]));
	}
	return list;
}

static json_t *reason_json(const struct judge *judge, const struct diff_verdict *v)
{
	static const char *const sides[] = {[JUDGE_INGRESS] = "ingress", [JUDGE_EGRESS] = "egress"};
	json_t *form = json_pack("{s:s}", "verdict", judge_verdict_text(v->verdict));
	struct judge_origin o;

	for (int d = 0; d < JUDGE_DIRECTIONS; d++) {
		if (!judge_origin(judge, v->origin[d], &o)) {
			(void)json_object_set_new(form, sides[d], json_null());
			continue;
		}
		(void)json_object_set_new(form, sides[d],
					  json_pack("{s:s, s:s, s:s, s:s, s:I, s:s}", "kind",
						    o.kind, "namespace", o.space, "name", o.name,
						    "file", o.file, "line", (json_int_t)o.line,
						    "rule", o.rule));
	}
	return form;
}

static json_t *group_json(const struct printed *p, const struct diff_group *group)
{
	struct bunch_list bunches = bunches_take(group);
	char *ports = diff_ports_text(group);
	json_t *pairs = json_array(), *form;

	for (uint32_t i = 0; i < bunches.count; i++)
		(void)json_array_append_new(pairs,
					    json_pack("{s:o, s:o}", "from",
						      names_json(p, &bunches.items[i].from), "to",
						      names_json(p, &bunches.items[i].to)));
	form = json_pack("{s:s, s:o, s:o, s:o}", "ports", ports, "old",
			 reason_json(p->judges[DIFF_OLD], &group->verdict[DIFF_OLD]), "new",
			 reason_json(p->judges[DIFF_NEW], &group->verdict[DIFF_NEW]), "connections",
			 pairs);
	free(ports);
	bunches_free(&bunches);
	return form;
}

static void diff_print_json(const struct printed *p)
{
	static const char *const only[] = {[DIFF_OLD] = "only_old", [DIFF_NEW] = "only_new"};
	json_t *reply = json_object(), *changes = json_array();

	(void)json_object_set_new(reply, "same", json_boolean(p->diff->groups.count == 0));
	for (uint32_t i = 0; i < p->diff->groups.count; i++)
		(void)json_array_append_new(changes, group_json(p, &p->diff->groups.items[i]));
	(void)json_object_set_new(reply, "changes", changes);
	for (int s = 0; s < DIFF_SIDES; s++) {
		json_t *names = json_array();

		for (uint32_t i = 0; i < p->diff->only[s].count; i++)
			(void)json_array_append_new(names, json_string(p->diff->only[s].items[i]));
		(void)json_object_set_new(reply, only[s], names);
	}
	(void)json_dumpf(reply, stdout, JSON_INDENT(2));
	(void)putchar('\n');
	json_decref(reply);
}

int cli_policy_diff(struct cli *cli, int argc, char **argv)
{
	struct policy_world worlds[DIFF_SIDES];
	struct diff_world sides[DIFF_SIDES];
	struct printed printed;
	struct diff diff;
	bool differs;

	(void)argc;
	for (int s = 0; s < DIFF_SIDES; s++) {
		const struct policy_request request = {.path = argv[s], .status = STATUS_TROUBLE};

		policy_world_open(cli, &request, &worlds[s]);
		(void)policy_warnings_print(worlds[s].world);
		sides[s] = (struct diff_world){worlds[s].judge, &worlds[s].ends};
		printed.judges[s] = worlds[s].judge;
	}
	diff_build(&diff, sides);
	printed.diff = &diff;
	differs = diff.groups.count != 0;
	if (cli->is_json)
		diff_print_json(&printed);
	else
		diff_print(&printed);
	diff_free(&diff);
	for (int s = 0; s < DIFF_SIDES; s++)
		policy_world_close(&worlds[s]);
	return differs;
}
