/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The words Kubernetes allows: names, labels, ports. Each check returns NULL, or the reason why
 * not, as the end of a sentence that begins with the field.
 */

#include <stdint.h>

const char *dns_label_fault(const char *text);
const char *dns_subdomain_fault(const char *text);
/* [prefix/]name of labels and annotations. */
const char *label_key_fault(const char *text);
const char *label_value_fault(const char *text);
const char *port_name_fault(const char *text);
/* Linux' own rules for the name of a network interface. */
const char *interface_fault(const char *text);
