/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * What sluiced and sluice-health say to each other, as sluiced sees it. Nothing here opens or closes
 * the connection: an error says that it is of no use any more.
 */

#include "control/health_client.h"

/* Takes h->message, which came. 0 or -errno; -EPROTO: it is no message. */
int health_message_take(struct health_client *health);
/* Sends the set that is wanted, with what is known of its checks. 0 or -errno. */
int health_set_send(struct health_client *health);
