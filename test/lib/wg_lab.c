/* SPDX-License-Identifier: Apache-2.0 */

#include "test/lib/wg_lab.h"

#include <string.h>

#include "fastpath/base/check.h"
#include "fastpath/io/mem.h"
#include "fastpath/net/cksum.h"
#include "fastpath/net/eth.h"
#include "fastpath/net/ip.h"
#include "fastpath/net/l4.h"
#include "fastpath/net/parse.h"
#include "fastpath/table/wg_table.h"

#define STEP_NS 50000000ull
#define BURST	128u

void wg_lab_open(struct wg_lab *lab, uint32_t workers)
{
	memset(lab, 0, sizeof(*lab));
	lab->now_ns = 1000 * WG_SECOND_NS;
	for (uint32_t i = 0; i < 2; i++)
		wg_node_open(&lab->nodes[i], i + 1, workers, lab->now_ns);
	for (uint32_t i = 0; i < 2; i++) {
		struct wg_node_peer *peer = &lab->nodes[i].peers[0];

		*peer = (struct wg_node_peer){.node = (uint8_t)(2 - i), .has_endpoint = i == 0};
		memcpy(peer->public_key, lab->nodes[!i].public_key, WG_KEY_SIZE);
		memset(peer->preshared_key, 77, WG_KEY_SIZE);
	}
}

void wg_lab_publish(struct wg_lab *lab)
{
	for (uint32_t i = 0; i < 2; i++)
		wg_node_publish(&lab->nodes[i]);
}

void wg_lab_close(struct wg_lab *lab)
{
	for (uint32_t i = 0; i < 2; i++)
		wg_node_close(&lab->nodes[i]);
}

uint8_t *wg_lab_message(struct wg_frame *frame, uint32_t *size, uint32_t *type)
{
	struct headers h;

	CHECK(parse_frame(frame->bytes, frame->size, &h) == DROP_NONE);
	CHECK(h.tuple.proto == IP_PROTO_UDP && h.end == frame->size);
	*size = (uint32_t)(h.end - h.payload);
	*type = load32(frame->bytes + h.payload);
	return frame->bytes + h.payload;
}

void wg_lab_inject(struct wg_lab *lab, uint32_t to, const void *frame, uint32_t size)
{
	struct io_port *port = &lab->nodes[to].engine.ports[1];

	CHECK(mem_inject(port, lab->wan_queue % lab->nodes[to].workers, frame, size) == 0);
}

/* Both directions of a queue of 256 are emptied before they are full. */
static uint32_t carry(struct wg_lab *lab, uint32_t from)
{
	struct wg_node *node = &lab->nodes[from];
	uint32_t moved = 0;

	for (uint32_t q = 0; q < node->workers; q++) {
		struct wg_frame frame;
		uint32_t size, type;
		int got;

		while (moved < BURST && (got = mem_collect(&node->engine.ports[1], q, frame.bytes,
							   sizeof(frame.bytes))) >= 0) {
			frame.size = (uint32_t)got;
			moved++;
			if (!lab->takes_all) {
				(void)wg_lab_message(&frame, &size, &type);
				lab->messages[type <= WG_DATA ? type : 0]++;
			}
			if (!lab->watch || lab->watch(lab, from, &frame))
				wg_lab_inject(lab, !from, frame.bytes, frame.size);
		}
	}
	return moved;
}

static uint32_t arrive(struct wg_lab *lab, uint32_t at)
{
	struct wg_node *node = &lab->nodes[at];
	uint32_t moved = 0;

	for (uint32_t q = 0; q < node->workers; q++) {
		struct wg_frame frame;
		int got;

		while ((got = mem_collect(&node->engine.ports[0], q, frame.bytes,
					  sizeof(frame.bytes))) >= 0) {
			struct wg_arrival *a = &lab->arrived[at][lab->count[at]++ % WG_LAB_FRAMES];

			moved++;
			if (lab->takes_all)
				continue;
			CHECK(lab->count[at] <= WG_LAB_FRAMES);
			CHECK(wg_node_read(frame.bytes, (uint32_t)got, &a->flow, &a->number));
		}
	}
	return moved;
}

void wg_lab_run(struct wg_lab *lab)
{
	uint32_t moved;

	do {
		moved = 0;
		for (uint32_t i = 0; i < 2; i++) {
			(void)wg_node_turn(&lab->nodes[i], lab->now_ns);
			moved += carry(lab, i);
			moved += arrive(lab, i);
		}
	} while (moved);
}

void wg_lab_send(struct wg_lab *lab, uint32_t from, uint32_t flow, uint32_t count, uint32_t size)
{
	struct wg_node *node = &lab->nodes[from];
	uint8_t frame[2048];

	for (uint32_t i = 0; i < count; i++) {
		uint32_t len = wg_node_frame(frame, from + 1, 2 - from, flow, lab->sent++, size);

		CHECK(mem_inject(&node->engine.ports[0], flow % node->workers, frame, len) == 0);
		if (i % BURST == BURST - 1)
			wg_lab_run(lab);
	}
}

void wg_lab_wait(struct wg_lab *lab, uint64_t ns)
{
	uint64_t end_ns = lab->now_ns + ns;

	wg_lab_run(lab);
	while (lab->now_ns < end_ns) {
		lab->now_ns += end_ns - lab->now_ns < STEP_NS ? end_ns - lab->now_ns : STEP_NS;
		wg_lab_run(lab);
	}
}

void wg_lab_payload(struct wg_lab *lab, uint32_t to, uint32_t host, const void *payload,
		    uint32_t size)
{
	wg_lab_datagram(lab, to, host, WG_NODE_PORT, payload, size);
}

void wg_lab_datagram(struct wg_lab *lab, uint32_t to, uint32_t host, uint16_t port,
		     const void *payload, uint32_t size)
{
	uint8_t frame[2048] = {2, 0, 0, 0, (uint8_t)(to + 1), 1};
	struct eth_header *eth = (void *)frame;
	struct ip4_header *ip = (void *)(frame + ETH_SIZE);
	struct udp_header *udp = (void *)(ip + 1);

	eth->type = BE16(ETH_TYPE_IP4);
	*ip = (struct ip4_header){.version_ihl = 0x45,
				  .total_len = BE16(IP4_MIN + UDP_SIZE + size),
				  .ttl = IP4_TTL,
				  .proto = IP_PROTO_UDP,
				  .src = BE32(192u << 24 | 2u << 8 | host),
				  .dst = BE32(192u << 24 | 2u << 8 | (to + 1))};
	ip->cksum = (uint16_t)~cksum_fold(cksum_add(0, ip, IP4_MIN));
	*udp = (struct udp_header){
		.sport = BE16(WG_NODE_PORT), .dport = BE16(port), .len = BE16(UDP_SIZE + size)};
	memcpy(udp + 1, payload, size);
	wg_lab_inject(lab, to, frame, ETH_SIZE + IP4_MIN + UDP_SIZE + size);
}

void wg_lab_seal(struct wg_lab *lab, uint32_t from, const void *plain, uint32_t size)
{
	struct wg_channel *c = wg_channel_to_send(wg_lab_live(lab, from, 0), lab->now_ns);
	uint8_t message[2048];
	struct wg_data *header = (void *)message;
	struct aead_job job = {.data = message + sizeof(*header), .size = size};
	struct aead *aead;

	CHECK(c && aead_open(AEAD_LIBSODIUM, &aead) == 0);
	job.key = c->session.sending_key;
	job.counter = wg_counters_take(c, 1);
	*header = (struct wg_data){.type = LE32(WG_DATA),
				   .receiver = LE32(c->session.remote_index),
				   .counter = LE64(job.counter)};
	memcpy(job.data, plain, size);
	aead_seal(aead, &job, 1);
	aead_close(aead);
	wg_lab_payload(lab, !from, from + 1, message, size + WG_DATA_OVERHEAD);
}

void wg_lab_forget(struct wg_lab *lab)
{
	memset(lab->count, 0, sizeof(lab->count));
	memset(lab->messages, 0, sizeof(lab->messages));
	lab->kept_count = 0;
}

const struct wg_live *wg_lab_live(const struct wg_lab *lab, uint32_t node, uint32_t peer)
{
	const struct wg_node *n = &lab->nodes[node];
	const struct generation *gen = n->engine.publisher.current;

	for (uint32_t i = 0; i < gen->wg->peer_count; i++)
		if (memcmp(gen->wg->peers[i].public_key, n->peers[peer].public_key, WG_KEY_SIZE) ==
		    0)
			return gen->wg_live[gen->wg_hop[i]];
	return NULL;
}
