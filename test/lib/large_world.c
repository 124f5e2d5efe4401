/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/large_world.h"

#include <limits.h>

#include "fastpath/base/check.h"

#define POLICIES_A_FILE 500u

/* A number below `most` that follows from what and which. */
static uint32_t draw(uint32_t number, uint32_t what, uint32_t most)
{
	uint64_t x = ((uint64_t)number << 8 | what) * 0x9e3779b97f4a7c15ull;

	x ^= x >> 29;
	x *= 0xbf58476d1ce4e5b9ull;
	return (uint32_t)(x >> 33) % most;
}

static uint32_t app_count(const struct large_world *w)
{
	return w->identities / LARGE_SPACES;
}

static FILE *file_open(const char *directory, const char *name)
{
	char path[PATH_MAX];
	FILE *out;

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	out = fopen(path, "we");
	CHECK(out);
	return out;
}

static void spaces_write(const char *directory)
{
	FILE *out = file_open(directory, "spaces.yaml");

	for (uint32_t i = 0; i < LARGE_SPACES; i++)
		(void)fprintf(out,
			      "---\napiVersion: v1\nkind: Namespace\n"
			      "metadata: {name: ns%u, labels: {team: t%u}}\n",
			      i, i % LARGE_TEAMS);
	CHECK(fclose(out) == 0);
}

void large_world_pod(const struct large_world *w, uint32_t number, FILE *out)
{
	uint32_t identity = number % w->identities, app = identity / LARGE_SPACES;

	(void)fprintf(out,
		      "---\napiVersion: v1\nkind: Pod\n"
		      "metadata:\n  name: p%u\n  namespace: ns%u\n"
		      "  labels:\n    app: a%u\n    tier: x%u\n"
		      "spec:\n  nodeName: n1\n  containers:\n"
		      "  - ports:\n    - containerPort: 8080\n      name: http\n"
		      "status:\n  phase: Running\n  podIPs:\n  - ip: 10.%u.%u.%u\n",
		      number, identity % LARGE_SPACES, app, app % LARGE_TIERS, number >> 16 & 255,
		      number >> 8 & 255, number & 255);
}

static void network_policy_write(const struct large_world *w, uint32_t n, FILE *out)
{
	(void)fprintf(out,
		      "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
		      "metadata:\n  name: p%u\n  namespace: ns%u\n"
		      "spec:\n  podSelector:\n    matchLabels:\n      app: a%u\n"
		      "  ingress:\n"
		      "  - from:\n    - podSelector:\n        matchLabels:\n          app: a%u\n"
		      "    ports:\n    - port: %u\n      protocol: TCP\n"
		      "  - from:\n    - namespaceSelector:\n        matchLabels:\n"
		      "          team: t%u\n"
		      "      podSelector:\n        matchLabels:\n          tier: x%u\n"
		      "    - ipBlock:\n        cidr: 172.%u.%u.0/24\n"
		      "    ports:\n    - port: http\n      protocol: TCP\n",
		      n, n % LARGE_SPACES, draw(n, 0, app_count(w)), draw(n, 1, app_count(w)),
		      1024 + draw(n, 2, 4096), draw(n, 3, LARGE_TEAMS), draw(n, 4, LARGE_TIERS),
		      16 + draw(n, 5, 16), draw(n, 6, 256));
}

static void cilium_policy_write(const struct large_world *w, uint32_t n, FILE *out)
{
	(void)fprintf(out,
		      "---\napiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\n"
		      "metadata:\n  name: c%u\n  namespace: ns%u\n"
		      "spec:\n  endpointSelector:\n    matchLabels:\n      app: a%u\n"
		      "  ingress:\n"
		      "  - fromEndpoints:\n    - matchLabels:\n        app: a%u\n"
		      "    toPorts:\n    - ports:\n      - port: \"%u\"\n        protocol: TCP\n"
		      "  - fromEntities:\n    - remote-node\n"
		      "  - fromCIDRSet:\n    - cidr: 172.%u.%u.0/24\n"
		      "      except:\n      - 172.%u.%u.128/28\n"
		      "  ingressDeny:\n"
		      "  - fromEndpoints:\n    - matchLabels:\n        tier: x%u\n"
		      "    toPorts:\n    - ports:\n      - port: \"%u\"\n        protocol: ANY\n",
		      n, n % LARGE_SPACES, draw(n, 0, app_count(w)), draw(n, 1, app_count(w)),
		      1024 + draw(n, 2, 4096), 16 + draw(n, 5, 16), draw(n, 6, 256),
		      16 + draw(n, 5, 16), draw(n, 6, 256), draw(n, 4, LARGE_TIERS),
		      1024 + draw(n, 7, 4096));
}

void large_world_policy(const struct large_world *w, uint32_t number, FILE *out)
{
	if (w->plain || number % 2 == 0)
		network_policy_write(w, number, out);
	else
		cilium_policy_write(w, number, out);
}

static void policies_write(const struct large_world *w, const char *directory, uint32_t first)
{
	char name[32];
	FILE *out;

	(void)snprintf(name, sizeof(name), "policies-%05u.yaml", first / POLICIES_A_FILE);
	out = file_open(directory, name);
	for (uint32_t i = first; i < w->policies && i < first + POLICIES_A_FILE; i++)
		large_world_policy(w, i, out);
	CHECK(fclose(out) == 0);
}

void large_world_write(const struct large_world *w, const char *directory)
{
	FILE *out;

	spaces_write(directory);
	out = file_open(directory, "pods.yaml");
	for (uint32_t i = 0; i < w->pods; i++)
		large_world_pod(w, i, out);
	CHECK(fclose(out) == 0);
	for (uint32_t first = 0; first < w->policies; first += POLICIES_A_FILE)
		policies_write(w, directory, first);
}
