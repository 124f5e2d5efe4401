/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The conformance cases of ClusterNetworkPolicy (kubernetes-sigs/network-policy-api): what was
 * probed there, from pod to pod, is what our images say, and what the twin says. The table is
 * data from elsewhere (test/lib/truth_world.h); without it the test says so and skips.
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

#include "test/lib/small_cluster.h"
#include "test/lib/truth_world.h"

struct tally {
	size_t probes;
	size_t denied;
	size_t wrong;
};

/* Kubernetes' reading: networks hold pods and nodes too. Without Node objects a pod with
 * hostNetwork still is a node, at its own address. */
static union addr pod_address(const json_t *world, const char *row)
{
	json_t *pod;
	char name[512];
	union addr a;
	size_t i;

	json_array_foreach(json_object_get(world, "pods"), i, pod)
	{
		(void)snprintf(name, sizeof(name), "%s/%s",
			       json_string_value(json_object_get(pod, "namespace")),
			       json_string_value(json_object_get(pod, "name")));
		if (strcmp(name, row) != 0)
			continue;
		assert_int_equal(addr_parse(json_string_value(json_object_get(pod, "ip")), &a), 0);
		return a;
	}
	fail_msg("no such pod: %s", row);
	return (union addr){0};
}

static uint8_t protocol(const char *text)
{
	if (strcmp(text, "TCP") == 0)
		return IPPROTO_TCP;
	return strcmp(text, "UDP") == 0 ? IPPROTO_UDP : IPPROTO_SCTP;
}

/* Both ends agree: by the images, or by the twin. */
static void ends_ask(const struct small_cluster *cluster, const union addr *src,
		     const union addr *dst, uint8_t proto, uint16_t port, bool *image, bool *twin)
{
	*image = *twin = true;
	for (int d = TWIN_EGRESS; d <= TWIN_INGRESS; d++) {
		struct twin_packet packet = small_cluster_packet(cluster, (enum twin_direction)d,
								 src, dst, proto, port);

		*image &= twin_passes(small_cluster_ask(cluster, &packet, NULL));
		*twin &= twin_passes(twin_judge(&packet));
	}
}

static void probe_check(struct tally *tally, const struct small_cluster *cluster, const char *id,
			const json_t *world, const json_t *probe)
{
	const char *from = json_string_value(json_object_get(probe, "from"));
	const char *to = json_string_value(json_object_get(probe, "to"));
	const char *proto = json_string_value(json_object_get(probe, "protocol"));
	uint16_t port = (uint16_t)json_integer_value(json_object_get(probe, "port"));
	bool expected = strcmp(json_string_value(json_object_get(probe, "expect")), "allow") == 0;
	union addr src = pod_address(world, from), dst = pod_address(world, to);
	bool image, twin;

	ends_ask(cluster, &src, &dst, protocol(proto), port, &image, &twin);
	tally->probes++;
	tally->denied += !expected;
	if (image == expected && twin == expected)
		return;
	tally->wrong++;
	print_error("%s: %s > %s %s/%u: expected %s, images %s, twin %s\n", id, from, to, proto,
		    port, expected ? "allow" : "deny", image ? "allow" : "deny",
		    twin ? "allow" : "deny");
}

static bool step_check(void *arg, const char *id, json_t *world)
{
	struct small_cluster cluster = {
		.config = {.cidr_matches_pods = true, .cidr_matches_nodes = true}};
	char *text = truth_objects(world);
	const char *error = small_cluster_open(&cluster, id, text);
	json_t *probe;
	size_t i;

	if (error)
		print_error("%s: %s\n", id, error);
	json_array_foreach(json_object_get(world, "probes"), i, probe)
	{
		if (!error)
			probe_check(arg, &cluster, id, world, probe);
	}
	small_cluster_close(&cluster);
	free(text);
	return !error;
}

static void cluster_policies_come_out_as_probed(void **state)
{
	struct tally tally = {0};
	size_t steps;

	(void)state;
	if (!truth_directory()) {
		print_message("no truth tables here: set SLUICE_TRUTH to their directory\n");
		skip();
		return;
	}
	steps = truth_each("clusternetworkpolicy-truth.jsonl", step_check, &tally);
	print_message("%zu steps, %zu probes (%zu denied), %zu wrong\n", steps, tally.probes,
		      tally.denied, tally.wrong);
	assert_int_equal(tally.wrong, 0);
	assert_int_equal(steps, 91);
	assert_int_equal(tally.probes, 292);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cluster_policies_come_out_as_probed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
