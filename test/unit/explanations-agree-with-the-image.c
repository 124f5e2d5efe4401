/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Random worlds: what an explanation says becomes of a packet, and which rule says so, is what
 * the images say; and taking the rules away that it names does what it foretells. A small
 * world has every kind of policy and every verdict.
 *
 * A failure prints the seed; with SLUICE_SEED=n only that world is tried.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/compile/explain_compile.h"
#include "test/lib/image_reader.h"
#include "test/lib/random_world.h"
#include "test/lib/small_cluster.h"

#define WORLDS 120
#define ASKED  120

static uint64_t world_seed;
static size_t verdicts[EXPLAIN_VERDICTS];
static size_t removed; /* rules */

static enum explain_verdict image_verdict(const struct image_policy_decision *d)
{
	if (!d || (d->origin == 0 && d->verdict == POLICY_ALLOW))
		return EXPLAIN_OPEN;
	if (d->flags & DECISION_AUDIT)
		return EXPLAIN_AUDIT;
	if (d->verdict == POLICY_DENY)
		return d->flags & DECISION_AUTH ? EXPLAIN_AUTH : EXPLAIN_DENY;
	return d->l7 ? EXPLAIN_L7 : EXPLAIN_ALLOW;
}

/* As reader_origin() has it. */
static const char *rule_text(const struct explain_rule *r, char *buf, size_t size)
{
	if (!r)
		return "nobody";
	(void)snprintf(buf, size, "%s %s/%s %s:%u %s", r->kind, r->space, r->name, r->file, r->line,
		       r->rule);
	return buf;
}

static void side_check(const struct images *images, const struct explain_side *side,
		       const struct image_policy_decision *decision, const char *about)
{
	enum explain_verdict expected = image_verdict(decision);
	char got[512], want[512] = "nobody";
	size_t deciders = 0;

	if (expected != EXPLAIN_OPEN)
		(void)reader_origin(images, decision->origin, want, sizeof(want));
	if (side->verdict != expected ||
	    strcmp(rule_text(side->decider, got, sizeof(got)), want) != 0)
		fail_msg("seed %lu: %s: explained as %s by %s, the image says %s by %s",
			 (unsigned long)world_seed, about, explain_verdict_name(side->verdict),
			 rule_text(side->decider, got, sizeof(got)), explain_verdict_name(expected),
			 want);
	verdicts[expected]++;
	assert_true(decision || side->policy_count == 0);
	for (size_t p = 0; p < side->policy_count; p++)
		for (size_t r = 0; r < side->policies[p].rule_count; r++) {
			const struct explain_rule *rule = &side->policies[p].rules[r];

			deciders += rule->decides;
			assert_true(!rule->decides || (rule == side->decider && rule->matches));
			assert_true(!rule->matches || (rule->peer_matches && rule->port_matches));
		}
	assert_int_equal(deciders, side->decider != NULL);
	assert_int_equal(side->step_count > 0, side->decider != NULL);
	assert_true(side->hint_count > 0);
}

/* It says what the images say. */
static struct explanation *explanation_checked(const struct images *images,
					       struct explainer *explainer,
					       const struct explain_question *q)
{
	struct explanation *e = explain_ask(explainer, q);
	uint32_t src = reader_ident(images, &q->src), dst = reader_ident(images, &q->dst);
	const struct image_ident *record = reader_ident_record(images, src);
	char a[ADDR_TEXT_MAX], b[ADDR_TEXT_MAX], about[256];

	(void)snprintf(about, sizeof(about), "%s > %s %u/%u", addr_format(&q->src, a),
		       addr_format(&q->dst, b), q->proto, q->port);
	assert_string_equal(e->src.name, reader_string(images, record->name));
	side_check(images, &e->egress,
		   reader_decision(images, READER_EGRESS, src, dst, q->proto, q->port), about);
	side_check(images, &e->ingress,
		   reader_decision(images, READER_INGRESS, src, dst, q->proto, q->port), about);
	assert_true(e->verdict >= e->egress.verdict && e->verdict >= e->ingress.verdict);
	return e;
}

/* The rule of the world that an explanation names; NULL: it is no allowance of a NetworkPolicy. */
static struct policy_rule *rule_find(struct random_world *world, const struct explain_rule *r)
{
	char *index = strchr(r->rule, '[');

	for (size_t i = 0; i < world->objects.network_policy_count && index; i++) {
		struct network_policy *p = &world->objects.network_policies[i];
		size_t n = strtoul(index + 1, NULL, 10);

		if (strcmp(r->kind, "NetworkPolicy") == 0 && strcmp(p->meta.name, r->name) == 0 &&
		    strcmp(p->meta.space, r->space) == 0)
			return r->rule[0] == 'i' ? &p->ingress[n] : &p->egress[n];
	}
	return NULL;
}

/* Takes away what the steps take away: what they foretell must come. */
static void side_follow(struct random_world *world, const struct compile_input *input,
			const struct explain_question *q, const struct explain_side *side,
			bool is_egress)
{
	struct policy_rule *undo[8], before[8];
	size_t count = 0;

	for (size_t i = 0; i < side->step_count && count < ARRAY_SIZE(undo); i++) {
		const struct explain_step *step = &side->steps[i];
		char got[512] = "", want[512] = "";
		const struct explain_side *then;
		struct compile_error error;
		struct explanation *e;

		undo[count] = rule_find(world, step->without);
		if (!undo[count])
			break;
		before[count] = *undo[count];
		undo[count]->any_peer = false;
		undo[count++]->peer_count = 0;
		assert_int_equal(compile_explain(input, NULL, q, &e, &error), 0);
		then = is_egress ? &e->egress : &e->ingress;
		if (then->verdict != step->then ||
		    strcmp(rule_text(then->decider, got, sizeof(got)),
			   rule_text(step->by, want, sizeof(want))) != 0)
			fail_msg("seed %lu: %s by %s was foretold, but it is %s by %s",
				 (unsigned long)world_seed, explain_verdict_name(step->then), want,
				 explain_verdict_name(then->verdict), got);
		explanation_free(e);
		removed++;
	}
	while (count-- > 0)
		*undo[count] = before[count];
}

static void question_check(struct random_world *world, const struct compile_input *input,
			   const struct images *images, struct explainer *explainer)
{
	static const uint8_t protos[] = {IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP, IPPROTO_ICMP, 47};
	static const uint16_t ports[] = {0, 53, 80, 81, 443, 500, 65535};
	struct explain_question q = {
		.src = world->addresses[random_below(&world->seed, (uint32_t)world->address_count)],
		.dst = world->addresses[random_below(&world->seed, (uint32_t)world->address_count)],
		.proto = protos[random_below(&world->seed, ARRAY_SIZE(protos))],
		.port = ports[random_below(&world->seed, ARRAY_SIZE(ports))],
	};
	struct explanation *e = explanation_checked(images, explainer, &q);

	side_follow(world, input, &q, &e->egress, true);
	side_follow(world, input, &q, &e->ingress, false);
	explanation_free(e);
}

/* What the world's own drawing leaves out. */
static void world_stir(struct random_world *world)
{
	static const uint8_t modes[] = {ENFORCE_DEFAULT, ENFORCE_DEFAULT, ENFORCE_ALWAYS,
					ENFORCE_NEVER};

	world->config.enforcement = modes[random_below(&world->seed, ARRAY_SIZE(modes))];
	world->config.audit = random_below(&world->seed, 8) == 0;
	for (size_t i = 0; i < world->objects.network_policy_count; i++)
		world->objects.network_policies[i].notes.audit = random_below(&world->seed, 4) == 0;
}

static void world_check(uint64_t seed)
{
	struct compile_memory *memory = compile_memory_open();
	struct compile_error error = {""};
	struct explainer *explainer;
	struct random_world world;
	struct compile_input input = {
		.config = &world.config, .objects = &world.objects, .net = &world.net};
	struct images images;

	world_seed = seed;
	random_world_open(&world, seed);
	world_stir(&world);
	assert_int_equal(compile_images(&input, memory, &images, &error), 0);
	assert_int_equal(explain_open(&input, memory, &explainer, &error), 0);
	for (int i = 0; i < ASKED; i++)
		question_check(&world, &input, &images, explainer);
	explain_close(explainer);
	images_free(&images);
	compile_memory_free(memory);
	random_world_close(&world);
}

static void explanations_agree_with_the_image(void **state)
{
	const char *seed = getenv("SLUICE_SEED");

	(void)state;
	for (uint64_t i = 1; i <= WORLDS && !seed; i++)
		world_check(i);
	if (seed)
		world_check(strtoull(seed, NULL, 10));
	for (int v = 0; v < EXPLAIN_VERDICTS && !seed; v++)
		print_message("%s: %zu\n", explain_verdict_name((enum explain_verdict)v),
			      verdicts[v]);
	assert_true(seed || (verdicts[EXPLAIN_OPEN] > 300 && verdicts[EXPLAIN_ALLOW] > 300 &&
			     verdicts[EXPLAIN_AUDIT] > 300 && verdicts[EXPLAIN_DENY] > 300 &&
			     removed > 300));
}

#define POD(name, app, address)                                                                  \
	"apiVersion: v1\nkind: Pod\nmetadata: {name: " name ", namespace: a, labels: {app: " app \
	"}}\nstatus: {podIPs: [{ip: " address "}]}\n---\n"
#define PODS POD("web", "web", "10.0.0.1") POD("db", "db", "10.0.0.2") POD("x", "x", "10.0.0.3")
#define CILIUM(name, rules)                                                           \
	"apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: " name \
	", namespace: a}\nspec:\n  endpointSelector: {matchLabels: {app: db}}\n" rules "---\n"
#define CLUSTER(name, tier, rules)                                                    \
	"apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\n" \
	"metadata: {name: " name "}\nspec:\n  tier: " tier "\n  priority: 7\n"        \
	"  subject: {namespaces: {}}\n" rules "---\n"

/* Every kind of policy, every verdict. */
static const char all_kinds[] = PODS CILIUM(
	"l7", "  ingress:\n  - fromEndpoints: [{matchLabels: {app: web}}]\n    toPorts:\n"
	      "    - {ports: [{port: '80', protocol: TCP}], rules: {http: [{path: /a}]}}\n"
	      "  - fromEntities: [all]\n    toPorts:\n"
	      "    - {ports: [{port: '80', protocol: TCP}], rules: {http: [{path: /b}]}}\n")
	CILIUM("auth", "  ingress:\n  - fromEndpoints: [{matchLabels: {app: x}}]\n"
		       "    authentication: {mode: required}\n"
		       "    toPorts: [{ports: [{port: '81', protocol: TCP}]}]\n")
		CILIUM("deny", "  ingressDeny:\n  - fromEndpoints: [{matchLabels: {app: x}}]\n"
			       "    toPorts: [{ports: [{port: '82', protocol: TCP}]}]\n"
			       "  ingress:\n  - toPorts: [{ports: [{port: '82'}]}]\n")
			CLUSTER("admin", "Admin",
				"  ingress:\n  - {name: p, action: Pass, from: [{pods: "
				"{namespaceSelector: {}, podSelector: {matchLabels: {app: x}}}}]}\n"
				"  - {name: q, action: Deny, from: [{namespaces: {}}], protocols: "
				"[{tcp: {destinationPort: {number: 83}}}]}\n"
				"  egress:\n  - {name: d, action: Accept, to: [{domainNames: "
				"[example.com]}]}\n")
				CLUSTER("base", "Baseline",
					"  ingress:\n  - {action: Accept, from: [{namespaces: {}}], "
					"protocols: [{tcp: {destinationPort: {number: 84}}}]}\n"
					"  - {action: Deny, from: [{namespaces: {}}]}\n");

static void every_kind_of_policy_is_explained(void **state)
{
	static const char *const ends[] = {"10.0.0.1", "10.0.0.2", "10.0.0.3", "203.0.113.1"};
	struct small_cluster c = {.config.path = (char *)"a.conf"};
	struct compile_input input = {.config = &c.config, .objects = &c.objects, .net = &c.net};
	const char *error = small_cluster_open(&c, "w", all_kinds);
	struct compile_error refused = {""};
	struct explainer *explainer;
	size_t before[EXPLAIN_VERDICTS];

	(void)state;
	memcpy(before, verdicts, sizeof(before));
	assert_string_equal(error ? error : "", "");
	assert_int_equal(explain_open(&input, c.memory, &explainer, &refused), 0);
	for (size_t i = 0; i < ARRAY_SIZE(ends) * ARRAY_SIZE(ends) * 6; i++) {
		struct explain_question q = {.proto = IPPROTO_TCP, .port = (uint16_t)(79 + i % 6)};

		assert_int_equal(addr_parse(ends[i / 6 % ARRAY_SIZE(ends)], &q.src), 0);
		assert_int_equal(addr_parse(ends[i / 6 / ARRAY_SIZE(ends)], &q.dst), 0);
		explanation_free(explanation_checked(&c.images, explainer, &q));
	}
	explain_close(explainer);
	small_cluster_close(&c);
	for (int v = 0; v < EXPLAIN_VERDICTS; v++)
		assert_true(v == EXPLAIN_AUDIT || verdicts[v] > before[v]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(explanations_agree_with_the_image),
		cmocka_unit_test(every_kind_of_policy_is_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
