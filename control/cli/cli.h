/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * sluicectl: asks sluiced over its local socket and prints answers for people, or as they came
 * with -o json.
 *
 * Exit status: 0 done, 1 refused or not reachable, 2 the command line makes no sense.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "fastpath/base/attr.h"

#define CLI_SOCKET_DEFAULT "/run/sluice/sluiced.sock"

/* Options a command may take, besides -s, -o and -h. */
#define CLI_ENDS      1u  /* --addr --peer --proto */
#define CLI_LIMIT     2u  /* -n */
#define CLI_FILE      4u  /* -f */
#define CLI_ALL	      8u  /* --all */
#define CLI_BY_WORKER 16u /* -w */
#define CLI_TYPES     32u /* -t */
#define CLI_EXPLAIN   64u /* --in --sport */
#define CLI_PORT      128u
#define CLI_FILTER    (CLI_ENDS | CLI_PORT)
#define CLI_WORLD     256u  /* --external --conf --cidr-matches-pods */
#define CLI_PROBE     512u  /* --from --to */
#define CLI_PORTS     1024u /* --ports --declared-ports */
#define CLI_FORMAT    2048u /* -o with more than table and json */
#define CLI_PACKET    4096u /* --packet */
#define CLI_SERVICE   8192u /* --service */
#define CLI_SLOTS     16384u

/* An option that may be given several times. */
struct cli_words {
	const char **items;
	size_t count;
};

struct cli {
	const char *socket;
	bool is_json;
	uint32_t given; /* CLI_*: options that were there */
	const char *addr, *peer, *port, *proto;
	const char *limit;
	const char *file;
	const char *types;
	const char *in, *sport;
	const char *packet;
	const char *service;
	/* policy */
	struct cli_words files, externals;
	const char *from, *to, *ports, *conf;
	bool cidr_matches_pods;
	bool declared_ports;
	const char *format; /* of -o, when it is neither table nor json; else NULL */
	/* connection */
	int fd;
	char *line;
	size_t line_size; /* bytes received */
	size_t line_room;
	size_t line_done; /* bytes of the last line taken */
};

typedef int cli_command_fn(struct cli *cli, int argc, char **argv);

cli_command_fn cli_status, cli_apply, cli_delete, cli_get, cli_flows_list, cli_flows_flush,
	cli_flows_follow, cli_drops, cli_stats, cli_explain, cli_trace, cli_events, cli_reload,
	cli_restart_fastpath, cli_shutdown, cli_policy_check, cli_policy_probe, cli_policy_matrix,
	cli_policy_test, cli_policy_diff;
cli_command_fn cli_service_list, cli_service_show, cli_maglev_show;
cli_command_fn cli_wg_show, cli_wg_reset, cli_wg_genkey, cli_wg_pubkey;
cli_command_fn cli_backend_list, cli_backend_drain, cli_backend_undrain;

/* ---- cli_socket.c: these end the program with a sentence when they fail ---- */

void PRINTF(1, 2) __attribute__((noreturn)) cli_die(const char *format, ...);
/* The same with a status of its own. */
void PRINTF(2, 3) __attribute__((noreturn)) cli_end(int status, const char *format, ...);
/* The command line makes no sense. */
void PRINTF(1, 2) __attribute__((noreturn)) cli_misused(const char *format, ...);
/* Sends `request`, which is consumed, and takes the first line of the answer. */
json_t *cli_ask(struct cli *cli, json_t *request);
/* The next line; NULL after `timeout_ms` (-1: never) without one, or at the end. */
json_t *cli_next(struct cli *cli, int timeout_ms);
/* Prints with -o json and says so. */
bool cli_printed_json(const struct cli *cli, const json_t *reply);
uint64_t cli_number(const char *option, const char *text, uint64_t max);
/* {"request": name} and the filter options that were given. */
json_t *cli_request(const struct cli *cli, const char *name);

/* Reads a list: each line goes to `print`; with -o json they become one array. Returns 0. */
typedef void cli_row_fn(void *arg, const json_t *row);
int cli_list(struct cli *cli, json_t *request, cli_row_fn *print, void *arg);

/* ---- cli_text.c ---- */

#define CLI_COLUMNS_MAX 12

/*
 * Aligned columns, made as wide as the first rows need. A heading that starts with '>' is a
 * column of numbers. The last column may be of any length.
 */
struct cli_table {
	const char *const *headings;
	size_t columns;
	size_t width[CLI_COLUMNS_MAX];
	char **cells; /* of the rows kept back */
	size_t rows;
	bool is_started;
	FILE *out;
};

void table_open(struct cli_table *table, FILE *out, const char *const *headings, size_t columns);
/* As many strings as there are columns. */
void table_add(struct cli_table *table, const char *const *cells);
void table_close(struct cli_table *table);

#define TEXT_MAX 128 /* enough for each of these */

/* "1,234,567" */
const char *text_count(uint64_t n, char *buf);
/* "1.5 GB", powers of ten as on the wire */
const char *text_bytes(uint64_t n, char *buf);
/* "850 ms", "12 s", "3 min 5 s", "2 h 10 min", "4 d 3 h" */
const char *text_ms(uint64_t ms, char *buf);
/* "HH:MM:SS.mmm" of this morning, for a CLOCK_MONOTONIC time in seconds */
const char *text_time(double monotonic_s, char *buf);
/* Members of an object; "" and 0 when they are not there. */
const char *get_text(const json_t *object, const char *key);
uint64_t get_number(const json_t *object, const char *key);
bool get_bool(const json_t *object, const char *key);
/* "NetworkPolicy shop/web"; "" of null. `buf` holds TEXT_MAX. */
const char *text_object(const json_t *origin, char *buf);
/* "10.0.0.1:80", "[2001:db8::1]:80", or the address alone. `buf` holds TEXT_MAX. */
const char *text_end(const json_t *tuple, const char *addr_key, const char *port_key, char *buf);
