/* SPDX-License-Identifier: Apache-2.0 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "control/cli/cli.h"
#include "fastpath/base/check.h"

static char *file_text(const char *path, size_t *size)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	char *text = NULL, *grown;
	size_t room = 0;

	if (!file)
		cli_die("%s: %s", path, strerror(errno));
	*size = 0;
	do {
		if (*size == room) {
			room = room ? room * 2 : 65536;
			grown = realloc(text, room);
			CHECK(grown);
			text = grown;
		}
		*size += fread(text + *size, 1, room - *size, file);
	} while (!feof(file) && !ferror(file));
	if (ferror(file))
		cli_die("%s: %s", path, strerror(errno));
	if (file != stdin)
		(void)fclose(file);
	return text;
}

static void change_print(const struct cli *cli, json_t *reply)
{
	if (!cli_printed_json(cli, reply)) {
		if (get_bool(reply, "running"))
			printf("done: generation %llu runs in every worker\n",
			       (unsigned long long)get_number(reply, "generation"));
		else
			printf("accepted: the fast path is not up and gets it when it is\n");
	}
	json_decref(reply);
}

int cli_apply(struct cli *cli, int argc, char **argv)
{
	json_t *request = json_pack("{s:s}", "request", "apply"), *text;
	char *bytes;
	size_t size;

	(void)argc;
	(void)argv;
	if (!cli->file)
		cli_misused("apply needs -f FILE");
	if (cli->files.count > 1)
		cli_misused("apply takes one -f FILE: all of it or none is applied");
	bytes = file_text(cli->file, &size);
	text = json_stringn(bytes, size);
	if (!text || memchr(bytes, '\0', size))
		cli_die("%s: is no text in UTF-8", cli->file);
	free(bytes);
	(void)json_object_set_new(request, "text", text);
	(void)json_object_set_new(request, "file",
				  json_string(strcmp(cli->file, "-") ? cli->file : "stdin"));
	change_print(cli, cli_ask(cli, request));
	return 0;
}

/* "NS/NAME" or "NAME" */
static void name_set(json_t *request, const char *text)
{
	const char *slash = strchr(text, '/');

	if (slash)
		(void)json_object_set_new(request, "namespace",
					  json_stringn(text, (size_t)(slash - text)));
	(void)json_object_set_new(request, "name", json_string(slash ? slash + 1 : text));
}

int cli_delete(struct cli *cli, int argc, char **argv)
{
	json_t *request = json_pack("{s:s, s:s}", "request", "delete", "kind", argv[0]);

	(void)argc;
	name_set(request, argv[1]);
	change_print(cli, cli_ask(cli, request));
	return 0;
}

static void addresses_join(const json_t *addresses, char *out, size_t size)
{
	const json_t *address;
	size_t used = 0, i;

	out[0] = '\0';
	json_array_foreach(addresses, i, address)
	{
		if (used < size)
			used += (size_t)snprintf(out + used, size - used, "%s%s", i ? ", " : "",
						 json_string_value(address));
	}
}

static void object_print(void *arg, const json_t *row)
{
	char where[600], addresses[256];
	const char *cells[] = {get_text(row, "kind"),
			       get_text(row, "namespace"),
			       get_text(row, "name"),
			       get_text(row, "from"),
			       where,
			       addresses};

	(void)snprintf(where, sizeof(where), "%s:%llu", get_text(row, "file"),
		       (unsigned long long)get_number(row, "line"));
	addresses_join(json_object_get(row, "addresses"), addresses, sizeof(addresses));
	table_add(arg, cells);
}

int cli_get(struct cli *cli, int argc, char **argv)
{
	static const char *const headings[] = {"KIND", "NAMESPACE", "NAME",
					       "FROM", "AT",	    "ADDRESSES"};
	json_t *request = json_pack("{s:s}", "request", "get");
	struct cli_table table;

	if (argc > 0)
		(void)json_object_set_new(request, "kind", json_string(argv[0]));
	if (argc > 1)
		name_set(request, argv[1]);
	table_open(&table, stdout, headings, ARRAY_SIZE(headings));
	cli_list(cli, request, object_print, &table);
	if (!cli->is_json)
		table_close(&table);
	return 0;
}

static int plain(struct cli *cli, const char *name, const char *done)
{
	json_t *reply = cli_ask(cli, cli_request(cli, name));

	if (!cli_printed_json(cli, reply))
		(void)puts(done);
	json_decref(reply);
	return 0;
}

int cli_reload(struct cli *cli, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	change_print(cli, cli_ask(cli, cli_request(cli, "reload")));
	return 0;
}

int cli_restart_fastpath(struct cli *cli, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return plain(cli, "restart-fastpath", "the fast path is being started anew");
}

int cli_shutdown(struct cli *cli, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return plain(cli, "shutdown", "sluiced and the fast path are ending");
}
