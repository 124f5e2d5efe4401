/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What rules decide. Whether a denial is only told (audit), and how it is answered, is the
 * conf's to say, or the policy's own annotations.
 */

#include "control/compile/world.h"

uint32_t decision_add(struct world *w, const struct image_policy_decision *decision)
{
	struct image_writer *image = &w->images[IMAGE_POLICY];

	if (image_writer_full(image, IMAGE_POLICY_DECISION)) {
		w->rules_full = true;
		return 0;
	}
	return image_writer_add(image, IMAGE_POLICY_DECISION, decision, sizeof(*decision));
}

struct image_policy_decision decision_get(const struct world *w, uint32_t decision)
{
	const struct image_writer *image = &w->images[IMAGE_POLICY];

	return ((const struct image_policy_decision *)(const void *)
			image->bytes[IMAGE_POLICY_DECISION])[decision];
}

uint32_t decision_share(struct world *w, const struct image_policy_decision *decision)
{
	bool fresh;
	uint32_t shared = intern_add(&w->decisions, decision, sizeof(*decision), &fresh);

	if (fresh)
		GROW_ADD(&w->shared_decisions, decision_add(w, decision));
	return w->shared_decisions.items[shared];
}

uint32_t decision_allow(struct world *w, uint32_t origin, bool log)
{
	const struct image_policy_decision decision = {
		.verdict = POLICY_ALLOW,
		.flags = log ? DECISION_LOG : 0,
		.origin = origin,
	};

	return decision_add(w, &decision);
}

uint32_t decision_deny(struct world *w, uint32_t origin, const struct policy_notes *notes,
		       bool *audited)
{
	const struct config *config = w->in->config;
	struct image_policy_decision decision = {
		.verdict = POLICY_DENY,
		.answer = notes && notes->has_answer ? notes->answer : config->deny_answer,
		.origin = origin,
	};

	*audited = config->audit || (notes && notes->audit);
	if (*audited)
		decision.flags = DECISION_AUDIT;
	return decision_add(w, &decision);
}
