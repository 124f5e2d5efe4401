/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a config begins and ends: the bytes of its file, its defaults, and what is freed.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control/config.h"
#include "control/config_check.h"
#include "control/config_keys.h"

int config_reset(struct config *config, const char *path)
{
	const struct config_key *keys;
	size_t count;
	int err = 0;

	memset(config, 0, sizeof(*config));
	config->path = strdup(path);
	if (!config->path)
		return -ENOMEM;
	for (size_t i = 0; i < CONFIG_WORKERS_MAX; i++)
		config->cpus[i] = -1;
	keys = config_keys(&count);
	for (size_t i = 0; i < count && !err; i++) {
		bool first = i == 0 || strcmp(keys[i].group, keys[i - 1].group) != 0;
		bool element = strcmp(keys[i].group, "ports") == 0 || strchr(keys[i].group, '.');

		if (first && !element)
			err = config_group_reset(keys[i].group, config);
	}
	return err;
}

static int file_read(const char *path, char *text, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = 1;
	int err = 0;

	if (fd < 0)
		return -errno;
	/* One byte more than allowed: too large is then told as such. */
	for (*size = 0; got > 0 && *size <= CONFIG_SIZE_MAX; *size += (size_t)got) {
		got = read(fd, text + *size, CONFIG_SIZE_MAX + 1 - *size);
		if (got < 0) {
			err = -errno;
			break;
		}
	}
	text[*size] = '\0';
	(void)close(fd);
	return err;
}

int config_load(const char *path, struct config *out, struct config_error *error)
{
	char *text = malloc(CONFIG_SIZE_MAX + 2);
	size_t size = 0;
	int err;

	memset(out, 0, sizeof(*out));
	err = text ? file_read(path, text, &size) : -ENOMEM;
	if (err)
		(void)snprintf(error->text, sizeof(error->text), "%s: %s", path, strerror(-err));
	else
		err = config_parse(path, text, size, out, error);
	free(text);
	return err;
}

void config_free(struct config *config)
{
	for (size_t i = 0; i < config->port_count; i++)
		free(config->ports[i].addresses);
	free(config->routes);
	free(config->neighbours);
	free(config->node_name);
	free(config->objects);
	free(config->run_directory);
	free(config->fastpath);
	free(config->services.maglev_seed);
	free(config->services.snat_addresses);
	free(config->services.node_port_prefixes);
	free(config->tunnel.addresses);
	for (size_t i = 0; i < config->tunnel.peer_count; i++)
		free(config->tunnel.peers[i].prefixes);
	free(config->tunnel.peers);
	config_wireguard_free(&config->wireguard);
	free(config->path);
	memset(config, 0, sizeof(*config));
}
