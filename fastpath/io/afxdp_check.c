/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/io/afxdp_check.h"

#include <errno.h>
#include <linux/if_xdp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fastpath/base/log.h"
#include "fastpath/io/backends.h"
#include "fastpath/io/netdev.h"

int afxdp_failed(const struct io_port *port, uint32_t queue, int err, struct io_error *error)
{
	const char *name = port->config.name;
	const char *interface = port->config.interface;

	switch (-err) {
	case EPERM:
	case EACCES:
		return io_fail(error, err, "%s: AF_XDP is not allowed: run as root (CAP_NET_RAW)",
			       name);
	case EAFNOSUPPORT:
		return io_fail(error, err, "%s: this kernel has no AF_XDP (CONFIG_XDP_SOCKETS)",
			       name);
	case EBUSY:
		return io_fail(error, err, "%s: another process receives from queue %u of %s", name,
			       queue, interface);
	case ENOBUFS:
	case ENOMEM:
		return io_fail(error, err,
			       "%s: the kernel cannot lock the packet buffers in memory: grant "
			       "CAP_IPC_LOCK, raise LimitMEMLOCK or lower the number of buffers",
			       name);
	case EOPNOTSUPP:
	case EINVAL:
		if (port->config.zero_copy != IO_ZC_OFF)
			return io_fail(error, err,
				       "%s: %s cannot do zero-copy as asked: use zero_copy = "
				       "\"off\" for all ports",
				       name, interface);
		break;
	default:
		break;
	}
	return io_fail(error, err, "%s: cannot open an AF_XDP socket on queue %u of %s: %s", name,
		       queue, interface, strerror(-err));
}

/* Receive queues that nobody serves lose what the card puts there. */
static int queues_check(struct io_port *port, uint32_t workers, const struct netdev *dev,
			struct io_error *error)
{
	const struct io_config *config = &port->config;
	const char *kind = dev->combined ? "combined" : "rx";

	if (!config->queues)
		port->queues = min_u32(workers, dev->queues);
	if (port->queues > dev->queues)
		return io_fail(error, -EINVAL,
			       "%s: %u queues but %s has only %u: lower queues or run 'ethtool -L "
			       "%s %s %u'",
			       config->name, port->queues, config->interface, dev->queues,
			       config->interface, kind, port->queues);
	if (port->queues < dev->queues)
		return io_fail(error, -EINVAL,
			       "%s: %s spreads packets over %u queues but %u are served: run "
			       "'ethtool -L %s %s %u' or raise workers and queues",
			       config->name, config->interface, dev->queues, port->queues,
			       config->interface, kind, port->queues);
	return 0;
}

int afxdp_check(struct io_port *port, uint32_t workers, int *ifindex, struct io_error *error)
{
	const struct io_config *config = &port->config;
	struct netdev dev;
	int err = netdev_read(config->interface, &dev);
	int fd;

	if (err == -ENODEV)
		return io_fail(error, err, "%s: there is no interface %s", config->name,
			       config->interface);
	if (err)
		return io_fail(error, err, "%s: cannot use %s: %s", config->name, config->interface,
			       err == -EMEDIUMTYPE ? "it is not an Ethernet interface"
						   : strerror(-err));
	if (dev.mtu > IO_MTU_MAX)
		return io_fail(error, -EMSGSIZE,
			       "%s: MTU %u of %s does not fit a packet buffer (at most %u): lower "
			       "the MTU",
			       config->name, dev.mtu, config->interface, IO_MTU_MAX);
	fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return afxdp_failed(port, 0, -errno, error);
	close(fd);
	if (!dev.up)
		log_warn("%s: %s is down", config->name, config->interface);
	*ifindex = dev.ifindex;
	memcpy(port->mac, dev.mac, sizeof(port->mac));
	port->mtu = (uint16_t)dev.mtu;
	port->mtu_max = IO_MTU_MAX;
	return queues_check(port, workers, &dev, error);
}

uint16_t afxdp_bind_flags(const struct io_port *port, bool generic)
{
	if (generic || port->config.zero_copy == IO_ZC_OFF)
		return XDP_USE_NEED_WAKEUP | XDP_COPY;
	if (port->config.zero_copy == IO_ZC_ON)
		return XDP_USE_NEED_WAKEUP | XDP_ZEROCOPY;
	return XDP_USE_NEED_WAKEUP;
}

bool afxdp_is_zero_copy(int fd)
{
	struct xdp_options options = {0};
	socklen_t size = sizeof(options);

	return getsockopt(fd, SOL_XDP, XDP_OPTIONS, &options, &size) == 0 &&
	       (options.flags & XDP_OPTIONS_ZEROCOPY);
}
