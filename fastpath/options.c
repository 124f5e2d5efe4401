/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: sluice-fastpath --socket PATH --port NAME=VALUE[,...] [options]\n"
	"\n"
	"Moves packets; sluiced starts it and tells it what to do with them.\n"
	"\n"
	"  --socket PATH        where sluiced talks to it\n"
	"  --state NAME         shared memory for flows, as /name; without: flows die with the process\n"
	"  --port KEY=VALUE,..  a port: name, io (afxdp, pcap), interface, queues,\n"
	"                       mode (auto, native, generic), zerocopy (auto, on, off), in, out\n"
	"  --punt INTERFACE     tap interface for packets that are the kernel's\n"
	"  --workers N          threads that move packets\n"
	"  --cpu WORKER=CPU     pins a worker\n"
	"  --flows N            flows of each worker\n"
	"  --frames N           packet buffers of each worker\n"
	"  --fragments N        fragments that each worker holds\n"
	"  --aead NAME          auto, libsodium, ipsec-mb: what encrypts WireGuard's packets\n"
	"  --spin-us N          how long an idle worker polls before it sleeps\n"
	"  --on-start MODE      open, closed: frames before the first tables\n"
	"  --on-failure MODE    open, closed: frames while no fast path runs\n"
	"  --steer PATH         the XDP program\n"
	"  --replay             capture files instead of interfaces\n"
	"  --no-sandbox         keep privileges, for debuggers\n"
	"  --log LEVEL          error, warn, info, debug\n";

enum {
	OPT_SOCKET = 1,
	OPT_STATE,
	OPT_PORT,
	OPT_PUNT,
	OPT_WORKERS,
	OPT_CPU,
	OPT_FLOWS,
	OPT_FRAMES,
	OPT_FRAGMENTS,
	OPT_SPIN,
	OPT_AEAD,
	OPT_ON_START,
	OPT_ON_FAILURE,
	OPT_STEER,
	OPT_REPLAY,
	OPT_NO_SANDBOX,
	OPT_LOG,
	OPT_HELP,
	OPT_VERSION,
};

static const struct option table[] = {
	{"socket", 1, NULL, OPT_SOCKET},
	{"state", 1, NULL, OPT_STATE},
	{"port", 1, NULL, OPT_PORT},
	{"punt", 1, NULL, OPT_PUNT},
	{"workers", 1, NULL, OPT_WORKERS},
	{"cpu", 1, NULL, OPT_CPU},
	{"flows", 1, NULL, OPT_FLOWS},
	{"frames", 1, NULL, OPT_FRAMES},
	{"fragments", 1, NULL, OPT_FRAGMENTS},
	{"spin-us", 1, NULL, OPT_SPIN},
	{"aead", 1, NULL, OPT_AEAD},
	{"on-start", 1, NULL, OPT_ON_START},
	{"on-failure", 1, NULL, OPT_ON_FAILURE},
	{"steer", 1, NULL, OPT_STEER},
	{"replay", 0, NULL, OPT_REPLAY},
	{"no-sandbox", 0, NULL, OPT_NO_SANDBOX},
	{"log", 1, NULL, OPT_LOG},
	{"help", 0, NULL, OPT_HELP},
	{"version", 0, NULL, OPT_VERSION},
	{NULL, 0, NULL, 0},
};

static int complain(const char *option, const char *value)
{
	log_error("--%s: `%s' is not a value for it (see --help)", option, value);
	return -EINVAL;
}

static int number(const char *option, const char *text, uint32_t low, uint32_t high, uint32_t *out)
{
	char *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || *text < '0' || *text > '9' || *end || n < low || n > high) {
		log_error("--%s: `%s' is not a number from %u to %u", option, text, low, high);
		return -EINVAL;
	}
	*out = (uint32_t)n;
	return 0;
}

static int text_copy(const char *option, const char *text, char *out, size_t size)
{
	if (strlen(text) >= size || !*text) {
		log_error("--%s: `%s' is empty or longer than %zu characters", option, text,
			  size - 1);
		return -EINVAL;
	}
	(void)snprintf(out, size, "%s", text);
	return 0;
}

/* The position of `text` in a list that ends with NULL. */
static int choice(const char *option, const char *text, const char *const *words, int *out)
{
	for (int i = 0; words[i]; i++) {
		if (strcmp(text, words[i]) == 0) {
			*out = i;
			return 0;
		}
	}
	return complain(option, text);
}

static const char *const xdp_modes[] = {"auto", "native", "generic", NULL};
static const char *const zero_copies[] = {"auto", "on", "off", NULL};
static const char *const open_closed[] = {"closed", "open", NULL};

static int port_field(struct io_config *port, const char *key, const char *value)
{
	int n = 0, err;

	if (strcmp(key, "name") == 0)
		return text_copy("port name", value, port->name, sizeof(port->name));
	if (strcmp(key, "io") == 0)
		return text_copy("port io", value, port->io, sizeof(port->io));
	if (strcmp(key, "interface") == 0)
		return text_copy("port interface", value, port->interface, sizeof(port->interface));
	if (strcmp(key, "in") == 0)
		return text_copy("port in", value, port->in, sizeof(port->in));
	if (strcmp(key, "out") == 0)
		return text_copy("port out", value, port->out, sizeof(port->out));
	if (strcmp(key, "queues") == 0)
		return number("port queues", value, 0, IO_QUEUES_MAX, &port->queues);
	if (strcmp(key, "mode") == 0) {
		err = choice("port mode", value, xdp_modes, &n);
		port->xdp_mode = (unsigned int)n;
		return err;
	}
	if (strcmp(key, "zerocopy") == 0) {
		err = choice("port zerocopy", value, zero_copies, &n);
		port->zero_copy = (unsigned int)n;
		return err;
	}
	return complain("port", key);
}

static int port_parse(char *text, struct engine_config *config)
{
	struct io_config *port = &config->ports[config->port_count];
	char *save = NULL;

	if (config->port_count == CORE_PORTS_MAX - 1) {
		log_error("--port: more than %u ports", CORE_PORTS_MAX - 1);
		return -EINVAL;
	}
	for (char *field = strtok_r(text, ",", &save); field; field = strtok_r(NULL, ",", &save)) {
		char *value = strchr(field, '=');
		int err;

		if (!value)
			return complain("port", field);
		*value++ = '\0';
		err = port_field(port, field, value);
		if (err)
			return err;
	}
	if (!port->name[0] || !port->io[0]) {
		log_error("--port: name and io are needed");
		return -EINVAL;
	}
	config->port_count++;
	return 0;
}

static int cpu_parse(char *text, struct engine_config *config)
{
	char *cpu = strchr(text, '=');
	uint32_t worker, n;

	if (!cpu)
		return complain("cpu", text);
	*cpu++ = '\0';
	if (number("cpu", text, 0, CORE_WORKERS_MAX - 1, &worker) ||
	    number("cpu", cpu, 0, 1023, &n))
		return -EINVAL;
	config->cpus[worker] = (int32_t)n;
	return 0;
}

static int option_take(int opt, char *arg, struct options *out, bool *fail_open)
{
	struct engine_config *engine = &out->engine;
	int n = 0, err;

	switch (opt) {
	case OPT_SOCKET:
		return text_copy("socket", arg, out->socket, sizeof(out->socket));
	case OPT_STATE:
		return text_copy("state", arg, out->state, sizeof(out->state));
	case OPT_PORT:
		return port_parse(arg, engine);
	case OPT_PUNT:
		(void)snprintf(engine->punt.io, sizeof(engine->punt.io), "tap");
		(void)snprintf(engine->punt.name, sizeof(engine->punt.name), "punt");
		return text_copy("punt", arg, engine->punt.interface,
				 sizeof(engine->punt.interface));
	case OPT_WORKERS:
		return number("workers", arg, 1, CORE_WORKERS_MAX, &engine->workers);
	case OPT_CPU:
		return cpu_parse(arg, engine);
	case OPT_FLOWS:
		return number("flows", arg, 16, 1u << 28, &engine->flows);
	case OPT_FRAMES:
		return number("frames", arg, 256, 1u << 22, &engine->frames);
	case OPT_FRAGMENTS:
		return number("fragments", arg, 1, 1u << 20, &engine->fragments);
	case OPT_SPIN:
		return number("spin-us", arg, 0, 1000000, &engine->spin_us);
	case OPT_AEAD:
		return text_copy("aead", arg, engine->aead, sizeof(engine->aead));
	case OPT_ON_START:
		err = choice("on-start", arg, open_closed, &n);
		engine->start_open = n;
		return err;
	case OPT_ON_FAILURE:
		err = choice("on-failure", arg, open_closed, &n);
		*fail_open = n;
		return err;
	case OPT_STEER:
		return text_copy("steer", arg, out->steer, sizeof(out->steer));
	case OPT_REPLAY:
		out->replay = true;
		return 0;
	case OPT_NO_SANDBOX:
		out->sandbox = false;
		return 0;
	case OPT_LOG:
		return log_level_parse(arg, &out->log_level) ? complain("log", arg) : 0;
	case OPT_HELP:
		(void)fputs(usage, stdout);
		return 1;
	case OPT_VERSION:
		(void)puts("sluice-fastpath " SLUICE_VERSION);
		return 1;
	default:
		return -EINVAL;
	}
}

int options_parse(int argc, char **argv, struct options *out)
{
	bool fail_open = false;
	int opt, err;

	memset(out, 0, sizeof(*out));
	out->log_level = LOG_INFO;
	out->sandbox = true;
	out->engine = (struct engine_config){.workers = 1,
					     .flows = 65536,
					     .frames = 8192,
					     .fragments = 1024,
					     .spin_us = 50,
					     .aead = "auto",
					     .event_slots = 65536};
	memset(out->engine.cpus, 0xff, sizeof(out->engine.cpus));
	while ((opt = getopt_long(argc, argv, "", table, NULL)) != -1) {
		err = option_take(opt, optarg, out, &fail_open);
		if (err)
			return err;
	}
	if (optind < argc || !out->socket[0] || !out->engine.port_count) {
		log_error("%s (see --help)", optind < argc ? "words that are no options"
							   : "--socket and a --port are needed");
		return -EINVAL;
	}
	if (out->replay)
		out->engine.workers = 1;
	for (uint32_t i = 0; i < out->engine.port_count; i++) {
		out->engine.ports[i].fail_open = fail_open;
		out->engine.ports[i].steer = out->steer[0] ? out->steer : NULL;
	}
	out->engine.state = out->state[0] ? out->state : NULL;
	return 0;
}
