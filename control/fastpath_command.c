/* SPDX-License-Identifier: Apache-2.0 */

#include "control/fastpath_command.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fastpath/base/attr.h"
#include "fastpath/base/check.h"

static int PRINTF(3, 4) refuse(struct command_error *error, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return err;
}

static void PRINTF(2, 3) argument_add(struct fastpath_command *command, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	CHECK(vasprintf(&text, format, args) >= 0);
	va_end(args);
	command->argv = realloc(command->argv, (command->count + 2) * sizeof(*command->argv));
	CHECK(command->argv);
	command->argv[command->count++] = text;
	command->argv[command->count] = NULL;
}

static void option_add(struct fastpath_command *command, const char *name, const char *value)
{
	argument_add(command, "--%s", name);
	argument_add(command, "%s", value);
}

static void number_add(struct fastpath_command *command, const char *name, uint32_t value)
{
	argument_add(command, "--%s", name);
	argument_add(command, "%u", value);
}

char *run_path(const struct config *config, const char *name)
{
	char *path;

	CHECK(asprintf(&path, "%s/%s", config->run_directory, name) >= 0);
	return path;
}

/* The directory of this program, without the last slash. */
static int own_directory(char *out, size_t size)
{
	ssize_t length = readlink("/proc/self/exe", out, size - 1);
	char *slash;

	if (length < 0)
		return -errno;
	out[length] = '\0';
	slash = strrchr(out, '/');
	if (!slash)
		return -ENOENT;
	*slash = '\0';
	return 0;
}

/* The first of `places`, relative to our own directory, that can be accessed. */
static char *find_beside(const char *const *places, size_t count, int mode)
{
	char own[PATH_MAX], *path;

	if (own_directory(own, sizeof(own)))
		return NULL;
	for (size_t i = 0; i < count; i++) {
		CHECK(asprintf(&path, "%s/%s", own, places[i]) >= 0);
		if (access(path, mode) == 0)
			return path;
		free(path);
	}
	return NULL;
}

char *program_beside(const char *const *places, size_t count)
{
	return find_beside(places, count, X_OK);
}

static int program_find(const struct config *config, char **out, struct command_error *error)
{
	static const char *const places[] = {"sluice-fastpath", "../sbin/sluice-fastpath"};

	if (config->fastpath && config->fastpath[0]) {
		if (access(config->fastpath, X_OK) < 0)
			return refuse(error, -errno, "%s: the fast path's program `%s': %s",
				      config->path, config->fastpath, strerror(errno));
		*out = strdup(config->fastpath);
	} else {
		*out = find_beside(places, ARRAY_SIZE(places), X_OK);
	}
	if (!*out)
		return refuse(error, -ENOENT,
			      "sluice-fastpath is not beside this program: name it "
			      "with `fastpath' in the conf");
	return 0;
}

static bool uses_afxdp(const struct config *config)
{
	for (size_t i = 0; i < config->port_count; i++) {
		if (strcmp(config->ports[i].io, "afxdp") == 0)
			return true;
	}
	return false;
}

static int steer_add(struct fastpath_command *command, struct command_error *error)
{
	static const char *const places[] = {"steer.bpf.o", "../lib/sluice/steer.bpf.o"};
	char *path = find_beside(places, ARRAY_SIZE(places), R_OK);

	if (!path)
		return refuse(error, -ENOENT,
			      "steer.bpf.o is neither beside this program nor in "
			      "../lib/sluice: build or install it");
	option_add(command, "steer", path);
	free(path);
	return 0;
}

/* The shared memory that outlives the fast path: one for each run directory. */
static void state_add(struct fastpath_command *command, const struct config *config)
{
	size_t length = strlen(config->run_directory);
	char name[64];
	const char *base;

	while (length && config->run_directory[length - 1] == '/')
		length--;
	base = memrchr(config->run_directory, '/', length);
	base = base ? base + 1 : config->run_directory;
	length -= (size_t)(base - config->run_directory);
	(void)snprintf(name, sizeof(name), "/%s%.*s", strncmp(base, "sluice", 6) ? "sluice-" : "",
		       (int)min_u32((uint32_t)length, 40), base);
	for (char *c = name + 1; *c; c++) {
		if (*c == '/' || *c <= ' ' || *c > '~')
			*c = '_';
	}
	option_add(command, "state", name);
}

static int port_add(struct fastpath_command *command, const struct config_port *port,
		    const struct capture_port *capture, struct command_error *error)
{
	argument_add(command, "--port");
	if (capture) {
		if ((capture->in && strchr(capture->in, ',')) ||
		    (capture->out && strchr(capture->out, ',')))
			return refuse(error, -EINVAL,
				      "port %s: a capture file's name may not hold a comma",
				      port->name);
		argument_add(command, "name=%s,io=pcap%s%s%s%s", port->name,
			     capture->in ? ",in=" : "", capture->in ? capture->in : "",
			     capture->out ? ",out=" : "", capture->out ? capture->out : "");
	} else if (strcmp(port->io, "afxdp") == 0) {
		argument_add(command, "name=%s,io=afxdp,interface=%s,queues=%u,mode=%s,zerocopy=%s",
			     port->name, port->interface, port->queues, port->xdp_mode,
			     port->zero_copy);
	} else {
		argument_add(command, "name=%s,io=%s", port->name, port->io);
	}
	return 0;
}

static void workers_add(struct fastpath_command *command, const struct config *config)
{
	number_add(command, "workers", config->workers);
	for (uint32_t i = 0; i < config->workers && i < CONFIG_WORKERS_MAX; i++) {
		if (config->cpus[i] < 0)
			continue;
		argument_add(command, "--cpu");
		argument_add(command, "%u=%d", i, config->cpus[i]);
	}
	number_add(command, "flows", config->flows);
	number_add(command, "frames", config->frames);
	number_add(command, "fragments", config->fragments);
	number_add(command, "spin-us", config->spin_us);
	argument_add(command, "--aead");
	argument_add(command, "%s", config->wireguard.aead);
}

static const char *log_level_text(enum log_level level)
{
	static const char *const names[] = {"error", "warn", "info", "debug"};

	return level < ARRAY_SIZE(names) ? names[level] : "info";
}

int command_build(const struct config *config, const struct command_options *options,
		  struct fastpath_command *out, struct command_error *error)
{
	char *program = NULL;
	int err;

	*out = (struct fastpath_command){.count = 0};
	err = program_find(config, &program, error);
	if (err)
		return err;
	argument_add(out, "%s", program);
	free(program);
	option_add(out, "socket", options->socket);
	/* A replay keeps nothing. */
	if (!options->replay)
		state_add(out, config);
	workers_add(out, config);
	for (size_t i = 0; i < config->port_count; i++) {
		err = port_add(out, &config->ports[i],
			       options->replay ? &options->captures[i] : NULL, error);
		if (err)
			goto free_command;
	}
	if (!options->replay && uses_afxdp(config)) {
		err = steer_add(out, error);
		if (err)
			goto free_command;
	}
	if (!options->replay && config->punt_interface[0])
		option_add(out, "punt", config->punt_interface);
	option_add(out, "on-start", config->start_open ? "open" : "closed");
	option_add(out, "on-failure", config->failure_open ? "open" : "closed");
	if (options->replay)
		argument_add(out, "--replay");
	option_add(out, "log", log_level_text(config->log_level));
	return 0;

free_command:
	command_free(out);
	return err;
}

void command_free(struct fastpath_command *command)
{
	for (size_t i = 0; i < command->count; i++)
		free(command->argv[i]);
	free(command->argv);
	*command = (struct fastpath_command){.count = 0};
}

char *command_text(const struct fastpath_command *command)
{
	size_t size = 1;
	char *text, *at;

	for (size_t i = 1; i < command->count; i++)
		size += strlen(command->argv[i]) + 1;
	text = malloc(size);
	CHECK(text);
	at = text;
	for (size_t i = 1; i < command->count; i++) {
		at = stpcpy(at, command->argv[i]);
		*at++ = '\n';
	}
	*at = '\0';
	return text;
}
