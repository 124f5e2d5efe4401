/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/io/io.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fastpath/io/backends.h"

static const struct io_ops *const backends[] = {
	&afxdp_ops,
	&mem_ops,
	&pcap_ops,
	&tap_ops,
};

int io_fail(struct io_error *error, int err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return err;
}

static const struct io_ops *backend_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(backends); i++) {
		if (strcmp(backends[i]->name, name) == 0)
			return backends[i];
	}
	return NULL;
}

static void backend_names(char *text, size_t size)
{
	size_t used = 0;

	text[0] = 0;
	for (size_t i = 0; i < ARRAY_SIZE(backends) && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "",
					 backends[i]->name);
}

int io_open(struct io_port *port, const struct io_config *config, uint32_t index,
	    struct pkt_cache *caches, uint32_t workers, struct io_error *error)
{
	char names[64];

	CHECK(workers > 0 && workers <= IO_QUEUES_MAX);
	memset(port, 0, sizeof(*port));
	port->config = *config;
	port->index = index;
	port->queues = config->queues ? config->queues : workers;
	if (index >= IO_PORTS_MAX)
		return io_fail(error, -ENOSPC, "%s: there can be %d ports", config->name,
			       IO_PORTS_MAX);
	if (port->queues > workers)
		return io_fail(error, -EINVAL,
			       "%s: %u queues but only %u workers: lower queues or raise workers",
			       config->name, port->queues, workers);
	port->ops = backend_find(config->io);
	if (!port->ops) {
		backend_names(names, sizeof(names));
		return io_fail(error, -EINVAL, "%s: io \"%s\" is not known: use one of %s",
			       config->name, config->io, names);
	}
	return port->ops->open(port, caches, workers, error);
}

void io_close(struct io_port *port)
{
	if (port->state)
		port->ops->close(port);
	port->state = NULL;
}
