/* SPDX-License-Identifier: Apache-2.0 */

#include "control/offline/probe_answers.h"

#include "control/compile/intern.h"
#include "control/offline/explanation_form.h"
#include "fastpath/base/check.h"

/* What policy sees of a backend. */
struct group_key {
	uint32_t ident;
	uint32_t port;
};

static json_t *answer_of(const struct prober *p, const struct explain_question *q,
			 const struct image_service *service)
{
	struct explanation *explanation = explain_ask(p->explainer, q);
	json_t *answer = explanation_form(explanation);

	explanation_free(explanation);
	(void)json_object_set_new(
		answer, "service",
		service ? explanation_service_form(judge_services(p->judge), service)
			: json_null());
	(void)json_object_set_new(answer, "backends", json_array());
	(void)json_object_set_new(answer, "reason", json_null());
	(void)json_object_set_new(answer, "text", json_null());
	(void)json_object_set_new(answer, "answered", json_false());
	return answer;
}

/* Policy is not asked. */
static json_t *answer_without_policy(const struct prober *p, const struct explain_question *q,
				     const struct service_answer *said)
{
	json_t *answer = answer_of(p, q, said->service);
	bool refused = said->part == SERVICE_REFUSES;

	(void)json_object_set_new(answer, "verdict", json_string(refused ? "deny" : "allow"));
	(void)json_object_set_new(answer, "egress", json_null());
	(void)json_object_set_new(answer, "ingress", json_null());
	(void)json_object_set_new(answer, "answered", json_boolean(!refused));
	if (refused) {
		(void)json_object_set_new(answer, "reason", json_string(drop_name(said->reason)));
		(void)json_object_set_new(answer, "text", json_string(drop_text(said->reason)));
	}
	return answer;
}

static void backends_ask(const struct prober *p, const struct explain_question *q,
			 const struct image_service *service, json_t *answers)
{
	const struct service_reader *r = judge_services(p->judge);
	struct intern groups = {0};

	for (uint32_t pick = service_pick_next(r, service, service->first); pick != PICKS_END;
	     pick = service_pick_next(r, service, pick + 1)) {
		const struct image_backend *backend = &r->backends[r->picks[pick].backend];
		struct explain_question at = *q;
		struct group_key key = {judge_ident(p->judge, &backend->addr), backend->port};
		uint32_t number;
		bool fresh;

		at.dst = backend->addr;
		at.port = backend->port;
		number = intern_add(&groups, &key, sizeof(key), &fresh);
		if (fresh)
			(void)json_array_append_new(answers, answer_of(p, &at, service));
		(void)json_array_append_new(
			json_object_get(json_array_get(answers, number), "backends"),
			explanation_backend_form(r, pick));
	}
	intern_free(&groups);
}

json_t *probe_answers(const struct prober *p, const struct explain_question *q)
{
	struct service_answer said =
		service_ask(judge_services(p->judge), q, judge_is_outside(p->judge, &q->src));
	json_t *answers = json_array();

	CHECK(answers);
	if (said.part == SERVICE_LEADS)
		backends_ask(p, q, said.service, answers);
	else if (said.part == SERVICE_HAS_NO_PART)
		(void)json_array_append_new(answers, answer_of(p, q, NULL));
	else
		(void)json_array_append_new(answers, answer_without_policy(p, q, &said));
	return answers;
}
