/* SPDX-License-Identifier: Apache-2.0 */

#include "control/cli/cli_explanation.h"

#include <string.h>

#include "control/cli/cli.h"

#define BACKENDS_TOLD 8

static void object_print(const json_t *object)
{
	const char *space = get_text(object, "namespace");

	printf("%s %s%s%s", get_text(object, "kind"), space, *space ? "/" : "",
	       get_text(object, "name"));
}

static void place_print(const json_t *object)
{
	printf("(%s:%llu)", get_text(object, "file"),
	       (unsigned long long)get_number(object, "line"));
}

static const char *verdict_word(const char *verdict)
{
	if (strcmp(verdict, "allow") == 0)
		return "allowed";
	return strcmp(verdict, "deny") == 0 ? "DENIED" : "would be DENIED, passes (audit)";
}

static void decider_print(const json_t *side, const char *whose)
{
	const char *cause = get_text(side, "cause");

	if (strcmp(cause, "open") == 0 && !get_text(side, "kind")[0]) {
		printf("%s: %s\n", verdict_word(get_text(side, "verdict")),
		       json_array_size(json_object_get(side, "policies")) ? "no policy decides it"
									  : whose);
		return;
	}
	printf("%s by ", verdict_word(get_text(side, "verdict")));
	object_print(side);
	printf(" %s ", get_text(side, "rule"));
	place_print(side);
	if (strcmp(get_text(side, "tier"), "Namespaced") != 0 && get_text(side, "tier")[0])
		printf(", tier %s, priority %llu", get_text(side, "tier"),
		       (unsigned long long)get_number(side, "priority"));
	if (strcmp(cause, "l7") == 0)
		printf("\n            its L7 rules cannot be asked yet: L7_NOT_READY");
	if (strcmp(cause, "auth") == 0)
		printf("\n            it asks for authentication, which nothing can do yet");
	(void)putchar('\n');
}

static void rule_print(const json_t *rule)
{
	bool peer = get_bool(rule, "peer_matches"), port = get_bool(rule, "port_matches");
	char place[512];

	(void)snprintf(place, sizeof(place), "%s:%llu", get_text(rule, "file"),
		       (unsigned long long)get_number(rule, "line"));
	printf("              %c %-18s %-6s %-26s %s\n", get_bool(rule, "decides") ? '>' : ' ',
	       get_text(rule, "rule"), get_text(rule, "action"),
	       get_bool(rule, "default") ? "everything else"
	       : peer && port		 ? "matches"
	       : peer			 ? "another port"
	       : port			 ? "another peer"
					 : "another peer, another port",
	       place);
}

static void policies_print(const json_t *side)
{
	const json_t *policy, *rule, *policies = json_object_get(side, "policies");
	size_t i, r;

	json_array_foreach(policies, i, policy)
	{
		printf("            %s ", i ? "and by     " : "selected by");
		object_print(policy);
		(void)putchar('\n');
		json_array_foreach(json_object_get(policy, "rules"), r, rule)
		{
			rule_print(rule);
		}
	}
}

static void flip_print(const json_t *side)
{
	const json_t *hint, *flip = json_object_get(side, "flip");
	size_t i;

	json_array_foreach(flip, i, hint)
	{
		printf("            %s %s\n", i ? "           " : "to change  ",
		       json_string_value(hint));
	}
}

static void side_print(const char *label, const json_t *side, const char *whose,
		       const char *overall, enum explanation_depth depth)
{
	printf("  %-9s ", label);
	decider_print(side, whose);
	if (depth != EXPLANATION_FULL)
		return;
	policies_print(side);
	/* Where the other side denies, this one need not change. */
	if (strcmp(get_text(side, "verdict"), overall) == 0)
		flip_print(side);
}

void explanation_print(const json_t *form, enum explanation_depth depth)
{
	const char *verdict = get_text(form, "verdict");

	side_print("egress", json_object_get(form, "egress"), "no policy selects the sender",
		   verdict, depth);
	side_print("ingress", json_object_get(form, "ingress"), "no policy selects the receiver",
		   verdict, depth);
}

void explanation_end_print(const char *label, const json_t *end)
{
	const char *name = get_text(end, "name");

	printf("  %-9s %s%s%s, identity %llu\n", label, name, *name ? ", " : "",
	       get_text(end, "address"), (unsigned long long)get_number(end, "identity"));
}

static void backends_print(const json_t *backends)
{
	size_t count = json_array_size(backends), i;
	const json_t *backend;

	if (count > 1)
		printf("  backends  %zu that take connections:\n", count);
	json_array_foreach(backends, i, backend)
	{
		char text[TEXT_MAX];

		if (i == BACKENDS_TOLD && count > BACKENDS_TOLD + 1) {
			printf("            and %zu more\n", count - i);
			return;
		}
		printf("  %-9s %s%s%s\n", count > 1 ? "" : "backend", get_text(backend, "name"),
		       get_text(backend, "name")[0] ? " " : "",
		       text_end(backend, "address", "port", text));
	}
}

void explanation_service_print(const json_t *answer, const json_t *backends)
{
	const json_t *service = json_object_get(answer, "service");
	const json_t *origin = json_object_get(service, "origin");

	if (!json_is_object(service))
		return;
	printf("  service   %s", get_text(service, "name"));
	if (json_is_object(origin))
		printf(" (%s:%llu)", get_text(origin, "file"),
		       (unsigned long long)get_number(origin, "line"));
	printf(", %s, %s", get_text(service, "algorithm"), get_text(service, "mode"));
	if (get_number(service, "affinity_s"))
		printf(", affinity %llu s", (unsigned long long)get_number(service, "affinity_s"));
	(void)putchar('\n');
	backends_print(backends);
}
