/* SPDX-License-Identifier: Apache-2.0 */

#include "control/transport.h"

#include <netinet/in.h>
#include <stddef.h>

const char *transport_name(uint8_t proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return "TCP";
	case IPPROTO_UDP:
		return "UDP";
	case IPPROTO_SCTP:
		return "SCTP";
	default:
		return NULL;
	}
}
