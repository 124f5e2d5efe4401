/* SPDX-License-Identifier: Apache-2.0 */

#include "control/health_talk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control/health_set_form.h"
#include "fastpath/base/check.h"
#include "fastpath/base/log.h"

static bool states_copy(struct health_client *h, const struct health_state_record *records,
			size_t count)
{
	bool changed = false;

	for (size_t i = 0; i < count; i++) {
		struct health_state_record *known = &h->states[records[i].index];
		const struct health_check_record *check = &h->set.checks[records[i].index];
		char addr[ADDR_TEXT_MAX];

		if (known->state != records[i].state) {
			changed = true;
			log_info("%s port %u is %s%s%s", addr_format(&check->addr, addr),
				 check->port, records[i].state == HEALTH_UP ? "up" : "down",
				 records[i].text[0] ? ": " : "", records[i].text);
		}
		*known = records[i];
	}
	return changed;
}

/* A descriptor with the states of every check of the set. */
static int states_read(struct health_client *h, int fd, bool *changed)
{
	size_t size = h->set.check_count * sizeof(struct health_state_record);
	void *bytes;
	int err = fd < 0 ? -EPROTO : health_memfd_read(fd, size, &bytes);

	if (err)
		return err;
	err = health_states_verify(bytes, h->set.check_count, h->set.check_count);
	if (!err)
		*changed = states_copy(h, bytes, h->set.check_count);
	free(bytes);
	return err;
}

/* One that was adopted: the set that it runs becomes ours until another is wanted. */
static int set_adopt(struct health_client *h, int fd, uint32_t number)
{
	struct health_set set;
	off_t size = lseek(fd, 0, SEEK_END);
	char text[160];
	uint8_t *copy;
	void *bytes = NULL;
	int err = size < 0 ? -EPROTO : health_memfd_read(fd, (size_t)size, &bytes);

	if (err)
		return err;
	err = health_set_verify(bytes, (size_t)size, &set, text, sizeof(text));
	if (err) {
		free(bytes);
		return -EPROTO;
	}
	/* As health_set_form() would write it. */
	copy = bytes;
	for (uint32_t i = 0; i < set.check_count; i++)
		copy[(const uint8_t *)&set.checks[i].state - (const uint8_t *)bytes] = HEALTH_UP;
	h->states = health_states_carry(&set, &(struct health_set){.check_count = 0}, NULL);
	h->set_bytes = bytes;
	h->set_size = (size_t)size;
	h->set = set;
	h->number = number;
	return 0;
}

int health_set_send(struct health_client *h)
{
	struct health_set_msg head = {.number = h->number, .size = (uint32_t)h->set_size};
	size_t checks_at = sizeof(struct health_set_header);
	uint8_t *bytes = malloc(h->set_size);
	int fd, err;

	CHECK(bytes);
	memcpy(bytes, h->set_bytes, h->set_size);
	for (uint32_t i = 0; i < h->set.check_count; i++)
		bytes[checks_at + i * sizeof(struct health_check_record) +
		      offsetof(struct health_check_record, state)] = h->states[i].state;
	fd = health_memfd(bytes, h->set_size);
	free(bytes);
	err = fd < 0 ? fd : health_send(h->fd, HEALTH_SET, &head, sizeof(head), &fd, 1);
	if (fd >= 0)
		(void)close(fd);
	h->is_taken = false;
	return err;
}

static int hello_take(struct health_client *h, const struct health_hello *hello,
		      const struct health_message *m)
{
	bool changed = false;
	int err = 0;

	if (hello->version != HEALTH_VERSION) {
		log_info("sluice-health speaks version %u, this program %u: it is ended, for one "
			 "that does",
			 hello->version, HEALTH_VERSION);
		(void)health_send(h->fd, HEALTH_END, NULL, 0, NULL, 0);
		return -EPROTONOSUPPORT;
	}
	h->was_greeted = true;
	h->state = HEALTH_PROCESS_UP;
	child_up(&h->child);
	if (!h->number && hello->number) {
		err = set_adopt(h, m->fds[0], hello->number);
		if (!err)
			err = states_read(h, m->fds[1], &changed);
		h->is_taken = !err;
	} else if (h->number) {
		err = health_set_send(h);
	}
	log_info("%s sluice-health, process %d", h->child.is_ours ? "connected to" : "adopted",
		 h->child.pid);
	return err;
}

static int taken_take(struct health_client *h, struct health_taken *taken, int fd)
{
	bool changed = false;
	int err;

	taken->text[sizeof(taken->text) - 1] = '\0';
	if (taken->number != h->number)
		return 0;
	if (taken->status) {
		child_problem(&h->child, "sluice-health refuses the checks: %s", taken->text);
		return 0;
	}
	err = states_read(h, fd, &changed);
	h->is_taken = !err;
	if (changed)
		h->changed(h->arg);
	return err;
}

static int states_take(struct health_client *h, struct health_message *m)
{
	struct health_states_msg head;
	struct health_state_record *records;
	int err;

	memcpy(&head, m->body, sizeof(head));
	records = (struct health_state_record *)((uint8_t *)m->body + sizeof(head));
	if (head.count > HEALTH_STATES_BATCH ||
	    m->header.size != sizeof(head) + head.count * sizeof(*records))
		return -EPROTO;
	/* Those before TAKEN are of another set, whatever its number. */
	if (head.number != h->number || !h->is_taken)
		return 0;
	err = health_states_verify(records, head.count, h->set.check_count);
	if (!err && states_copy(h, records, head.count))
		h->changed(h->arg);
	return err;
}

int health_message_take(struct health_client *h)
{
	struct health_message *m = &h->message;
	struct health_hello hello;
	struct health_taken taken;

	if (m->header.type == HEALTH_HELLO && m->header.size == sizeof(hello) && !h->was_greeted) {
		memcpy(&hello, m->body, sizeof(hello));
		return hello_take(h, &hello, m);
	}
	if (!h->was_greeted)
		return -EPROTO;
	if (m->header.type == HEALTH_TAKEN && m->header.size == sizeof(taken)) {
		memcpy(&taken, m->body, sizeof(taken));
		return taken_take(h, &taken, m->fds[0]);
	}
	if (m->header.type == HEALTH_STATES && m->header.size >= sizeof(struct health_states_msg))
		return states_take(h, m);
	return -EPROTO;
}
