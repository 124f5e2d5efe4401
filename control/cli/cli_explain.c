/* SPDX-License-Identifier: Apache-2.0 */

#include <stdlib.h>
#include <string.h>

#include "control/cli/cli.h"
#include "fastpath/base/check.h"

static void end_print(const json_t *end)
{
	if (get_text(end, "name")[0])
		printf("%s, ", get_text(end, "name"));
	printf("identity %llu", (unsigned long long)get_number(end, "identity"));
}

static void decision_print(const char *side, const char *whose, const json_t *decision)
{
	const json_t *origin = json_object_get(decision, "origin");
	const char *verdict = get_text(decision, "verdict");

	printf("  %-9s ", side);
	if (strcmp(verdict, "open") == 0)
		printf("allowed: no policy selects the %s\n", whose);
	else if (json_is_object(origin))
		printf("%s by %s\n",
		       strcmp(verdict, "allow") == 0  ? "allowed"
		       : strcmp(verdict, "deny") == 0 ? "DENIED"
						      : "would be denied (audit)",
		       get_text(origin, "text"));
	else
		printf("%s: policies select the %s and none allows it\n",
		       strcmp(verdict, "audit") == 0   ? "would be denied (audit)"
		       : strcmp(verdict, "allow") == 0 ? "allowed"
						       : "DENIED",
		       whose);
}

static void nat_print(const json_t *nat)
{
	if (!json_is_object(nat)) {
		printf("  nat       none: no egress policy selects it\n");
		return;
	}
	printf("  nat       ");
	if (get_bool(nat, "translated"))
		printf("leaves as %s", get_text(nat, "address"));
	else
		printf("not translated");
	if (json_is_object(json_object_get(nat, "origin")))
		printf(", by %s", get_text(json_object_get(nat, "origin"), "text"));
	(void)putchar('\n');
}

static void way_print(const json_t *route, const json_t *next_hop)
{
	if (!json_is_object(route)) {
		printf("  route     none\n");
		return;
	}
	printf("  route     %s", get_text(route, "prefix"));
	if (get_text(route, "via")[0])
		printf(" via %s", get_text(route, "via"));
	if (get_text(route, "port")[0])
		printf(", out by %s", get_text(route, "port"));
	else
		printf(", %s", get_text(route, "kind"));
	if (json_is_object(next_hop))
		printf("\n  next hop  %s at %s\n", get_text(next_hop, "address"),
		       get_text(next_hop, "mac"));
	else if (get_text(route, "port")[0])
		printf("\n  next hop  its MAC address is not known yet; the first packet asks\n");
	else
		(void)putchar('\n');
}

static void explained_print(const json_t *reply)
{
	char src[TEXT_MAX], dst[TEXT_MAX];

	printf("%s > %s %s, in by %s\n", text_end(reply, "src", "sport", src),
	       text_end(reply, "dst", "dport", dst), get_text(reply, "proto"),
	       get_text(reply, "in"));
	printf("  from      ");
	end_print(json_object_get(reply, "from"));
	printf("\n  to        ");
	end_print(json_object_get(reply, "to"));
	(void)putchar('\n');
	if (get_bool(reply, "known_flow"))
		printf("  flow      known: the connection stands, its first packet was judged so:\n");
	decision_print("egress", "sender", json_object_get(reply, "egress"));
	decision_print("ingress", "receiver", json_object_get(reply, "ingress"));
	/* What policy denies is not asked where it would go. */
	if (strncmp(get_text(reply, "reason"), "POLICY_", 7) != 0) {
		nat_print(json_object_get(reply, "nat"));
		way_print(json_object_get(reply, "route"), json_object_get(reply, "next_hop"));
	}
	if (get_bool(reply, "passes"))
		printf("PASSES\n");
	else
		printf("DROPPED: %s, %s\n", get_text(reply, "reason"), get_text(reply, "text"));
}

int cli_explain(struct cli *cli, int argc, char **argv)
{
	json_t *request = json_pack("{s:s, s:s, s:s}", "request", "explain", "from", argv[0], "to",
				    argv[1]),
	       *reply;
	char *slash = strchr(argv[2], '/');

	(void)argc;
	if (!request)
		cli_misused("FROM and TO are addresses or pods");
	if (slash)
		*slash = '\0';
	(void)json_object_set_new(request, "proto", json_string(argv[2]));
	if (slash)
		(void)json_object_set_new(
			request, "port",
			json_integer((json_int_t)cli_number("PORT", slash + 1, UINT16_MAX)));
	if (cli->in)
		(void)json_object_set_new(request, "in", json_string(cli->in));
	if (cli->sport)
		(void)json_object_set_new(
			request, "sport",
			json_integer((json_int_t)cli_number("--sport", cli->sport, UINT16_MAX)));
	reply = cli_ask(cli, request);
	if (!cli_printed_json(cli, reply))
		explained_print(reply);
	json_decref(reply);
	return 0;
}
