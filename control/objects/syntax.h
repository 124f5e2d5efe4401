/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * The words Kubernetes allows: names, labels, ports. Each check returns NULL, or the reason why
 * not, as the end of a sentence that begins with the field.
 */

#include <stddef.h>

const char *dns_label_fault(const char *text);
const char *dns_subdomain_fault(const char *text);
/* [prefix/]name of labels and annotations. */
const char *label_key_fault(const char *text);
const char *label_value_fault(const char *text);
const char *port_name_fault(const char *text);
/* Linux' own rules for the name of a network interface. */
const char *interface_fault(const char *text);

#define DOMAIN_TEXT_MAX 255
/* www.example.org, and *.example.org; a dot at the end and underscores are fine. */
const char *domain_fault(const char *text);

/* At most so many characters, each of which can be seen: no control, format or private ones. */
const char *printable_fault(const char *text, size_t characters_max);

/* Bytes of the UTF-8 sequence at `text`; 0 when it is none (overlong, surrogate, cut off). */
size_t utf8_size(const char *text, size_t left);
/* For messages: what comes from a file must neither break the line, nor steer a terminal, nor
 * make the text anything but UTF-8. */
void text_tame(char *text);
