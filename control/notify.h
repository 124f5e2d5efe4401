/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Tells a service manager how we are, by sd_notify(3)'s protocol; does nothing without one.
 */
void notify_send(const char *state);
