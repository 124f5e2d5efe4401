/* SPDX-License-Identifier: Apache-2.0 */

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "control/cli/cli.h"
#include "control/cli/cli_explanation.h"
#include "control/offline/packet_read.h"
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

/* The fast path has the last word: words of the compiler are for what it said. */
static bool sides_agree(const json_t *reply, const json_t *why)
{
	static const char *const sides[] = {"egress", "ingress"};

	for (size_t i = 0; i < ARRAY_SIZE(sides); i++) {
		const char *said = get_text(json_object_get(reply, sides[i]), "verdict");
		const char *meant = get_text(json_object_get(why, sides[i]), "verdict");

		if (strcmp(strcmp(said, "open") == 0 ? "allow" : said, meant) != 0 &&
		    strcmp(get_text(json_object_get(why, sides[i]), "cause"), "l7") != 0)
			return false;
	}
	return true;
}

static void sides_print(const json_t *reply)
{
	const json_t *why = json_object_get(reply, "why");

	if (json_is_object(why) && sides_agree(reply, why)) {
		explanation_print(why, EXPLANATION_FULL);
		return;
	}
	decision_print("egress", "sender", json_object_get(reply, "egress"));
	decision_print("ingress", "receiver", json_object_get(reply, "ingress"));
}

/* Labels may mean several pods; the first one is what is explained. */
static void others_print(uint64_t pods)
{
	if (pods > 1)
		printf(" (the first of %llu pods)", (unsigned long long)pods);
}

static void nat_print(const json_t *nat, bool is_service)
{
	if (!json_is_object(nat)) {
		printf("  nat       none: %s\n",
		       is_service ? "the client's address stays" : "no egress policy selects it");
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

static void service_print(const json_t *reply)
{
	json_t *backends = json_array();

	if (json_is_object(json_object_get(reply, "backend")))
		(void)json_array_append(backends, json_object_get(reply, "backend"));
	explanation_service_print(reply, backends);
	json_decref(backends);
}

/* Refused before a backend was found, or answered by the gateway: there is no way to tell of. */
static bool goes_nowhere(const json_t *reply)
{
	return get_bool(reply, "answered") ||
	       (strncmp(get_text(reply, "reason"), "SERVICE_", 8) == 0);
}

static void judgement_print(const json_t *reply)
{
	const char *reason = get_text(reply, "reason");

	sides_print(reply);
	/* What policy denies is not asked where it would go. */
	if (strncmp(reason, "POLICY_", 7) == 0)
		return;
	nat_print(json_object_get(reply, "nat"), json_is_object(json_object_get(reply, "service")));
	way_print(json_object_get(reply, "route"), json_object_get(reply, "next_hop"));
}

static void explained_print(const json_t *reply)
{
	char src[TEXT_MAX], dst[TEXT_MAX];

	printf("%s > %s %s, in by %s\n", text_end(reply, "src", "sport", src),
	       text_end(reply, "dst", "dport", dst), get_text(reply, "proto"),
	       get_text(reply, "in"));
	printf("  from      ");
	end_print(json_object_get(reply, "from"));
	others_print(get_number(reply, "from_pods"));
	(void)putchar('\n');
	service_print(reply);
	if (!goes_nowhere(reply)) {
		printf("  to        ");
		end_print(json_object_get(reply, "to"));
		others_print(get_number(reply, "to_pods"));
		(void)putchar('\n');
	}
	if (get_bool(reply, "known_flow"))
		printf("  flow      known: the connection stands, its first packet was judged so:\n");
	if (!goes_nowhere(reply))
		judgement_print(reply);
	if (get_bool(reply, "answered"))
		printf("ANSWERED by the gateway: the address is of services alone\n");
	else if (get_bool(reply, "passes"))
		printf("PASSES\n");
	else
		printf("DROPPED: %s, %s\n", get_text(reply, "reason"), get_text(reply, "text"));
}

/* FILE.pcap, or hex on the command line; "-" is hex from standard input. */
static void packet_load(const char *text, struct packet_read *out)
{
	struct offline_texts texts = {0};
	struct offline_error error = {""};
	int err;

	if (text[strspn(text, "0123456789abcdefABCDEF: -")] == '\0' && strcmp(text, "-") != 0) {
		err = packet_read_hex(text, strlen(text), out, &error);
	} else if (texts_read(&texts, text, &error)) {
		cli_die("%s", error.text);
	} else {
		const struct offline_text *file = &texts.items[0];
		bool is_text = file->size && memchr("0123456789abcdefABCDEF \n\t", file->bytes[0],
						    sizeof("0123456789abcdefABCDEF \n\t") - 1);

		err = is_text ? packet_read_hex(file->bytes, file->size, out, &error)
			      : packet_read_pcap((const uint8_t *)file->bytes, file->size, out,
						 &error);
	}
	if (err)
		cli_die("the packet: %s", error.text);
	texts_free(&texts);
}

/* Errors are about other packets. */
static bool is_icmp_error(const struct packet_read *packet)
{
	uint8_t type = packet->icmp_type;

	if (packet->tuple.proto == IPPROTO_ICMPV6)
		return type < 128;
	return packet->tuple.proto == IPPROTO_ICMP &&
	       (type == 3 || type == 4 || type == 5 || type == 11 || type == 12);
}

static json_t *packet_request(const char *text)
{
	char src[ADDR_TEXT_MAX], dst[ADDR_TEXT_MAX], proto[8];
	struct packet_read packet;
	bool icmp;
	json_t *request;

	packet_load(text, &packet);
	icmp = packet.tuple.proto == IPPROTO_ICMP || packet.tuple.proto == IPPROTO_ICMPV6;
	if (is_icmp_error(&packet))
		cli_die("the packet is ICMP type %u, an error about another one: explain the "
			"connection that it belongs to",
			packet.icmp_type);
	(void)snprintf(proto, sizeof(proto), "%u", packet.tuple.proto);
	request = json_pack("{s:s, s:s, s:s, s:s, s:i}", "request", "explain", "from",
			    addr_format(&packet.tuple.src, src), "to",
			    addr_format(&packet.tuple.dst, dst), "proto", proto, "flags",
			    (int)packet.tcp_flags);
	if (icmp || packet.tuple.dport)
		(void)json_object_set_new(
			request, "port",
			json_integer(icmp ? packet.icmp_type : from_be16(packet.tuple.dport)));
	if (packet.tuple.sport)
		(void)json_object_set_new(request, "sport",
					  json_integer(from_be16(packet.tuple.sport)));
	return request;
}

static json_t *words_request(char **argv)
{
	json_t *request =
		json_pack("{s:s, s:s, s:s}", "request", "explain", "from", argv[0], "to", argv[1]);
	char *slash = strchr(argv[2], '/');

	if (!request)
		cli_misused("FROM and TO are addresses or pods");
	if (slash)
		*slash = '\0';
	(void)json_object_set_new(request, "proto", json_string(argv[2]));
	if (slash)
		(void)json_object_set_new(
			request, "port",
			json_integer((json_int_t)cli_number("PORT", slash + 1, UINT16_MAX)));
	return request;
}

int cli_explain(struct cli *cli, int argc, char **argv)
{
	json_t *request, *reply;

	if (cli->packet ? argc != 0 : argc != 3)
		cli_misused("explain FROM TO PROTO[/PORT], or --packet HEX|FILE.pcap");
	request = cli->packet ? packet_request(cli->packet) : words_request(argv);
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
