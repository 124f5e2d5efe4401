/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A tap interface: frames that we send enter the kernel's stack as if received there. It carries
 * what we give the kernel because it is for the node itself.
 *
 * A frame must be addressed to the tap's own MAC address (port->mac) or the kernel ignores it.
 * What the kernel sends out of the tap is received here; nothing should be routed this way, so
 * the interface keeps quiet: no IPv6 addresses of its own, no router solicitations.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fastpath/io/backends.h"
#include "fastpath/io/netdev.h"

struct tap {
	int fds[IO_QUEUES_MAX];
};

static void tap_close(struct io_port *port)
{
	struct tap *tap = port->state;

	for (uint32_t q = 0; q < IO_QUEUES_MAX; q++) {
		if (tap->fds[q] >= 0)
			close(tap->fds[q]);
	}
	free(tap);
	port->state = NULL;
}

/* A sysctl of the interface; one that this kernel does not have is no loss. */
static void sysctl_write(const char *family, const char *interface, const char *key,
			 const char *value)
{
	char path[128];
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/sys/net/%s/conf/%s/%s", family, interface, key);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)!write(fd, value, strlen(value));
	close(fd);
}

static int queue_open(const struct io_port *port, int *fd)
{
	struct ifreq r = {.ifr_flags = IFF_TAP | IFF_NO_PI};
	int err;

	if (port->queues > 1)
		r.ifr_flags |= IFF_MULTI_QUEUE;
	(void)snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", port->config.interface);
	*fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0)
		return -errno;
	if (ioctl(*fd, TUNSETIFF, &r) == 0)
		return 0;
	err = -errno;
	close(*fd);
	*fd = -1;
	return err;
}

static int tap_failed(const struct io_port *port, int err, struct io_error *error)
{
	const char *name = port->config.name;
	const char *interface = port->config.interface;

	switch (-err) {
	case EPERM:
	case EACCES:
		return io_fail(error, err,
			       "%s: making the tap %s is not allowed: run as root (CAP_NET_ADMIN)",
			       name, interface);
	case ENOENT:
	case ENODEV:
		return io_fail(error, err,
			       "%s: there is no /dev/net/tun: load the module with 'modprobe tun'",
			       name);
	case EBUSY:
		return io_fail(error, err, "%s: another process uses the tap %s", name, interface);
	case EINVAL:
		return io_fail(error, err,
			       "%s: %s exists and is no tap with %u queues: delete it with 'ip "
			       "link del %s' or choose another name",
			       name, interface, port->queues, interface);
	default:
		return io_fail(error, err, "%s: cannot make the tap %s: %s", name, interface,
			       strerror(-err));
	}
}

/*
 * The loose reverse path filter, which may be in force for all interfaces, still refuses whatever
 * comes in by an interface without any IPv4 address. RFC 7600 has one that is nobody's.
 */
static void address_give(const char *interface)
{
	static const uint8_t dummy[] = {192, 0, 0, 8}, mask[] = {255, 255, 255, 255};
	struct sockaddr_in address = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq r = {0};

	if (fd < 0)
		return;
	(void)snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", interface);
	memcpy(&address.sin_addr, dummy, sizeof(dummy));
	memcpy(&r.ifr_addr, &address, sizeof(address));
	if (ioctl(fd, SIOCSIFADDR, &r) == 0) {
		memcpy(&address.sin_addr, mask, sizeof(mask));
		memcpy(&r.ifr_netmask, &address, sizeof(address));
		(void)!ioctl(fd, SIOCSIFNETMASK, &r);
	}
	close(fd);
}

static int device_set_up(struct io_port *port, struct io_error *error)
{
	const char *interface = port->config.interface;
	struct netdev dev;
	int err;

	sysctl_write("ipv6", interface, "addr_gen_mode", "1");
	sysctl_write("ipv6", interface, "router_solicitations", "0");
	sysctl_write("ipv6", interface, "accept_ra", "0");
	sysctl_write("ipv6", interface, "accept_dad", "0");
	/* Packets come in here whose way back leads elsewhere. */
	sysctl_write("ipv4", interface, "rp_filter", "2");
	address_give(interface);
	err = netdev_set_up(interface);
	if (!err)
		err = netdev_read(interface, &dev);
	if (err)
		return tap_failed(port, err, error);
	if (dev.mtu > IO_MTU_MAX)
		return io_fail(error, -EMSGSIZE,
			       "%s: MTU %u of %s does not fit a packet buffer (at most %u): lower "
			       "the MTU",
			       port->config.name, dev.mtu, interface, IO_MTU_MAX);
	memcpy(port->mac, dev.mac, sizeof(port->mac));
	port->mtu = (uint16_t)dev.mtu;
	port->mtu_max = IO_MTU_MAX;
	return 0;
}

static int tap_open(struct io_port *port, struct pkt_cache *caches, uint32_t workers,
		    struct io_error *error)
{
	struct tap *tap;
	int err = 0;

	(void)caches;
	(void)workers;
	if (!port->config.interface[0])
		return io_fail(error, -EINVAL, "%s: a tap needs the name of its interface",
			       port->config.name);
	tap = malloc(sizeof(*tap));
	if (!tap)
		return io_fail(error, -ENOMEM, "%s: out of memory", port->config.name);
	memset(tap->fds, -1, sizeof(tap->fds));
	port->state = tap;
	for (uint32_t q = 0; q < port->queues && !err; q++)
		err = queue_open(port, &tap->fds[q]);
	if (err)
		err = tap_failed(port, err, error);
	else
		err = device_set_up(port, error);
	if (err)
		tap_close(port);
	return err;
}

static uint32_t tap_rx(struct io_port *port, uint32_t queue, struct pkt_cache *cache,
		       struct pkt **pkts, uint32_t max)
{
	const struct tap *tap = port->state;
	struct io_queue_stats *stats = &port->stats[queue];
	uint8_t beyond; /* filled by a frame that does not fit */
	uint32_t n;

	for (n = 0; n < max; n++) {
		struct pkt *pkt = pkt_alloc(cache);
		struct iovec parts[2] = {{.iov_len = PKT_DATA_MAX}, {&beyond, sizeof(beyond)}};
		ssize_t len;

		if (!pkt)
			break;
		parts[0].iov_base = pkt_frame(cache->pool, pkt) + PKT_HEADROOM;
		len = readv(tap->fds[queue], parts, ARRAY_SIZE(parts));
		if (len <= 0) {
			pkt_free(cache, pkt);
			break;
		}
		io_received(port, cache->pool, pkt, (uint32_t)len);
		stats->rx_packets++;
		stats->rx_bytes += (uint64_t)len;
		pkts[n] = pkt;
	}
	return n;
}

static uint32_t tap_tx(struct io_port *port, uint32_t queue, struct pkt_cache *cache,
		       struct pkt **pkts, uint32_t count)
{
	const struct tap *tap = port->state;
	struct io_queue_stats *stats = &port->stats[queue];
	uint32_t n;

	for (n = 0; n < count; n++) {
		/* Whatever the reason (no memory, interface down), the rest would fail too. */
		if (write(tap->fds[queue], pkts[n]->data, pkts[n]->len) < 0)
			break;
		stats->tx_packets++;
		stats->tx_bytes += pkts[n]->len;
		pkt_free(cache, pkts[n]);
	}
	stats->tx_full += count - n;
	return n;
}

static int tap_fd(struct io_port *port, uint32_t queue)
{
	const struct tap *tap = port->state;

	return tap->fds[queue];
}

const struct io_ops tap_ops = {
	.name = "tap",
	.open = tap_open,
	.close = tap_close,
	.rx = tap_rx,
	.tx = tap_tx,
	.fd = tap_fd,
};
