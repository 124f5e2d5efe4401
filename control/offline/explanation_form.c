/* SPDX-License-Identifier: Apache-2.0 */

#include "control/offline/explanation_form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/text_form.h"
#include "fastpath/base/check.h"

static void text_set(json_t *object, const char *key, const char *text)
{
	(void)json_object_set_new(object, key, text ? text_form(text) : json_null());
}

static void number_set(json_t *object, const char *key, uint64_t number)
{
	(void)json_object_set_new(object, key, json_integer((json_int_t)number));
}

static void bool_set(json_t *object, const char *key, bool value)
{
	(void)json_object_set_new(object, key, json_boolean(value));
}

const char *explanation_verdict(enum explain_verdict verdict)
{
	switch (verdict) {
	case EXPLAIN_OPEN:
	case EXPLAIN_ALLOW:
		return "allow";
	case EXPLAIN_AUDIT:
		return "audit";
	default:
		return "deny";
	}
}

static const char *side_cause(const struct explain_side *side)
{
	switch (side->verdict) {
	case EXPLAIN_OPEN:
		return "open";
	case EXPLAIN_L7:
		return "l7";
	case EXPLAIN_AUTH:
		return "auth";
	default:
		return "rule";
	}
}

/* What decided; every key is there, so that scripts need not ask. */
static void decider_set(json_t *form, const struct explain_rule *rule)
{
	text_set(form, "kind", rule ? rule->kind : NULL);
	text_set(form, "namespace", rule ? rule->space : NULL);
	text_set(form, "name", rule ? rule->name : NULL);
	text_set(form, "file", rule ? rule->file : NULL);
	(void)json_object_set_new(form, "line",
				  rule ? json_integer((json_int_t)rule->line) : json_null());
	text_set(form, "rule", rule ? rule->rule : NULL);
	text_set(form, "tier", rule ? rule->tier : NULL);
	(void)json_object_set_new(form, "priority",
				  rule ? json_integer((json_int_t)rule->priority) : json_null());
}

static json_t *rule_form(const struct explain_rule *rule)
{
	json_t *form = json_object();

	text_set(form, "rule", rule->rule);
	text_set(form, "file", rule->file);
	number_set(form, "line", rule->line);
	text_set(form, "action", explain_action_name(rule->action));
	text_set(form, "tier", rule->tier);
	number_set(form, "priority", rule->priority);
	bool_set(form, "default", rule->is_default);
	bool_set(form, "peer_matches", rule->peer_matches);
	bool_set(form, "port_matches", rule->port_matches);
	bool_set(form, "matches", rule->matches);
	bool_set(form, "decides", rule->decides);
	return form;
}

static json_t *policies_form(const struct explain_side *side)
{
	json_t *list = json_array();

	for (size_t i = 0; i < side->policy_count; i++) {
		const struct explain_policy *policy = &side->policies[i];
		json_t *form = json_object(), *rules = json_array();

		text_set(form, "kind", policy->kind);
		text_set(form, "namespace", policy->space);
		text_set(form, "name", policy->name);
		text_set(form, "file", policy->file);
		number_set(form, "line", policy->line);
		for (size_t r = 0; r < policy->rule_count; r++)
			(void)json_array_append_new(rules, rule_form(&policy->rules[r]));
		(void)json_object_set_new(form, "rules", rules);
		(void)json_array_append_new(list, form);
	}
	return list;
}

static json_t *side_form(const struct explain_side *side)
{
	static const char *const answers[] = {
		[DENY_DROP] = "drop", [DENY_RESET] = "tcp-reset", [DENY_ICMP] = "icmp"};
	json_t *form = json_object(), *hints = json_array();

	text_set(form, "verdict", explanation_verdict(side->verdict));
	text_set(form, "cause", side_cause(side));
	decider_set(form, side->decider);
	if (side->verdict == EXPLAIN_DENY && side->answer < ARRAY_SIZE(answers))
		text_set(form, "answer", answers[side->answer]);
	bool_set(form, "logged", side->is_logged);
	(void)json_object_set_new(form, "policies", policies_form(side));
	for (size_t i = 0; i < side->hint_count; i++)
		(void)json_array_append_new(hints, text_form(side->hints[i]));
	(void)json_object_set_new(form, "flip", hints);
	return form;
}

static json_t *end_form(const struct explain_end *end)
{
	json_t *form = json_object();
	char text[ADDR_TEXT_MAX];

	text_set(form, "address", addr_format(&end->addr, text));
	number_set(form, "identity", end->identity);
	text_set(form, "name", end->name);
	text_set(form, "object", end->object);
	return form;
}

json_t *explanation_form(const struct explanation *e)
{
	json_t *form = json_object();

	text_set(form, "verdict", explanation_verdict(e->verdict));
	(void)json_object_set_new(form, "src", end_form(&e->src));
	(void)json_object_set_new(form, "dst", end_form(&e->dst));
	(void)json_object_set_new(form, "egress", side_form(&e->egress));
	(void)json_object_set_new(form, "ingress", side_form(&e->ingress));
	return form;
}

/* ---- services ---- */

static json_t *origin_of(const struct service_reader *r, uint32_t origin)
{
	const struct image_origin *records, *o;
	const char *space, *rule;
	json_t *form, *text;
	uint32_t count = 0;
	char *whole;

	records = r->origins ? image_records(r->origins, IMAGE_ORIGIN_RECORD, &count) : NULL;
	if (!origin || origin >= count)
		return json_null();
	o = &records[origin];
	space = service_string(r, o->space);
	rule = service_string(r, o->rule);
	form = json_object();
	text_set(form, "kind", service_string(r, o->kind));
	text_set(form, "namespace", space);
	text_set(form, "name", service_string(r, o->name));
	text_set(form, "file", service_string(r, o->file));
	number_set(form, "line", o->line);
	text_set(form, "rule", rule);
	CHECK(asprintf(&whole, "%s %s%s%s%s%s (%s:%u)", service_string(r, o->kind), space,
		       *space ? "/" : "", service_string(r, o->name), *rule ? " " : "", rule,
		       service_string(r, o->file), o->line) >= 0);
	text = text_form(whole);
	free(whole);
	(void)json_object_set_new(form, "text", text);
	return form;
}

json_t *explanation_service_form(const struct service_reader *r,
				 const struct image_service *service)
{
	json_t *form = json_object();

	text_set(form, "name", service_name(r, service));
	text_set(form, "algorithm", service_algorithm_name(service->algorithm));
	text_set(form, "mode", service_mode_name(service->mode));
	number_set(form, "affinity_s", service->affinity_s);
	(void)json_object_set_new(form, "origin", origin_of(r, service->origin));
	return form;
}

json_t *explanation_backend_form(const struct service_reader *r, uint32_t pick)
{
	const struct image_backend *backend = &r->backends[r->picks[pick].backend];
	json_t *form = json_object();
	char text[ADDR_TEXT_MAX];

	text_set(form, "name", service_string(r, backend->name));
	text_set(form, "address", addr_format(&backend->addr, text));
	number_set(form, "port", backend->port);
	text_set(form, "state", service_state_name(r->picks[pick].state));
	return form;
}
