/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Who can reach whom: every end with every other one, for some ports.
 *
 * Ends that policy cannot tell apart are of one class, and only classes are judged and kept: five
 * thousand pods are as quick as the workloads they belong to.
 */

#include <stdio.h>

#include "control/offline/ends.h"

/*
 * What a cell says:
 *	.  allowed
 *	X  denied
 *	A  would be denied, but the policy is only being tried (audit): passes
 *	N  the receiver has no such port
 *	-  outside to outside, or no address family in common
 *	?  of egress, when there is no port to ask about
 */
struct matrix_cell {
	char ingress;
	char egress;
	char combined;
	bool wants_l7;
	uint32_t ingress_origin;
	uint32_t egress_origin;
};

struct matrix {
	const struct end_list *ends;
	const struct port_list *ports;
	const struct judge *judge;
	uint32_t *class_of; /* by end */
	uint32_t class_count;
	struct matrix_cell *cells; /* by port, sender's class, receiver's class */
};

enum matrix_ports {
	MATRIX_ANY_PORT,      /* every port of a pod may be listened on */
	MATRIX_DECLARED_PORT, /* only those that its containers declare are there */
};

/* Everything pointed to must stay. */
void matrix_build(struct matrix *m, const struct judge *judge, const struct end_list *ends,
		  const struct port_list *ports, enum matrix_ports which);
void matrix_free(struct matrix *matrix);
const struct matrix_cell *matrix_cell(const struct matrix *matrix, uint32_t port, uint32_t from,
				      uint32_t to);

/* {"rows_from_cols_to": [..], "ports": {"TCP/80": {"ingress": [..], "egress": .., "combined": ..}}} */
void matrix_write_json(const struct matrix *matrix, FILE *out);
void matrix_write_text(const struct matrix *matrix, FILE *out);
/* A picture that needs nothing else. */
void matrix_write_svg(const struct matrix *matrix, FILE *out);
/* The picture, and the policies that decide in it. */
void matrix_write_html(const struct matrix *matrix, FILE *out);
/* Text for XML: markup is escaped. */
void xml_write(FILE *out, const char *text);
