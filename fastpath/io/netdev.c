/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/io/netdev.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int request(int fd, unsigned long what, const char *name, struct ifreq *r)
{
	(void)snprintf(r->ifr_name, sizeof(r->ifr_name), "%s", name);
	return ioctl(fd, what, r) ? -errno : 0;
}

/* Drivers that cannot say have one queue. */
static void queues_read(int fd, const char *name, struct netdev *dev)
{
	struct ethtool_channels channels = {.cmd = ETHTOOL_GCHANNELS};
	struct ifreq r = {.ifr_data = (char *)&channels};

	dev->queues = 1;
	if (request(fd, SIOCETHTOOL, name, &r))
		return;
	dev->combined = channels.combined_count > 0;
	if (channels.combined_count + channels.rx_count > 0)
		dev->queues = channels.combined_count + channels.rx_count;
}

int netdev_read(const char *name, struct netdev *dev)
{
	struct ifreq r = {0};
	int fd;
	int err;

	memset(dev, 0, sizeof(*dev));
	dev->ifindex = (int)if_nametoindex(name);
	if (!dev->ifindex)
		return -ENODEV;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	err = request(fd, SIOCGIFHWADDR, name, &r);
	if (!err && r.ifr_hwaddr.sa_family != ARPHRD_ETHER)
		err = -EMEDIUMTYPE;
	memcpy(dev->mac, r.ifr_hwaddr.sa_data, sizeof(dev->mac));
	if (!err)
		err = request(fd, SIOCGIFMTU, name, &r);
	dev->mtu = (uint32_t)r.ifr_mtu;
	if (!err)
		err = request(fd, SIOCGIFFLAGS, name, &r);
	dev->up = r.ifr_flags & IFF_UP;
	queues_read(fd, name, dev);
	close(fd);
	return err;
}

int netdev_set_up(const char *name)
{
	struct ifreq r = {0};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		return -errno;
	err = request(fd, SIOCGIFFLAGS, name, &r);
	r.ifr_flags = (short)(r.ifr_flags | IFF_UP);
	if (!err)
		err = request(fd, SIOCSIFFLAGS, name, &r);
	close(fd);
	return err;
}
