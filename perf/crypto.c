/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What WireGuard's cryptography costs on one core.
 *
 *	crypto [-j]
 *
 * For each library, packets of 64, 512 and 1420 bytes and batches of 1, 8, 32 and 64: sealing and
 * unsealing through aead.h, the same library called by hand without nonces to make or tags to
 * compare, and what our face keeps of that. Then handshakes, and what it costs to refuse one.
 *
 * What is unsealed is copied from a sealed packet each time, by both: there is no way back in place.
 *
 * Every rate is the median of rounds that take turns with those it is compared with, of this
 * process' own time. The packets are in the cache, which those of a card are not.
 */

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef __x86_64__
#include <intel-ipsec-mb.h>
#endif

#include "crypto/aead.h"
#include "crypto/wg_keys.h"
#include "fastpath/base/check.h"
#include "test/data/wireguard_vectors.h"
#include "test/lib/wg_pair.h"

#define ROUNDS	 15u
#define ROUND_NS 4000000u
#define BATCH	 64u
#define ROOM	 2048u

static bool json;

static double spent_s(void)
{
	struct timespec now;

	CHECK(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), compare);
	return values[ROUNDS / 2];
}

/* How often `work` is done in a second. */
static double rate(void (*work)(void *), void *with)
{
	double begun = spent_s(), took;
	uint32_t times = 0;

	do {
		for (uint32_t i = 0; i < 64; i++)
			work(with);
		times += 64;
		took = spent_s() - begun;
	} while (took * 1e9 < ROUND_NS);
	return times / took;
}

/* ---- packets ---- */

struct packets {
	struct aead *aead;
	bool unseal;
	uint32_t count;
	uint32_t size;
	uint8_t key[AEAD_KEY_SIZE];
	uint8_t nonces[BATCH][12];
	uint8_t tags[BATCH][AEAD_TAG_SIZE];
	uint8_t *data;
	uint8_t *sealed;
	struct aead_job jobs[BATCH];
	void *manager;
};

static void packets_arrive(struct packets *p)
{
	for (uint32_t i = 0; i < p->count; i++)
		memcpy(p->data + (size_t)i * ROOM, p->sealed + (size_t)i * ROOM,
		       p->size + AEAD_TAG_SIZE);
}

static void by_face(void *with)
{
	struct packets *p = with;

	if (!p->unseal) {
		aead_seal(p->aead, p->jobs, p->count);
		return;
	}
	packets_arrive(p);
	aead_unseal(p->aead, p->jobs, p->count);
	CHECK(p->jobs[p->count - 1].ok);
}

static void libsodium_by_hand(void *with)
{
	struct packets *p = with;

	if (p->unseal)
		packets_arrive(p);
	for (uint32_t i = 0; i < p->count; i++) {
		uint8_t *data = p->jobs[i].data, *tag = data + p->size;

		if (p->unseal)
			CHECK(crypto_aead_chacha20poly1305_ietf_decrypt_detached(
				      data, NULL, data, p->size, tag, NULL, 0, p->nonces[i],
				      p->key) == 0);
		else
			(void)crypto_aead_chacha20poly1305_ietf_encrypt_detached(
				data, tag, NULL, data, p->size, NULL, 0, NULL, p->nonces[i],
				p->key);
	}
}

#ifdef __x86_64__
static void manager_open(struct packets *p)
{
	IMB_ARCH arch;

	p->manager = alloc_mb_mgr(0);
	CHECK(p->manager);
	init_mb_mgr_auto(p->manager, &arch);
}

static void ipsec_mb_by_hand(void *with)
{
	struct packets *p = with;
	IMB_MGR *manager = p->manager;

	if (p->unseal)
		packets_arrive(p);
	for (uint32_t i = 0; i < p->count; i++) {
		IMB_JOB *job = IMB_GET_NEXT_JOB(manager);

		job->cipher_mode = IMB_CIPHER_CHACHA20_POLY1305;
		job->hash_alg = IMB_AUTH_CHACHA20_POLY1305;
		job->cipher_direction = p->unseal ? IMB_DIR_DECRYPT : IMB_DIR_ENCRYPT;
		job->chain_order = p->unseal ? IMB_ORDER_HASH_CIPHER : IMB_ORDER_CIPHER_HASH;
		job->enc_keys = p->key;
		job->dec_keys = p->key;
		job->key_len_in_bytes = AEAD_KEY_SIZE;
		job->iv = p->nonces[i];
		job->iv_len_in_bytes = 12;
		job->src = p->jobs[i].data;
		job->dst = p->jobs[i].data;
		job->cipher_start_src_offset_in_bytes = 0;
		job->msg_len_to_cipher_in_bytes = p->size;
		job->hash_start_src_offset_in_bytes = 0;
		job->msg_len_to_hash_in_bytes = p->size;
		job->u.CHACHA20_POLY1305.aad = NULL;
		job->u.CHACHA20_POLY1305.aad_len_in_bytes = 0;
		job->auth_tag_output = p->tags[i];
		job->auth_tag_output_len_in_bytes = AEAD_TAG_SIZE;
		CHECK(IMB_SUBMIT_JOB_NOCHECK(manager) == job);
	}
}
#else
static void manager_open(struct packets *p)
{
	(void)p;
}

static void ipsec_mb_by_hand(void *with)
{
	(void)with;
}
#endif

static void packets_fill(struct packets *p, uint32_t size, uint32_t count)
{
	p->size = size;
	p->count = count;
	for (uint32_t i = 0; i < count; i++) {
		memset(p->nonces[i], 0, sizeof(p->nonces[i]));
		p->nonces[i][4] = (uint8_t)i;
		p->jobs[i] = (struct aead_job){p->data + (size_t)i * ROOM, p->key, i, size, false};
	}
	aead_seal(p->aead, p->jobs, count);
	memcpy(p->sealed, p->data, (size_t)count * ROOM);
}

static void packets_tell(struct packets *p, enum aead_kind kind)
{
	void (*by_hand)(void *) = kind == AEAD_LIBSODIUM ? libsodium_by_hand : ipsec_mb_by_hand;
	double face[ROUNDS], hand[ROUNDS], kept[ROUNDS], packets_s;

	for (uint32_t round = 0; round < ROUNDS; round++) {
		face[round] = rate(by_face, p);
		hand[round] = rate(by_hand, p);
		kept[round] = face[round] / hand[round];
	}
	packets_s = median(face) * p->count;
	if (json)
		(void)printf("{\"what\": \"%s %s\", \"size\": %u, \"batch\": %u, \"mpps\": %.3f, "
			     "\"gbit\": %.3f, \"kept\": %.3f}\n",
			     aead_name(kind), p->unseal ? "unseal" : "seal", p->size, p->count,
			     packets_s / 1e6, packets_s * p->size * 8 / 1e9, median(kept));
	else
		(void)printf("%-10s %-6s %5u %5u %8.2f %8.2f %8.2f\n", aead_name(kind),
			     p->unseal ? "unseal" : "seal", p->size, p->count, packets_s / 1e6,
			     packets_s * p->size * 8 / 1e9, median(kept));
	(void)fflush(stdout);
}

static void library_tell(enum aead_kind kind)
{
	static const uint32_t sizes[] = {64, 512, 1420}, counts[] = {1, 8, 32, 64};
	struct packets p = {.key = {1, 2, 3}};

	if (aead_open(kind, &p.aead)) {
		(void)fprintf(stderr, "%s: not for this machine\n", aead_name(kind));
		return;
	}
	if (kind == AEAD_IPSEC_MB)
		manager_open(&p);
	p.data = calloc(BATCH, ROOM);
	p.sealed = calloc(BATCH, ROOM);
	CHECK(p.data && p.sealed);
	for (int unseal = 0; unseal < 2; unseal++) {
		for (size_t s = 0; s < ARRAY_SIZE(sizes); s++) {
			for (size_t c = 0; c < ARRAY_SIZE(counts); c++) {
				p.unseal = unseal;
				packets_fill(&p, sizes[s], counts[c]);
				packets_tell(&p, kind);
			}
		}
	}
	free(p.sealed);
	free(p.data);
	aead_close(p.aead);
#ifdef __x86_64__
	if (p.manager)
		free_mb_mgr(p.manager);
#endif
}

/* ---- handshakes ---- */

/* As made by wg_pair_make(), with a message before it. */
static struct wg_pair ready;

static void shake_both(void *with)
{
	struct wg_session sessions[2];
	struct wg_pair pair = ready;

	(void)with;
	wg_pair_shake(&pair, 1, sessions);
}

static void respond(void *with)
{
	struct wg_pair pair = ready;
	struct wg_session session;

	(void)with;
	CHECK(wg_pair_accept(&pair, 1) == WG_OK);
	wg_pair_respond(&pair);
	CHECK(noise_session_begin(&pair.ends[1].peer, 1, &session) == 0);
}

static void check_mac1(void *with)
{
	struct wg_initiation *message = with;

	CHECK(wg_gate_check_mac1(&ready.ends[1].gate, message, sizeof(*message)) == WG_BAD_MAC1);
}

static void send_cookie(void *with)
{
	static const struct wg_source source = {.size = 6};
	struct wg_cookie_reply reply;

	(void)with;
	CHECK(wg_gate_check_mac1(&ready.ends[1].gate, &ready.initiation,
				 sizeof(ready.initiation)) == WG_OK);
	CHECK(wg_gate_check_mac2(&ready.ends[1].gate, &ready.initiation, sizeof(ready.initiation),
				 &source, 1) == WG_NO_COOKIE);
	wg_cookie_reply_create(&ready.ends[1].gate, &ready.initiation, sizeof(ready.initiation),
			       &source, vector_cookie_nonce, &reply);
}

static void handshakes_tell(const char *what, void (*work)(void *), void *with)
{
	double values[ROUNDS], times;

	for (uint32_t round = 0; round < ROUNDS; round++)
		values[round] = rate(work, with);
	times = median(values);
	if (json)
		(void)printf("{\"what\": \"%s\", \"per_second\": %.0f}\n", what, times);
	else
		(void)printf("%-46s %10.0f a second, %8.2f us\n", what, times, 1e6 / times);
}

int main(int argc, char **argv)
{
	struct wg_initiation bad;
	enum aead_kind kind;

	json = argc > 1 && strcmp(argv[1], "-j") == 0;
	if (argc > 1 && !json) {
		(void)fputs("crypto [-j]\n", stderr);
		return 2;
	}
	CHECK(aead_choose("auto", &kind) == 0);
	if (!json)
		(void)printf("auto takes %s\n\n%-10s %-6s %5s %5s %8s %8s %8s\n", aead_name(kind),
			     "library", "does", "bytes", "batch", "Mpps", "Gbit/s", "of raw");
	for (uint32_t k = 0; k < AEAD_KINDS; k++)
		library_tell((enum aead_kind)k);
	wg_pair_make(&ready, vector_psk_psk);
	wg_pair_initiate(&ready);
	wg_gate_renew(&ready.ends[1].gate, vector_gate_secret, 0);
	bad = ready.initiation;
	bad.mac1[0] ^= 1;
	handshakes_tell("handshakes, both ends", shake_both, NULL);
	handshakes_tell("handshakes, the responder's half", respond, NULL);
	handshakes_tell("initiations refused by mac1", check_mac1, &bad);
	handshakes_tell("initiations answered with a cookie", send_cookie, NULL);
	return 0;
}
