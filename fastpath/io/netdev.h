/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What the kernel says of one network interface.
 */

#include <stdbool.h>
#include <stdint.h>

struct netdev {
	int ifindex;
	uint32_t mtu;
	uint32_t queues; /* that receive, at least 1 */
	uint8_t mac[6];
	bool combined; /* receive and send queues are pairs: 'ethtool -L' says so */
	bool up;
};

/* 0, -ENODEV, -EMEDIUMTYPE when it is no Ethernet interface, or another -errno. */
int netdev_read(const char *name, struct netdev *dev);
/* 0 or -errno. */
int netdev_set_up(const char *name);
