/* SPDX-License-Identifier: Apache-2.0 */

#include "fastpath/io/pcap.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "fastpath/base/log.h"
#include "fastpath/io/backends.h"

#define NS_PER_SECOND 1000000000ull
#define SNAP_LENGTH   65535

struct capture {
	pcap_t *in;
	pcap_t *out_format;
	pcap_dumper_t *out;
	/* the packet to be received next, inside libpcap's buffer; NULL: none is left */
	const uint8_t *next;
	uint32_t next_len;
	uint64_t next_ns;
	char trouble[PCAP_ERRBUF_SIZE]; /* why reading stopped early */
};

/* Of the process: what is sent leaves when it was received, whatever the port. */
static uint64_t clock_ns;

void capture_set_clock(uint64_t now_ns)
{
	clock_ns = now_ns;
}

/* Time never runs backwards, even if the file's does. */
static void next_read(struct capture *c)
{
	struct pcap_pkthdr *header;
	uint64_t at;
	int status;

	c->next = NULL;
	if (!c->in)
		return;
	status = pcap_next_ex(c->in, &header, &c->next);
	if (status != 1) {
		c->next = NULL;
		if (status == PCAP_ERROR)
			(void)snprintf(c->trouble, sizeof(c->trouble), "%s", pcap_geterr(c->in));
		return;
	}
	at = (uint64_t)header->ts.tv_sec * NS_PER_SECOND + (uint64_t)header->ts.tv_usec;
	if (at == UINT64_MAX) /* means that there is none */
		at--;
	if (at > c->next_ns)
		c->next_ns = at;
	c->next_len = header->caplen;
}

static void capture_close(struct io_port *port)
{
	struct capture *c = port->state;

	if (c->trouble[0])
		log_warn("%s: %s: stopped after %llu packets: %s", port->config.name,
			 port->config.in, (unsigned long long)port->stats[0].rx_packets,
			 c->trouble);
	if (c->out && (pcap_dump_flush(c->out) || ferror(pcap_dump_file(c->out))))
		log_error("%s: %s: not everything could be written: %s", port->config.name,
			  port->config.out, strerror(errno));
	if (c->out)
		pcap_dump_close(c->out);
	if (c->out_format)
		pcap_close(c->out_format);
	if (c->in)
		pcap_close(c->in);
	free(c);
	port->state = NULL;
}

static int in_open(const struct io_port *port, struct capture *c, struct io_error *error)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	const char *link;

	c->in = pcap_open_offline_with_tstamp_precision(port->config.in, PCAP_TSTAMP_PRECISION_NANO,
							why);
	/* libpcap's own sentence begins with the file's name when there is none. */
	if (!c->in)
		return io_fail(error, -EINVAL, "%s: cannot read a capture from %s: %.100s",
			       port->config.name, port->config.in, why);
	if (pcap_datalink(c->in) == DLT_EN10MB)
		return 0;
	link = pcap_datalink_val_to_name(pcap_datalink(c->in));
	return io_fail(error, -EMEDIUMTYPE,
		       "%s: %s has link type %s: only Ethernet captures can be replayed",
		       port->config.name, port->config.in, link ? link : "unknown");
}

static int out_open(const struct io_port *port, struct capture *c, struct io_error *error)
{
	c->out_format = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, SNAP_LENGTH,
							     PCAP_TSTAMP_PRECISION_NANO);
	if (!c->out_format)
		return io_fail(error, -ENOMEM, "%s: out of memory", port->config.name);
	c->out = pcap_dump_open(c->out_format, port->config.out);
	if (!c->out)
		return io_fail(error, -EINVAL, "%s: cannot write a capture: %.160s",
			       port->config.name, pcap_geterr(c->out_format));
	return 0;
}

static int capture_open(struct io_port *port, struct pkt_cache *caches, uint32_t workers,
			struct io_error *error)
{
	const struct io_config *config = &port->config;
	struct capture *c;
	int err = 0;

	(void)caches;
	(void)workers;
	if (config->queues > 1)
		return io_fail(error, -EINVAL, "%s: a capture file has one queue, not %u",
			       config->name, config->queues);
	if (config->in[0] && strcmp(config->in, config->out) == 0)
		return io_fail(error, -EINVAL, "%s: %s cannot be read and written at a time",
			       config->name, config->in);
	c = calloc(1, sizeof(*c));
	if (!c)
		return io_fail(error, -ENOMEM, "%s: out of memory", config->name);
	port->state = c;
	if (config->in[0])
		err = in_open(port, c, error);
	if (!err && config->out[0])
		err = out_open(port, c, error);
	if (err) {
		capture_close(port);
		return err;
	}
	next_read(c);
	port->queues = 1;
	memcpy(port->mac, (uint8_t[6]){2, 0, 0, 0, 0, (uint8_t)port->index}, 6);
	port->mtu = 1500;
	port->mtu_max = IO_MTU_MAX;
	return 0;
}

static uint32_t capture_rx(struct io_port *port, uint32_t queue, struct pkt_cache *cache,
			   struct pkt **pkts, uint32_t max)
{
	struct capture *c = port->state;
	uint64_t now_ns = c->next_ns;
	uint32_t n = 0;

	while (n < max && c->next && c->next_ns == now_ns) {
		struct pkt *pkt = pkt_alloc(cache);

		if (!pkt)
			break;
		io_received(port, cache->pool, pkt, c->next_len);
		memcpy(pkt->data, c->next, pkt->len);
		port->stats[queue].rx_packets++;
		port->stats[queue].rx_bytes += c->next_len;
		pkts[n++] = pkt;
		next_read(c);
	}
	if (n && now_ns > clock_ns)
		clock_ns = now_ns;
	return n;
}

static uint32_t capture_tx(struct io_port *port, uint32_t queue, struct pkt_cache *cache,
			   struct pkt **pkts, uint32_t count)
{
	struct capture *c = port->state;
	struct pcap_pkthdr header = {
		.ts.tv_sec = (time_t)(clock_ns / NS_PER_SECOND),
		.ts.tv_usec = (suseconds_t)(clock_ns % NS_PER_SECOND), /* ns in this format */
	};

	for (uint32_t i = 0; i < count; i++) {
		header.caplen = header.len = pkts[i]->len;
		if (c->out)
			pcap_dump((u_char *)c->out, &header, pkts[i]->data);
		port->stats[queue].tx_packets++;
		port->stats[queue].tx_bytes += pkts[i]->len;
		pkt_free(cache, pkts[i]);
	}
	return count;
}

static int capture_fd(struct io_port *port, uint32_t queue)
{
	(void)port;
	(void)queue;
	return -1;
}

static uint64_t capture_next_ns(struct io_port *port)
{
	const struct capture *c = port->state;

	return c->next ? c->next_ns : UINT64_MAX;
}

const struct io_ops pcap_ops = {
	.name = "pcap",
	.open = capture_open,
	.close = capture_close,
	.rx = capture_rx,
	.tx = capture_tx,
	.fd = capture_fd,
	.next_ns = capture_next_ns,
};
