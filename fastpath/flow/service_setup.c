/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/flow/service_setup.h"

#include "fastpath/flow/affinity.h"
#include "fastpath/flow/backend_load.h"
#include "fastpath/flow/dsr.h"
#include "fastpath/flow/expire.h"
#include "fastpath/flow/flow_table.h"
#include "fastpath/flow/nat.h"
#include "fastpath/flow/plan.h"
#include "fastpath/flow/service_state.h"
#include "fastpath/flow/setup.h"
#include "fastpath/flow/source_rate.h"
#include "fastpath/flow/syn_cookie.h"
#include "fastpath/flow/translate.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "fastpath/pkt/core.h"
#include "fastpath/table/links.h"
#include "fastpath/table/route.h"
#include "fastpath/table/service_table.h"
#include "fastpath/table/settings.h"

static bool is_tcp(const struct pkt *pkt)
{
	return pkt->h.tuple.proto == IP_PROTO_TCP;
}

static enum pkt_answer refusal(const struct pkt *pkt)
{
	return is_tcp(pkt) ? ANSWER_RESET : ANSWER_PORT;
}

/* ---- addresses that are of services alone ---- */

static void answer_ping(struct core *core, struct pkt *pkt)
{
	if (core->refused.count == PKT_LIST_MAX)
		pkt_drop(core, pkt, DROP_NO_BUFFER);
	else
		pkt_refuse(core, pkt, DROP_NONE, ANSWER_ECHO, 0);
}

void service_refuse_port(struct core *core, struct pkt *pkt)
{
	const struct headers *h = &pkt->h;

	if (h->flags & HEADERS_ICMP_ERROR)
		pkt_drop(core, pkt, DROP_ICMP_NO_FLOW);
	else if (h->flags & HEADERS_ECHO_REPLY)
		pkt_drop(core, pkt, DROP_NO_FLOW);
	else if (!flow_source_fits(core->gen, &h->tuple.src, pkt->port_in))
		pkt_drop(core, pkt, DROP_INVALID_SOURCE);
	else if (h->flags & HEADERS_ECHO_REQUEST)
		answer_ping(core, pkt);
	else if (h->flags & HEADERS_ICMP_TYPES)
		pkt_drop(core, pkt, DROP_SERVICE_NO_PORT);
	else
		pkt_refuse(core, pkt, DROP_SERVICE_NO_PORT, refusal(pkt), 0);
}

/* ---- TCP in the middle of a connection ---- */

static bool is_middle(const struct pkt *pkt)
{
	return is_tcp(pkt) && (pkt->h.tcp_flags & (TCP_SYN | TCP_ACK)) != TCP_SYN &&
	       !(pkt->flags & PKT_COOKIE);
}

/* Marks what acknowledges a SYN cookie: that is no middle. Else what it is to be dropped as. */
static enum drop_reason read_cookie(const struct core *core, struct pkt *pkt,
				    const struct service_way *way)
{
	enum drop_reason reason = DROP_TCP_NOT_SYN;

	if (is_middle(pkt) && !dsr_mode(way->service->mode))
		reason = syn_cookie_returned(core, pkt);
	if (!reason)
		pkt->flags |= PKT_COOKIE;
	return reason;
}

/*
 * A connection that another gateway had goes on here when nothing about it was that gateway's
 * own: the client's address and port reach the backend, and Maglev names the same backend here.
 */
static bool may_pick_up(const struct pkt *pkt, const struct service_way *way)
{
	return (pkt->h.tcp_flags & (TCP_SYN | TCP_RST | TCP_ACK)) == TCP_ACK &&
	       way->service->mode != SERVICE_SNAT && way->service->algorithm == SERVICE_MAGLEV;
}

static void refuse_middle(struct core *core, struct pkt *pkt, const struct service_way *way,
			  enum drop_reason reason)
{
	/* Resets for everybody who tries are what a flood of acknowledgements wants. */
	bool silent = reason == DROP_SYN_COOKIE_BAD && syn_cookie_in_flood(core);
	bool ours = way->frontend->flags & FRONTEND_VIP;

	if (!silent && !ours && links_local(core->gen->links, &pkt->h.tuple.dst) != LOCAL_NO)
		pkt_punt(core, pkt);
	else
		pkt_refuse(core, pkt, reason, silent || !ours ? ANSWER_NONE : ANSWER_RESET, 0);
}

/* ---- what keeps it out ---- */

static struct backend_load *load_of(struct core *core, const struct service_way *way)
{
	return backend_load_of(core, core->gen->service->picks[way->pick].backend);
}

/* false: the packet is gone. */
static bool may_call(struct core *core, struct pkt *pkt, struct service_way *way)
{
	enum drop_reason reason = service_way_check(core->gen, way, &pkt->h.tuple.src);

	if (!flow_source_fits(core->gen, &pkt->h.tuple.src, pkt->port_in))
		reason = DROP_INVALID_SOURCE;
	if (reason) {
		pkt_drop_by(core, pkt, reason, way->service->origin);
		return false;
	}
	reason = read_cookie(core, pkt, way);
	if (is_middle(pkt) && !may_pick_up(pkt, way)) {
		refuse_middle(core, pkt, way, reason);
		return false;
	}
	return true;
}

static bool choose(struct core *core, struct pkt *pkt, struct service_way *way)
{
	bool silent = way->service->flags & SERVICE_NO_BACKEND_DROP;

	if (!service_way_choose(core, way, &pkt->h.tuple)) {
		pkt_refuse(core, pkt, DROP_SERVICE_NO_BACKEND, silent ? ANSWER_NONE : refusal(pkt),
			   way->service->origin);
		return false;
	}
	if (is_middle(pkt) && !service_way_is_direct(core->gen, way, &pkt->h.tuple)) {
		refuse_middle(core, pkt, way, DROP_TCP_NOT_SYN);
		return false;
	}
	return true;
}

static bool is_within_rate(struct core *core, struct pkt *pkt, const struct service_way *way)
{
	/* Its SYN took a token already. */
	if (!way->service->source_rate || pkt->flags & PKT_COOKIE ||
	    source_rate_take(core->services->rates, way->service, &pkt->h.tuple.src, core->now_ns))
		return true;
	load_of(core, way)->refused++;
	pkt_drop_by(core, pkt, DROP_SERVICE_SOURCE_RATE, way->service->origin);
	return false;
}

static bool is_half_open_full(const struct core *core, const struct image_service *service)
{
	if (core->flows->half_open >= core->gen->settings->image.half_open_max)
		return true;
	return service->half_open_max &&
	       core->services->half_open[service->number] >= service->half_open_max;
}

/* All of them may be for one backend, and a flood leaves ports towards that for its clients. */
static bool is_port_share_full(const struct core *core, const struct image_service *service,
			       const struct plan *p)
{
	return p->egress_rule != EGRESS_RULE_NONE &&
	       core->services->half_open[service->number] > nat_port_count(core) / 4;
}

/* A cookie takes the place of a half-open connection. We must see the answers to give one. */
static bool may_send_cookie(const struct core *core, const struct pkt *pkt,
			    const struct service_way *way, bool full)
{
	uint8_t when = core->gen->settings->image.syn_cookies;

	return (full ? when != SYN_COOKIES_NEVER : when == SYN_COOKIES_ALWAYS) && !is_middle(pkt) &&
	       !dsr_mode(way->service->mode);
}

static bool has_half_open_room(struct core *core, struct pkt *pkt, const struct service_way *way,
			       const struct plan *p)
{
	bool full;

	if (!is_tcp(pkt) || pkt->flags & PKT_COOKIE)
		return true;
	full = is_half_open_full(core, way->service);
	if (may_send_cookie(core, pkt, way, full || is_port_share_full(core, way->service, p))) {
		load_of(core, way)->cookies++;
		syn_cookie_answer(core, pkt, way->backend, &core->gen->route->routes[p->route]);
		return false;
	}
	if (!full)
		return true;
	load_of(core, way)->refused++;
	pkt_drop_by(core, pkt, DROP_HALF_OPEN_FULL, way->service->origin);
	return false;
}

/* What policy and routes say of the chosen backend. */
static bool plan(struct core *core, struct pkt *pkt, const struct service_way *way,
		 struct plan *out)
{
	struct plan_question q = {.orig = pkt->h.tuple,
				  .port_in = pkt->port_in,
				  .client_hash = flow_client_hash(core, &pkt->h.tuple.src),
				  .told = pkt_identity(pkt)};

	service_way_ask(core->gen, way, &q);
	flow_plan(core->gen, &q, out);
	/* A backend that is the gateway itself: control makes none. */
	if (out->punt)
		pkt_refuse(core, pkt, DROP_SERVICE_NO_BACKEND, refusal(pkt), way->service->origin);
	else if (out->reason)
		pkt_refuse(core, pkt, out->reason, out->answer, out->origin);
	return !out->punt && !out->reason;
}

/* ---- the flow ---- */

/*
 * Connections that keep the client's address and port may meet: the client calls the backend
 * itself, or by two frontends from one port. One that has closed makes room, and so does what the
 * backend sent without an answer: it may be of this very connection, and came here first.
 */
static enum drop_reason make_room(struct core *core, const struct tuple *reply)
{
	uint32_t dir;
	struct flow *flow = flow_find(core->flows, reply, flow_hash(core->flows, reply), &dir);

	if (!flow)
		return DROP_NONE;
	if (flow->state != FLOW_TCP_CLOSED &&
	    !(flow->state == FLOW_ONEWAY && dir == 0 && !(flow->flags & FLOW_F_NAT)))
		return DROP_SERVICE_CLASH;
	flow_end(core, flow, FLOW_END_REPLACED);
	return DROP_NONE;
}

/* The answers of the backend, but for a source of ours that is still to be found. */
static enum drop_reason lead(struct core *core, const struct tuple *orig,
			     const struct service_way *way, bool keeps_source,
			     struct translation *tr)
{
	const struct image_backend *backend = way->backend;
	enum drop_reason reason = DROP_NONE;

	*tr = (struct translation){.reply = tuple_reverse(orig), .flags = FLOW_F_DNAT};
	tr->extra.what = EXTRA_SERVICE;
	tr->reply.src = backend->addr;
	tr->reply.sport = BE16(backend->port);
	if (keeps_source && dsr_mode(way->service->mode))
		reason = dsr_prepare(way->service, backend, orig, &tr->reply, &tr->flags,
				     &tr->extra);
	else
		tr->reply.family = addr_is_v4(&backend->addr) ? FAMILY_IP4 : FAMILY_IP6;
	if (tr->reply.family != orig->family) {
		tr->flags |= FLOW_F_EXTRA;
		tr->extra.what |= EXTRA_FAMILY;
	}
	return reason || !keeps_source ? reason : make_room(core, &tr->reply);
}

static void count(struct core *core, struct flow *flow, const struct service_way *way)
{
	struct flow_extra *extra = flow_extra_of(core->flows, flow);

	backend_load_begin(core, flow, way);
	load_of(core, way)->opened++;
	if (way->service->affinity_s && affinity_hold(core, way, &flow->key0))
		extra->what |= EXTRA_AFFINE;
}

struct flow *service_set_up(struct core *core, struct pkt *pkt, struct service_way *way)
{
	enum drop_reason reason;
	struct translation tr;
	struct flow *flow;
	struct plan p;

	if (!may_call(core, pkt, way) || !choose(core, pkt, way) ||
	    !is_within_rate(core, pkt, way) || !plan(core, pkt, way, &p) ||
	    !has_half_open_room(core, pkt, way, &p))
		return NULL;
	reason = lead(core, &pkt->h.tuple, way, p.egress_rule == EGRESS_RULE_NONE, &tr);
	if (reason) {
		pkt_refuse(core, pkt, reason, ANSWER_RESET, way->service->origin);
		return NULL;
	}
	if (pkt->flags & PKT_COOKIE) {
		tr.flags |= FLOW_F_EXTRA;
		tr.extra.what |= EXTRA_SHIFTED;
	}
	flow = flow_set_up(core, pkt, &p, &tr);
	if (flow)
		count(core, flow, way);
	return flow;
}

void service_flow_entered(struct core *core, struct flow *flow, enum flow_state state)
{
	/* A closed one only waits for its ports to be free. */
	if (state == FLOW_TCP_CLOSED)
		backend_load_end(core, flow);
	if ((state == FLOW_TCP_ESTABLISHED || state == FLOW_ASSURED) &&
	    flow_extra_of(core->flows, flow)->what & EXTRA_AFFINE)
		affinity_answered(core, flow);
}
