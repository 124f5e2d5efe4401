/* SPDX-License-Identifier: Apache-2.0 */

#include "control/offline/matrix.h"

#include <string.h>

#include "control/compile/intern.h"

/* All that may tell one end from another, as bytes. */
static void key_add(struct byte_list *key, const void *bytes, size_t size)
{
	GROW_RESERVE(key, (uint32_t)size);
	memcpy(key->items + key->count, bytes, size);
	key->count += (uint32_t)size;
}

static void end_key(const struct judge *judge, const struct end *end, bool by_ports,
		    struct byte_list *key)
{
	uint8_t outside = end->pod == NULL;

	key->count = 0;
	key_add(key, &outside, 1);
	for (uint32_t i = 0; i < end->address_count; i++) {
		uint32_t ident = judge_ident(judge, &end->addresses[i]);
		uint8_t v4 = addr_is_v4(&end->addresses[i]);

		key_add(key, &v4, 1);
		key_add(key, &ident, sizeof(ident));
	}
	for (size_t i = 0; by_ports && end->pod && i < end->pod->port_count; i++) {
		const struct container_port *port = &end->pod->ports[i];

		key_add(key, port->name, strlen(port->name) + 1);
		key_add(key, &port->port, sizeof(port->port));
		key_add(key, &port->proto, sizeof(port->proto));
	}
}

static struct u32_list classes_find(struct matrix *m, enum matrix_ports which)
{
	bool by_ports = which == MATRIX_DECLARED_PORT, fresh;
	struct u32_list first = {0};
	struct byte_list key = {0};
	struct intern keys = {0};

	for (uint32_t i = 0; i < m->ports->count; i++)
		by_ports |= m->ports->items[i].is_named;
	m->class_of = grow_zeroed(m->ends->count, sizeof(*m->class_of));
	for (uint32_t i = 0; i < m->ends->count; i++) {
		end_key(m->judge, &m->ends->items[i], by_ports, &key);
		m->class_of[i] = intern_add(&keys, key.items, key.count, &fresh);
		if (fresh)
			GROW_ADD(&first, i);
	}
	m->class_count = first.count;
	intern_free(&keys);
	GROW_FREE(&key);
	return first;
}

static char verdict_letter(enum judge_verdict verdict)
{
	static const char letters[] = {
		[JUDGE_ALLOW] = '.', [JUDGE_AUDIT] = 'A', [JUDGE_DENY] = 'X'};

	return letters[verdict];
}

static struct matrix_cell cell_judge(const struct matrix *m, const struct end *from,
				     const struct end *to, const struct port_spec *port,
				     enum matrix_ports which)
{
	struct matrix_cell cell = {.ingress = '-', .egress = '-', .combined = '-'};
	struct end_pair pairs[PAIRS_MAX];
	struct judgement in, eg;
	uint32_t key, src, dst;

	if ((!from->pod && !to->pod) || !ends_pair(from, to, pairs))
		return cell;
	key = port_spec_key(port, to, pairs[0].dst);
	if (key == KEY_NONE || (which == MATRIX_DECLARED_PORT && !port_is_declared(port, to)))
		return (struct matrix_cell){.ingress = 'N', .egress = '?', .combined = 'N'};
	src = judge_ident(m->judge, pairs[0].src);
	dst = judge_ident(m->judge, pairs[0].dst);
	in = judge_ask(m->judge, JUDGE_INGRESS, src, dst, key);
	eg = judge_ask(m->judge, JUDGE_EGRESS, src, dst, key);
	cell.ingress = verdict_letter(in.verdict);
	cell.egress = verdict_letter(eg.verdict);
	cell.combined = verdict_letter(judge_worse(in.verdict, eg.verdict));
	cell.ingress_origin = in.origin;
	cell.egress_origin = eg.origin;
	cell.wants_l7 = in.wants_l7 || eg.wants_l7;
	return cell;
}

void matrix_build(struct matrix *m, const struct judge *judge, const struct end_list *ends,
		  const struct port_list *ports, enum matrix_ports which)
{
	struct u32_list first;
	struct matrix_cell *cell;

	*m = (struct matrix){.ends = ends, .ports = ports, .judge = judge};
	first = classes_find(m, which);
	m->cells = grow_zeroed((size_t)ports->count * first.count * first.count, sizeof(*m->cells));
	cell = m->cells;
	for (uint32_t p = 0; p < ports->count; p++)
		for (uint32_t f = 0; f < first.count; f++)
			for (uint32_t t = 0; t < first.count; t++)
				*cell++ = cell_judge(m, &ends->items[first.items[f]],
						     &ends->items[first.items[t]], &ports->items[p],
						     which);
	GROW_FREE(&first);
}

void matrix_free(struct matrix *m)
{
	free(m->class_of);
	free(m->cells);
	*m = (struct matrix){.class_count = 0};
}

const struct matrix_cell *matrix_cell(const struct matrix *m, uint32_t port, uint32_t from,
				      uint32_t to)
{
	size_t row = (size_t)port * m->class_count + m->class_of[from];

	return &m->cells[row * m->class_count + m->class_of[to]];
}
