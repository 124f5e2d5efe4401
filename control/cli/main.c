/* SPDX-License-Identifier: Apache-2.0 */

/*
 * sluicectl: which command, with which options.
 */

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "control/cli/cli.h"
#include "fastpath/base/check.h"

static const struct command {
	const char *name; /* one word or two */
	const char *arguments;
	uint32_t options;
	int least;
	int most;
	cli_command_fn *run;
	const char *help;
} commands[] = {
	{"status", "", 0, 0, 0, cli_status, "what runs, and what is wrong"},
	{"apply", "-f FILE", CLI_FILE, 0, 0, cli_apply,
	 "objects from a file (-: standard input); all or none"},
	{"delete", "KIND [NS/]NAME", 0, 2, 2, cli_delete, "one object that was applied"},
	{"get", "[KIND [[NS/]NAME]]", 0, 0, 2, cli_get, "objects, and where they stand"},
	{"flows list", "[FILTER] [-n N]", CLI_FILTER | CLI_LIMIT, 0, 0, cli_flows_list,
	 "connections"},
	{"flows flush", "FILTER | --all", CLI_FILTER | CLI_ALL, 0, 0, cli_flows_flush,
	 "forget connections: they must begin anew"},
	{"flows follow", "[FILTER]", CLI_FILTER, 0, 0, cli_flows_follow,
	 "connections as they open and close"},
	{"drops", "", 0, 0, 0, cli_drops, "why packets were dropped, and how many"},
	{"stats", "[-w]", CLI_BY_WORKER, 0, 0, cli_stats,
	 "counters of stages, ports, tables and workers; -w: of each worker"},
	{"explain", "FROM TO PROTO[/PORT]", CLI_EXPLAIN | CLI_PACKET, 0, 3, cli_explain,
	 "what would happen to a connection, and which object and line says so"},
	{"backend list", "", 0, 0, 0, cli_backend_list,
	 "backends, whether they are up, and what their checks say"},
	{"backend drain", "ADDR[:PORT] [--service S]", CLI_SERVICE, 1, 1, cli_backend_drain,
	 "no new connections to a backend; the ones it has go on"},
	{"backend undrain", "ADDR[:PORT] [--service S]", CLI_SERVICE, 1, 1, cli_backend_undrain,
	 "takes a drain back, said in the same words"},
	{"policy check", "-f DIR", CLI_FILE | CLI_WORLD, 0, 0, cli_policy_check,
	 "what is wrong with objects; status 1 if anything is"},
	{"policy probe", "-f DIR --from A --to B --port P",
	 CLI_FILE | CLI_WORLD | CLI_PROBE | CLI_PORT, 0, 0, cli_policy_probe,
	 "would it pass, which object and line says so, and what would change it"},
	{"policy matrix", "-f DIR [--ports P,..]", CLI_FILE | CLI_WORLD | CLI_PORTS | CLI_FORMAT, 0,
	 0, cli_policy_matrix, "who can reach whom; -o text, json, svg or html"},
	{"policy test", "-f DIR TESTS.yaml", CLI_FILE | CLI_WORLD | CLI_FORMAT, 1, 1000,
	 cli_policy_test, "whether expectations hold; -o tap, junit or json"},
	{"policy diff", "OLD NEW [-f BOTH]", CLI_FILE | CLI_WORLD, 2, 2, cli_policy_diff,
	 "connections that would change verdict; status 1 if any"},
	{"service list", "", 0, 0, 0, cli_service_list,
	 "services: how many backends take connections, how many they have"},
	{"service show", "[NS/]NAME[:PORT]", 0, 1, 1, cli_service_show,
	 "its addresses and backends: state, weight, connections, rate"},
	{"maglev show", "[NS/]NAME[:PORT] [--slots]", CLI_SLOTS, 1, 1, cli_maglev_show,
	 "each backend's share of the slots; --slots: whose each slot is"},
	{"wg show", "", 0, 0, 0, cli_wg_show,
	 "WireGuard: our public key, peers, handshakes, where each comes from"},
	{"wg reset", "", 0, 0, 0, cli_wg_reset, "take back what wg(8) has changed"},
	{"wg genkey", "", 0, 0, 0, cli_wg_genkey, "a new private key"},
	{"wg pubkey", "", 0, 0, 0, cli_wg_pubkey, "its public key; standard input: a private key"},
	{"trace", "[FILTER] [-n N]", CLI_FILTER | CLI_LIMIT, 0, 0, cli_trace,
	 "follow N packets (10) through the stages"},
	{"events", "[FILTER] [-t TYPES]", CLI_FILTER | CLI_TYPES, 0, 0, cli_events,
	 "drops, opened and closed connections, audit, as they happen"},
	{"reload", "", 0, 0, 0, cli_reload, "read conf and objects again, and say what is wrong"},
	{"restart-fastpath", "", 0, 0, 0, cli_restart_fastpath,
	 "start the fast path anew, with the conf's options; connections are kept"},
	{"shutdown", "", 0, 0, 0, cli_shutdown, "end sluiced and the fast path: traffic stops"},
};

static void usage(FILE *out)
{
	(void)fputs("usage: sluicectl [-s SOCKET] [-o json] COMMAND ...\n\n", out);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		char line[64];

		(void)snprintf(line, sizeof(line), "%s %s", commands[i].name,
			       commands[i].arguments);
		(void)fprintf(out, "  %-30s%s%s\n", line, strlen(line) > 30 ? "\n\t\t\t\t " : " ",
			      commands[i].help);
	}
	(void)fputs(
		"\n"
		"  -s, --socket PATH  sluiced's socket; else $SLUICE_SOCKET, else\n"
		"                     " CLI_SOCKET_DEFAULT "\n"
		"  -o, --output json  the answer as JSON; lists are arrays, events are lines\n"
		"  -h, --help         this\n"
		"      --version\n"
		"\n"
		"FILTER: any of\n"
		"  --addr A           one end is A: an address, a prefix, or a pod as NS/NAME\n"
		"  --peer A           and the other end is A\n"
		"  --port N           one of the ports\n"
		"  --proto P          tcp, udp, icmp, icmpv6, sctp, or a number\n"
		"\n"
		"FROM and TO of explain are addresses, pods, or labels (app=web,ns=shop: the first pod\n"
		"that has them); PROTO[/PORT] is tcp/443, udp/53, icmp, icmp/13. TO may be a service:\n"
		"svc/NS/NAME, or NS/NAME:PORT, and then no PORT is needed.\n"
		"  --packet P         instead: a packet, in hex or the first one of a pcap file\n"
		"  --in PORT          the port it comes in by, if not the one towards FROM\n"
		"  --sport N          its source port\n"
		"\n"
		"A backend is ADDR, ADDR:PORT or ADDR:PORT/PROTO.\n"
		"  --service NS/NAME  only the backends of that service\n"
		"\n"
		"policy commands need no sluiced and no privileges:\n"
		"  -f, --filename F   objects: a file, a directory, or - ; as often as needed\n"
		"  --external N=A     an address A outside, called N; as often as needed\n"
		"  --conf FILE        a gateway.conf: its policy group counts (and, without -f, its\n"
		"                     objects)\n"
		"  --cidr-matches-pods\n"
		"                     ipBlock holds pods too, as in Kubernetes; Cilium's reading, and\n"
		"                     ours, is that it does not\n"
		"  --from A --to B    NS/POD, an address, an external's name, or pods by their labels:\n"
		"                     app=web,tier!=db,ns=shop; B also a service: svc/NS/NAME\n"
		"  --port P           TCP/80, UDP/53, SCTP/9, TCP/http (of the receiver), ICMP/8, GRE\n"
		"  --ports P,..       of the matrix; else those that policies name\n"
		"  --declared-ports   a port that no container declares is not there (N)\n"
		"\n"
		"TYPES of events, with commas between: drop, open, close, audit, neigh\n"
		"\n"
		"Examples:\n"
		"  sluicectl explain shop/front 198.51.100.9 tcp/443\n"
		"  sluicectl flows list --addr shop/front --proto tcp\n"
		"  sluicectl events -t drop\n"
		"  sluicectl policy probe -f objects/ --from shop/front --to 192.0.2.10 --port TCP/80\n"
		"  sluicectl policy matrix -f objects/ --external world=192.0.2.1 -o svg > matrix.svg\n"
		"  sluicectl -o json flows list | jq '.[].src'\n",
		out);
}

enum long_option {
	OPTION_ADDR = 256,
	OPTION_PEER,
	OPTION_PORT,
	OPTION_PROTO,
	OPTION_ALL,
	OPTION_IN,
	OPTION_SPORT,
	OPTION_EXTERNAL,
	OPTION_CONF,
	OPTION_CIDR,
	OPTION_FROM,
	OPTION_TO,
	OPTION_PORTS,
	OPTION_DECLARED,
	OPTION_PACKET,
	OPTION_SLOTS,
	OPTION_SERVICE,
	OPTION_VERSION,
};

static void output_read(struct cli *cli, const char *text)
{
	if (strcmp(text, "json") == 0)
		cli->is_json = true;
	else if (strcmp(text, "table") != 0 && strcmp(text, "text") != 0)
		cli->format = text;
}

static void word_add(struct cli_words *words, const char *text)
{
	words->items = reallocarray(words->items, words->count + 1, sizeof(*words->items));
	CHECK(words->items);
	words->items[words->count++] = text;
}

static void keep(struct cli *cli, const char **where, const char *text, uint32_t option)
{
	*where = text;
	cli->given |= option;
}

/* Those of the policy commands. */
static bool policy_option_take(struct cli *cli, int option, const char *text)
{
	switch (option) {
	case OPTION_EXTERNAL:
		word_add(&cli->externals, text);
		cli->given |= CLI_WORLD;
		return true;
	case OPTION_CONF:
		keep(cli, &cli->conf, text, CLI_WORLD);
		return true;
	case OPTION_CIDR:
		cli->cidr_matches_pods = true;
		cli->given |= CLI_WORLD;
		return true;
	case OPTION_FROM:
		keep(cli, &cli->from, text, CLI_PROBE);
		return true;
	case OPTION_TO:
		keep(cli, &cli->to, text, CLI_PROBE);
		return true;
	case OPTION_PORTS:
		keep(cli, &cli->ports, text, CLI_PORTS);
		return true;
	case OPTION_DECLARED:
		cli->declared_ports = true;
		cli->given |= CLI_PORTS;
		return true;
	default:
		return false;
	}
}

static void option_take(struct cli *cli, int option, const char *text)
{
	if (policy_option_take(cli, option, text))
		return;
	switch (option) {
	case 's':
		cli->socket = text;
		break;
	case 'o':
		output_read(cli, text);
		break;
	case 'f':
		keep(cli, &cli->file, text, CLI_FILE);
		word_add(&cli->files, text);
		break;
	case 'n':
		keep(cli, &cli->limit, text, CLI_LIMIT);
		break;
	case 't':
		keep(cli, &cli->types, text, CLI_TYPES);
		break;
	case 'w':
		cli->given |= CLI_BY_WORKER;
		break;
	case OPTION_ADDR:
		keep(cli, &cli->addr, text, CLI_ENDS);
		break;
	case OPTION_PEER:
		keep(cli, &cli->peer, text, CLI_ENDS);
		break;
	case OPTION_PORT:
		keep(cli, &cli->port, text, CLI_PORT);
		break;
	case OPTION_PROTO:
		keep(cli, &cli->proto, text, CLI_ENDS);
		break;
	case OPTION_ALL:
		cli->given |= CLI_ALL;
		break;
	case OPTION_IN:
		keep(cli, &cli->in, text, CLI_EXPLAIN);
		break;
	case OPTION_SPORT:
		keep(cli, &cli->sport, text, CLI_EXPLAIN);
		break;
	case OPTION_PACKET:
		keep(cli, &cli->packet, text, CLI_PACKET);
		break;
	case OPTION_SERVICE:
		keep(cli, &cli->service, text, CLI_SERVICE);
		break;
	case OPTION_SLOTS:
		cli->given |= CLI_SLOTS;
		break;
	case 'h':
		usage(stdout);
		exit(0);
	case OPTION_VERSION:
		(void)puts("sluicectl " SLUICE_VERSION);
		exit(0);
	default:
		exit(2);
	}
}

static void options_read(struct cli *cli, int argc, char **argv)
{
	static const struct option longs[] = {
		{"socket", required_argument, NULL, 's'},
		{"output", required_argument, NULL, 'o'},
		{"file", required_argument, NULL, 'f'},
		{"filename", required_argument, NULL, 'f'},
		{"limit", required_argument, NULL, 'n'},
		{"types", required_argument, NULL, 't'},
		{"by-worker", no_argument, NULL, 'w'},
		{"addr", required_argument, NULL, OPTION_ADDR},
		{"peer", required_argument, NULL, OPTION_PEER},
		{"port", required_argument, NULL, OPTION_PORT},
		{"proto", required_argument, NULL, OPTION_PROTO},
		{"all", no_argument, NULL, OPTION_ALL},
		{"in", required_argument, NULL, OPTION_IN},
		{"sport", required_argument, NULL, OPTION_SPORT},
		{"external", required_argument, NULL, OPTION_EXTERNAL},
		{"conf", required_argument, NULL, OPTION_CONF},
		{"cidr-matches-pods", no_argument, NULL, OPTION_CIDR},
		{"from", required_argument, NULL, OPTION_FROM},
		{"to", required_argument, NULL, OPTION_TO},
		{"ports", required_argument, NULL, OPTION_PORTS},
		{"declared-ports", no_argument, NULL, OPTION_DECLARED},
		{"packet", required_argument, NULL, OPTION_PACKET},
		{"service", required_argument, NULL, OPTION_SERVICE},
		{"slots", no_argument, NULL, OPTION_SLOTS},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, OPTION_VERSION},
		{NULL, 0, NULL, 0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "s:o:f:n:t:wh", longs, NULL)) != -1)
		option_take(cli, option, optarg);
}

/* How many words of the command line name this command; 0 when they do not. */
static int command_matches(const struct command *command, int argc, char **argv)
{
	const char *space = strchr(command->name, ' ');

	if (!space)
		return strcmp(argv[0], command->name) == 0;
	return strncmp(argv[0], command->name, (size_t)(space - command->name)) == 0 &&
			       argv[0][space - command->name] == '\0' && argc > 1 &&
			       strcmp(argv[1], space + 1) == 0
		       ? 2
		       : 0;
}

static int command_run(const struct command *command, struct cli *cli, int argc, char **argv)
{
	int status;

	if (cli->given & ~command->options)
		cli_misused("%s does not take all of these options", command->name);
	if (cli->format && !(command->options & CLI_FORMAT))
		cli_misused("-o: `%s' is neither json nor table", cli->format);
	if (argc < command->least || argc > command->most)
		cli_misused("%s %s", command->name,
			    command->arguments[0] ? command->arguments : "takes no arguments");
	status = command->run(cli, argc, argv);
	free(cli->files.items);
	free(cli->externals.items);
	return status;
}

int main(int argc, char **argv)
{
	const char *socket = getenv("SLUICE_SOCKET");
	struct cli cli = {.socket = socket ? socket : CLI_SOCKET_DEFAULT, .fd = -1};

	options_read(&cli, argc, argv);
	argc -= optind;
	argv += optind;
	if (!argc) {
		usage(stderr);
		return 2;
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		int words = command_matches(&commands[i], argc, argv);

		if (words)
			return command_run(&commands[i], &cli, argc - words, argv + words);
	}
	if (strcmp(argv[0], "flows") == 0)
		cli_misused("flows list, flows flush or flows follow");
	if (strcmp(argv[0], "backend") == 0)
		cli_misused("backend list, backend drain or backend undrain");
	if (strcmp(argv[0], "wg") == 0)
		cli_misused("wg show, wg reset, wg genkey or wg pubkey");
	if (strcmp(argv[0], "service") == 0)
		cli_misused("service list or service show");
	if (strcmp(argv[0], "policy") == 0)
		cli_misused("policy check, probe, matrix, test or diff");
	cli_misused("there is no command `%s'", argv[0]);
}
