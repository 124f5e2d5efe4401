/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A packet generator: UDP into an interface, from many source ports, as fast as one core can or at
 * a rate. IP packets have 46 bytes unless -s says more, so that frames have 64 with the checksum
 * that a wire would add.
 *
 *   gen [-c CPU] [-n FLOWS] [-r PACKETS-A-SECOND] [-t SECONDS] [-k PACKETS] [-s SIZE]
 *       INTERFACE DESTINATION-MAC SOURCE-IP DESTINATION-IP
 *
 * The kernel runs a small XDP program over frames of its own (BPF_F_TEST_XDP_LIVE_FRAMES, Linux
 * 5.18) which writes each frame and redirects it to the interface, as xdp-trafgen does: several
 * times what AF_XDP or packet sockets send over veth, so that the gateway is what is measured.
 * The interface must take redirected frames: a veth does once its peer has XDP or GRO.
 *
 * What varies is the source port, beyond PORTS flows the destination port too; the payload holds
 * the complement of both, so that one checksum is right for all.
 */

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fastpath/io/netdev.h"

#define FRAME_MIN  60 /* what the program writes; the rest of a frame stays as it was */
#define ETH_SIZE   14
#define PACKET_MAX 1500
#define FRAME_MAX  (ETH_SIZE + PACKET_MAX)
#define IP_SIZE	   20
#define SPORT	   (ETH_SIZE + IP_SIZE)
#define DPORT	   (SPORT + 2)
#define CHECKSUM   (SPORT + 6)
#define PAYLOAD	   (SPORT + 8)
#define PORT_BITS  15
#define PORTS	   (1u << PORT_BITS)
#define SPORT_BASE 1024
#define DPORT_BASE 5000
#define FLOWS_MAX  (1u << 24)
#define BATCH	   64
#define CALL	   131072 /* frames for one system call, which disturbs all CPUs (text_poke) */
#define TICK_NS	   500000

struct gen {
	uint32_t flows;
	uint64_t rate;
	uint64_t packets;
	double seconds;
	const char *interface;
	uint32_t frame_size;
	uint8_t frame[FRAME_MAX];
};

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
	(void)number;
	stopped = 1;
}

static void __attribute__((noreturn)) die(const char *what, int err)
{
	(void)fprintf(stderr, "gen: %s: %s\n", what, strerror(err));
	exit(1);
}

/* ---- the frame ---- */

static void put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static uint32_t sum16(const uint8_t *data, uint32_t size, uint32_t sum)
{
	for (uint32_t i = 0; i < size; i++)
		sum += i % 2 ? data[i] : (uint32_t)data[i] << 8;
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void frame_build(struct gen *gen, const char *mac, const char *src, const char *dst)
{
	const struct ether_addr *to = ether_aton(mac);
	uint8_t *ip = gen->frame + ETH_SIZE;
	uint32_t udp_size = gen->frame_size - SPORT;
	struct netdev dev;
	int err = netdev_read(gen->interface, &dev);

	if (err)
		die(gen->interface, -err);
	if (!to)
		die(mac, EINVAL);
	memcpy(gen->frame, to, 6);
	memcpy(gen->frame + 6, dev.mac, 6);
	put16(gen->frame + 12, 0x0800);
	ip[0] = 0x45;
	put16(ip + 2, gen->frame_size - ETH_SIZE);
	put16(ip + 6, 0x4000);
	ip[8] = 64;
	ip[9] = IPPROTO_UDP;
	if (inet_pton(AF_INET, src, ip + 12) != 1)
		die(src, EINVAL);
	if (inet_pton(AF_INET, dst, ip + 16) != 1)
		die(dst, EINVAL);
	put16(ip + 10, fold(sum16(ip, IP_SIZE, 0)));
	put16(gen->frame + SPORT + 4, udp_size);
	/* As it is when each port and its complement add up to nothing. */
	put16(gen->frame + CHECKSUM,
	      fold(sum16(gen->frame + SPORT, udp_size, sum16(ip + 12, 8, IPPROTO_UDP + udp_size))));
}

/* ---- the program ---- */

static struct bpf_insn insn(int code, int dst, int src, int offset, int32_t immediate)
{
	return (struct bpf_insn){.code = (uint8_t)code,
				 .dst_reg = (uint8_t)(dst & 15),
				 .src_reg = (uint8_t)(src & 15),
				 .off = (int16_t)offset,
				 .imm = immediate};
}

/* Writes r2 in network order, and its complement, into the frame at r7. Spoils r2. */
static struct bpf_insn *emit_port(struct bpf_insn *p, int at, int complement_at)
{
	*p++ = insn(BPF_ALU | BPF_END | BPF_TO_BE, BPF_REG_2, 0, 0, 16);
	*p++ = insn(BPF_STX | BPF_MEM | BPF_H, BPF_REG_7, BPF_REG_2, at, 0);
	*p++ = insn(BPF_ALU64 | BPF_XOR | BPF_K, BPF_REG_2, 0, 0, 0xffff);
	*p++ = insn(BPF_STX | BPF_MEM | BPF_H, BPF_REG_7, BPF_REG_2, complement_at, 0);
	return p;
}

static struct bpf_insn *emit_frame(struct bpf_insn *p, const struct gen *gen)
{
	for (int i = 0; i < FRAME_MIN; i += 4) {
		int32_t word;

		memcpy(&word, gen->frame + i, sizeof(word));
		*p++ = insn(BPF_ST | BPF_MEM | BPF_W, BPF_REG_7, 0, i, word);
	}
	*p++ = insn(BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_2, BPF_REG_0, 0, 0);
	*p++ = insn(BPF_ALU64 | BPF_AND | BPF_K, BPF_REG_2, 0, 0, PORTS - 1);
	*p++ = insn(BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_2, 0, 0, SPORT_BASE);
	p = emit_port(p, SPORT, PAYLOAD);
	*p++ = insn(BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_2, BPF_REG_0, 0, 0);
	*p++ = insn(BPF_ALU64 | BPF_RSH | BPF_K, BPF_REG_2, 0, 0, PORT_BITS);
	*p++ = insn(BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_2, 0, 0, DPORT_BASE);
	return emit_port(p, DPORT, PAYLOAD + 2);
}

static int program_load(const struct gen *gen)
{
	struct bpf_insn program[64];
	struct bpf_insn *p = program;
	int fd;

	*p++ = insn(BPF_LDX | BPF_MEM | BPF_W, BPF_REG_7, BPF_REG_1, 0, 0);
	*p++ = insn(BPF_LDX | BPF_MEM | BPF_W, BPF_REG_8, BPF_REG_1, 4, 0);
	*p++ = insn(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_get_prandom_u32);
	*p++ = insn(BPF_ALU | BPF_MOD | BPF_K, BPF_REG_0, 0, 0, (int32_t)gen->flows);
	*p++ = insn(BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_1, BPF_REG_7, 0, 0);
	*p++ = insn(BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_1, 0, 0, FRAME_MIN);
	*p++ = insn(BPF_JMP | BPF_JLE | BPF_X, BPF_REG_1, BPF_REG_8, 2, 0);
	*p++ = insn(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, XDP_DROP);
	*p++ = insn(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	p = emit_frame(p, gen);
	*p++ = insn(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_1, 0, 0,
		    (int32_t)if_nametoindex(gen->interface));
	*p++ = insn(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_2, 0, 0, 0);
	*p++ = insn(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_redirect);
	*p++ = insn(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "sluice_gen", "GPL", program, (size_t)(p - program),
			   NULL);
	if (fd < 0)
		die("cannot load the XDP program", errno);
	return fd;
}

/* ---- sending ---- */

static uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void send_frames(struct gen *gen, int fd, uint64_t count)
{
	struct bpf_test_run_opts options = {.sz = sizeof(options)};

	options.data_in = gen->frame;
	options.data_size_in = gen->frame_size;
	options.repeat = (int)count;
	options.flags = BPF_F_TEST_XDP_LIVE_FRAMES;
	options.batch_size = BATCH;
	if (bpf_prog_test_run_opts(fd, &options) && errno != EINTR)
		die("cannot send (Linux 5.18 and root are needed)", errno);
}

/* How many frames are due `spent` after the start and not sent yet. */
static uint64_t frames_due(const struct gen *gen, uint64_t spent, uint64_t sent)
{
	uint64_t due = CALL;

	if (gen->rate) {
		uint64_t all = (uint64_t)((double)gen->rate * (double)spent / 1e9);

		due = all > sent ? all - sent : 0;
		due = due < CALL ? due : CALL;
	}
	return due < gen->packets - sent ? due : gen->packets - sent;
}

static void run(struct gen *gen, int fd)
{
	const struct timespec tick = {.tv_nsec = TICK_NS};
	uint64_t end = (uint64_t)(gen->seconds * 1e9);
	uint64_t start = now_ns();
	uint64_t spent = 0;
	uint64_t sent = 0;

	while (!stopped && spent < end && sent < gen->packets) {
		uint64_t count = frames_due(gen, spent, sent);

		if (count)
			send_frames(gen, fd, count);
		sent += count;
		if (gen->rate)
			(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &tick, NULL);
		spent = now_ns() - start;
	}
	printf("sent %" PRIu64 " seconds %.4f pps %.0f\n", sent, (double)spent / 1e9,
	       (double)sent * 1e9 / (double)spent);
}

static double number_parse(const char *text, double min, double max)
{
	char *end;
	double number = strtod(text, &end);

	if (end == text || *end || !(number >= min && number <= max))
		die(text, ERANGE);
	return number;
}

static void cpu_pin(uint32_t cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("-c", errno);
}

int main(int argc, char **argv)
{
	struct gen gen = {.flows = 1, .seconds = 3, .packets = UINT64_MAX, .frame_size = FRAME_MIN};
	int option;

	while ((option = getopt(argc, argv, "c:k:n:r:s:t:")) != -1) {
		switch (option) {
		case 'c':
			cpu_pin((uint32_t)number_parse(optarg, 0, CPU_SETSIZE - 1));
			break;
		case 'k':
			gen.packets = (uint64_t)number_parse(optarg, 1, 1e15);
			break;
		case 'n':
			gen.flows = (uint32_t)number_parse(optarg, 1, FLOWS_MAX);
			break;
		case 'r':
			gen.rate = (uint64_t)number_parse(optarg, 1, 1e9);
			break;
		case 's':
			gen.frame_size =
				ETH_SIZE +
				(uint32_t)number_parse(optarg, FRAME_MIN - ETH_SIZE, PACKET_MAX);
			break;
		case 't':
			gen.seconds = number_parse(optarg, 0.001, 3600);
			break;
		default:
			return 2;
		}
	}
	if (argc - optind != 4) {
		(void)fprintf(stderr, "gen: interface, destination MAC, source and destination "
				      "address are needed\n");
		return 2;
	}
	gen.interface = argv[optind];
	frame_build(&gen, argv[optind + 1], argv[optind + 2], argv[optind + 3]);
	(void)signal(SIGINT, on_signal);
	(void)signal(SIGTERM, on_signal);
	run(&gen, program_load(&gen));
	return 0;
}
