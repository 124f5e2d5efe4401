/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The words of a packet line. Each word that takes values has one row in the table below;
 * table and readers are one file, so that a word is added in one place.
 */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/base/check.h"
#include "test/lib/spec.h"

struct words {
	char **at;
	size_t left;
	struct spec_vars *vars;
	const char *error;
};

static const char *fail(struct words *w, const char *word, const char *sentence)
{
	static char text[200];

	(void)snprintf(text, sizeof(text), "\"%s\" %s", word, sentence);
	if (!w->error)
		w->error = text;
	return w->error;
}

static char *take(struct words *w)
{
	static char nothing[1];

	if (!w->left) {
		fail(w, "...", "ends where a value should stand");
		return nothing;
	}
	w->left--;
	return *w->at++;
}

static bool take_if(struct words *w, const char *word)
{
	if (!w->left || strcmp(*w->at, word) != 0)
		return false;
	(void)take(w);
	return true;
}

int spec_var(struct spec_vars *vars, const char *name)
{
	for (size_t i = 0; i < vars->count; i++) {
		if (strcmp(vars->names[i], name) == 0)
			return (int)i;
	}
	if (vars->count == SPEC_VARS_MAX || strlen(name) >= sizeof(vars->names[0]))
		return -1;
	strcpy(vars->names[vars->count], name);
	return (int)vars->count++;
}

static uint32_t to_number(struct words *w, const char *text)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 0);

	if (!isdigit((unsigned char)*text) || *end || n > UINT32_MAX)
		fail(w, text, "is no number");
	return (uint32_t)n;
}

static uint32_t take_number(struct words *w)
{
	return to_number(w, take(w));
}

static struct spec_number to_named(struct words *w, const char *text)
{
	struct spec_number n = {.var = VAR_NONE};

	if (strcmp(text, "*") == 0)
		n.var = VAR_STAR;
	else if (*text == '$')
		n.var = spec_var(w->vars, text);
	else
		n.value = (uint16_t)to_number(w, text);
	return n;
}

/* A sequence number: N, $name, or $name+N. */
static uint32_t take_sequence(struct words *w, int *var)
{
	char *text = take(w), *plus = strchr(text, '+');

	*var = VAR_NONE;
	if (*text != '$')
		return to_number(w, text);
	if (plus)
		*plus = 0;
	*var = spec_var(w->vars, text);
	return plus ? to_number(w, plus + 1) : 0;
}

static struct spec_bytes take_hex(struct words *w)
{
	const char *text = take(w);
	struct spec_bytes out = {0};
	unsigned int byte;

	if (strcmp(text, "-") == 0)
		return out;
	for (; text[0] && text[1] && out.size < SPEC_BYTES_MAX; text += 2) {
		if (sscanf(text, "%2x", &byte) != 1)
			break;
		out.bytes[out.size++] = (uint8_t)byte;
	}
	if (*text)
		fail(w, text, "is not hexadecimal, or too long");
	return out;
}

/* "10.0.0.1:80", "[2001:db8::1]:80", "2001:db8::1", "$a:$b"; the port may be missing. */
static void take_end(struct words *w, struct spec_addr *addr, struct spec_number *port, bool *has)
{
	char *text = take(w), *colon = strchr(text, ':'), *close;

	addr->var = VAR_NONE;
	if (*text == '[') {
		close = strchr(text, ']');
		if (!close || close[1] != ':') {
			fail(w, text, "is no address with a port");
			return;
		}
		*close = 0;
		text++;
		colon = close + 1;
	} else if (colon && strchr(colon + 1, ':')) {
		colon = NULL;
	}
	if (colon) {
		*colon = 0;
		*port = to_named(w, colon + 1);
		*has = true;
	}
	if (*text == '$') {
		addr->var = spec_var(w->vars, text);
		addr->value = text[1] == '6' ? (union addr){.b = {0x20}} : addr_v4(0);
		return;
	}
	if (addr_parse(text, &addr->value))
		fail(w, text, "is no address");
}

/* ---- protocols ---- */

static void parse_tcp(struct words *w, struct spec *s)
{
	static const char letters[] = "FSRPAUEC";
	const char *text = take(w);

	s->flags = 0;
	for (; *text && *text != '-'; text++) {
		const char *at = strchr(letters, *text);

		if (!at) {
			fail(w, text, "are no TCP flags: FSRPAUEC, or -");
			return;
		}
		s->flags |= (uint8_t)(1u << (at - letters));
	}
}

/* "echo ID SEQ", "reply ID SEQ" or "TYPE/CODE". */
static void parse_icmp(struct words *w, struct spec *s)
{
	bool v6 = s->proto == 58, request = take_if(w, "echo");
	char *slash, *text;

	s->echo = request || take_if(w, "reply");
	if (s->echo) {
		s->type = request ? v6 ? 128 : 8 : v6 ? 129 : 0;
		s->code = 0;
		s->echo_id = to_named(w, take(w));
		s->word = take_number(w) & 0xffff;
		return;
	}
	text = take(w);
	slash = strchr(text, '/');
	if (!slash) {
		fail(w, text, "should be echo, reply, or TYPE/CODE");
		return;
	}
	*slash = 0;
	s->type = (uint8_t)to_number(w, text);
	s->code = (uint8_t)to_number(w, slash + 1);
}

static const struct {
	const char *name;
	uint8_t number;
	bool ports;
	uint32_t len;
	void (*parse)(struct words *w, struct spec *s);
} protocols[] = {
	{"tcp", 6, true, 0, parse_tcp},	   {"udp", 17, true, 8, NULL},
	{"udplite", 136, true, 8, NULL},   {"sctp", 132, true, 16, NULL},
	{"icmp", 1, false, 8, parse_icmp}, {"icmp6", 58, false, 8, parse_icmp},
};

/* The line is about what was in the tunnel of the line before, which has gone one hop. */
static void come_out(struct spec *s)
{
	struct spec inside = *s->quote;

	inside.src = s->src;
	inside.dst = s->dst;
	inside.sport = s->sport;
	inside.dport = s->dport;
	inside.ttl--;
	*s = inside;
}

static void parse_protocol(struct words *w, struct spec *s, bool has_ports)
{
	const char *name = take(w);

	s->has_ports = false;
	if (s->tunnel)
		come_out(s);
	if (strcmp(name, "proto") == 0) {
		s->proto = (uint8_t)take_number(w);
		return;
	}
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		if (strcmp(protocols[i].name, name) != 0)
			continue;
		if (protocols[i].ports != has_ports) {
			fail(w, name, has_ports ? "has no ports" : "needs ports");
			return;
		}
		if (s->proto != protocols[i].number)
			s->len = protocols[i].len;
		s->proto = protocols[i].number;
		s->has_ports = has_ports;
		if (protocols[i].parse)
			protocols[i].parse(w, s);
		return;
	}
	fail(w, name, "is no protocol");
}

/* ---- what else is said ---- */

static void word_frag(struct words *w, struct spec *s)
{
	char *text, *dash;

	s->frag = true;
	s->frag_id = take_number(w);
	text = take(w);
	dash = strchr(text, '-');
	if (!dash) {
		fail(w, text, "should be FROM-TO or FROM-");
		return;
	}
	*dash = 0;
	s->frag_from = to_number(w, text);
	s->frag_to = dash[1] ? to_number(w, dash + 1) : 0;
}

static void add_ext(struct words *w, struct spec *s, uint8_t type, const void *bytes, size_t size)
{
	struct spec_ext *e = &s->ext[s->ext_count];

	if (s->ext_count == SPEC_EXT_MAX || size > SPEC_BYTES_MAX) {
		fail(w, "ext", "does not fit");
		return;
	}
	s->ext_count++;
	e->type = type;
	e->in_fragment = s->frag;
	memcpy(e->body.bytes, bytes, size);
	e->body.size = size;
}

static void word_ext(struct words *w, struct spec *s)
{
	uint8_t type = (uint8_t)take_number(w);
	struct spec_bytes body = take_hex(w);

	add_ext(w, s, type, body.bytes, body.size);
}

/* One PadN option of six bytes. */
static void word_hopopts(struct words *w, struct spec *s)
{
	add_ext(w, s, 0, (uint8_t[]){0, 1, 4, 0, 0, 0, 0}, 7);
}

static void word_dstopts(struct words *w, struct spec *s)
{
	add_ext(w, s, 60, (uint8_t[]){0, 1, 4, 0, 0, 0, 0}, 7);
}

static void word_routing(struct words *w, struct spec *s)
{
	add_ext(w, s, 43, (uint8_t[]){0, (uint8_t)take_number(w), 0, 0, 0, 0, 0}, 7);
}

static void word_patch(struct words *w, struct spec *s)
{
	struct spec_patch *p = &s->patches[s->patch_count];

	if (s->patch_count == SPEC_PATCHES_MAX) {
		fail(w, "patch", "stands there too often");
		return;
	}
	s->patch_count++;
	p->offset = take_number(w);
	p->bytes = take_hex(w);
}

/* Specs are copied freely, so what they quote stays until the end. */
static struct spec *quote_make(void)
{
	static struct kept {
		struct spec spec;
		struct kept *next;
	} * all;
	struct kept *k = calloc(1, sizeof(*k));

	CHECK(k);
	k->next = all;
	all = k;
	spec_default(&k->spec);
	return &k->spec;
}

/* quote { packet }: the packet that an ICMP error is about, from its IP header on. */
static void word_quote(struct words *w, struct spec *s)
{
	size_t size = 0, depth = 1;
	const char *error;

	if (!take_if(w, "{")) {
		fail(w, "quote", "needs { packet }");
		return;
	}
	for (; size < w->left; size++) {
		depth += strcmp(w->at[size], "{") == 0;
		depth -= strcmp(w->at[size], "}") == 0;
		if (!depth)
			break;
	}
	s->quote = quote_make();
	error = spec_parse(s->quote, w->at, size, w->vars);
	if (error)
		w->error = error;
	else
		spec_default_sequence(s->quote);
	w->at += size;
	w->left -= size;
	if (!take_if(w, "}"))
		fail(w, "quote {", "is not closed");
}

/* vxlan VNI { packet }, geneve VNI OPTIONS { packet }: a frame in a tunnel; geneveip: a packet. */
static void tunnel_read(struct words *w, struct spec *s, enum spec_tunnel tunnel)
{
	s->vni = take_number(w);
	if (tunnel != SPEC_VXLAN)
		s->tunnel_options = take_hex(w);
	s->ip_id.var = VAR_ANY;
	word_quote(w, s);
	s->tunnel = tunnel;
}

static void word_vxlan(struct words *w, struct spec *s)
{
	tunnel_read(w, s, SPEC_VXLAN);
}

static void word_geneve(struct words *w, struct spec *s)
{
	tunnel_read(w, s, SPEC_GENEVE);
}

static void word_geneveip(struct words *w, struct spec *s)
{
	tunnel_read(w, s, SPEC_GENEVE_IP);
}

static void word_wscale(struct words *w, struct spec *s)
{
	s->tcp_options = (struct spec_bytes){
		.bytes = {1, 3, 3, (uint8_t)take_number(w)},
		.size = 4,
	};
}

static void word_seq(struct words *w, struct spec *s)
{
	s->seq = take_sequence(w, &s->seq_var);
}

static void word_ack(struct words *w, struct spec *s)
{
	s->ack = take_sequence(w, &s->ack_var);
}

static void word_sack(struct words *w, struct spec *s)
{
	s->sack.is_said = true;
	s->sack.from = take_sequence(w, &s->sack.from_var);
	s->sack.to = take_sequence(w, &s->sack.to_var);
}

static void word_id(struct words *w, struct spec *s)
{
	s->ip_id = to_named(w, take(w));
}

#define NUMBER(name, field)                                      \
	static void word_##name(struct words *w, struct spec *s) \
	{                                                        \
		s->field = (__typeof__(s->field))take_number(w); \
	}
NUMBER(ttl, ttl)
NUMBER(tos, tos)
NUMBER(win, win)
NUMBER(len, len)
NUMBER(tag, tag)
NUMBER(mtu, word)
NUMBER(upto, quote_max)
NUMBER(cut, cut)
NUMBER(pad, pad)

#define FLAG(name, field, value)                                 \
	static void word_##name(struct words *w, struct spec *s) \
	{                                                        \
		(void)w;                                         \
		s->field = value;                                \
	}
FLAG(df, df, true)
FLAG(nodf, df, false)
FLAG(whole, frag, false)
FLAG(anylabel, any_label, true)
FLAG(nosum, no_checksum, true)
FLAG(badsum, bad_checksum, true)
FLAG(resum, resum, true)
FLAG(noext, ext_count, 0)

#define HEX(name, field)                                         \
	static void word_##name(struct words *w, struct spec *s) \
	{                                                        \
		s->field = take_hex(w);                          \
	}
HEX(options, options)
HEX(tcpopt, tcp_options)
HEX(ethdst, eth_dst)
HEX(ethsrc, eth_src)
HEX(ethtype, eth_type)

static const struct {
	const char *word;
	void (*read)(struct words *w, struct spec *s);
} readers[] = {
#define WORD(name)                 \
	{                          \
#name, word_##name \
	}
	WORD(ttl),	WORD(tos),     WORD(id),       WORD(seq),     WORD(ack),     WORD(win),
	WORD(len),	WORD(tag),     WORD(mtu),      WORD(upto),    WORD(cut),     WORD(pad),
	WORD(df),	WORD(nodf),    WORD(whole),    WORD(nosum),   WORD(badsum),  WORD(resum),
	WORD(noext),	WORD(options), WORD(tcpopt),   WORD(ethdst),  WORD(ethsrc),  WORD(ethtype),
	WORD(frag),	WORD(ext),     WORD(hopopts),  WORD(dstopts), WORD(routing), WORD(patch),
	WORD(quote),	WORD(wscale),  WORD(anylabel), WORD(sack),    WORD(vxlan),   WORD(geneve),
	WORD(geneveip),
};

static void parse_word(struct words *w, struct spec *s)
{
	const char *word = take(w);

	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		if (strcmp(readers[i].word, word) == 0) {
			readers[i].read(w, s);
			return;
		}
	}
	fail(w, word, "is not a word for a packet");
}

const char *spec_parse(struct spec *s, char **words, size_t count, struct spec_vars *vars)
{
	struct words w = {words, count, vars, NULL};
	bool sport = false, dport = false;

	if (take_if(&w, "hex")) {
		s->is_hex = true;
		s->hex = take_hex(&w);
		return w.error;
	}
	take_end(&w, &s->src, &s->sport, &sport);
	if (!take_if(&w, ">"))
		return fail(&w, ">", "should follow the source");
	take_end(&w, &s->dst, &s->dport, &dport);
	if (sport != dport)
		return fail(&w, ">", "stands between an end with a port and one without");
	if (addr_is_v4(&s->src.value) != addr_is_v4(&s->dst.value))
		return fail(&w, ">", "stands between ends of two families");
	parse_protocol(&w, s, sport);
	while (w.left && !w.error)
		parse_word(&w, s);
	return w.error;
}
