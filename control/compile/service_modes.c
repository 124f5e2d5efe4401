/* SPDX-License-Identifier: Apache-2.0 */

/*
 * How a service behaves: its own notes, else the conf.
 */

#include "control/compile/service_world.h"

#define MAGLEV_DEFAULT 16381u
#define TIME_MAX_S     86400u

static uint32_t noted(uint32_t note, uint32_t conf)
{
	return note == NOTE_DEFAULT ? conf : note;
}

/* The conf's table, or the first larger one that has a slot for every backend. */
static uint32_t maglev_size(struct world *w, const struct service_form *form, uint32_t count)
{
	static const uint32_t primes[] = {251,	509,   1021,  2039,  4093,
					  8191, 16381, 32749, 65521, 131071};
	uint32_t wanted = w->in->config->services.maglev_size;
	uint32_t size = wanted ? wanted : MAGLEV_DEFAULT;

	for (size_t i = 0; i < ARRAY_SIZE(primes) && size < count; i++)
		if (primes[i] >= count)
			size = primes[i];
	if (size != (wanted ? wanted : MAGLEV_DEFAULT))
		world_warn(w, &form->source,
			   FORM_FORMAT ": %u backends do not fit a Maglev table of %u slots: "
				       "its own has %u",
			   FORM_WORDS(form), count, wanted ? wanted : MAGLEV_DEFAULT, size);
	return size;
}

/* SERVICE_SNAT, SERVICE_DIRECT or, whatever the dispatch, SERVICE_DSR_OPTION. */
static uint8_t mode_wished(const struct world *w, const struct service_form *form)
{
	const struct service_notes *notes = form->notes;
	uint8_t forwarding = w->in->config->services.mode;
	bool tcp = form->proto == 6;

	if (notes->has_mode && notes->mode != SERVICE_MODES)
		return notes->mode;
	if (notes->has_mode || forwarding == FORWARD_HYBRID)
		return tcp ? SERVICE_DSR_OPTION : SERVICE_SNAT;
	return forwarding == FORWARD_DSR ? SERVICE_DSR_OPTION : SERVICE_SNAT;
}

static void mode_choose(struct world *w, const struct service_want *want, bool mixed,
			bool same_ports, struct image_service *out)
{
	const struct config_services *config = &w->in->config->services;
	const struct service_form *form = want->form;
	uint8_t wished = mode_wished(w, form);

	out->mode = SERVICE_SNAT;
	/* What is in a packet may be of either version, whatever the packet is. */
	if (mixed && (wished != SERVICE_DSR_OPTION || config->dispatch != SERVICE_DSR_IPIP)) {
		if (wished != SERVICE_SNAT)
			world_warn(w, &form->source,
				   FORM_FORMAT ": clients and backends are of different IP "
					       "versions: snat instead of %s",
				   FORM_WORDS(form), wished == SERVICE_DIRECT ? "direct" : "dsr");
		return;
	}
	if (want->local && want->outside)
		wished = SERVICE_DIRECT;
	out->mode = wished;
	if (wished != SERVICE_DSR_OPTION)
		return;
	out->mode = config->dispatch == SERVICE_DSR_IPIP ? SERVICE_DSR_IPIP : SERVICE_DSR_OPTION;
	if (out->mode != SERVICE_DSR_IPIP || !config->ipip_to_frontend)
		return;
	if (same_ports)
		out->flags |= SERVICE_KEEP_FRONTEND;
	else
		world_warn(w, &form->source,
			   FORM_FORMAT ": a target port is not %u: packets to backends are "
				       "translated, ipip_to = \"frontend\" or not",
			   FORM_WORDS(form), form->number);
}

void service_behave(struct world *w, const struct service_want *want, bool mixed, bool same_ports,
		    struct image_service *out)
{
	const struct config_services *config = &w->in->config->services;
	const struct service_form *form = want->form;
	const struct service_notes *notes = form->notes;

	out->snat_rule = w->services->snat_rule;
	out->algorithm = notes->has_algorithm ? notes->algorithm : config->algorithm;
	out->seed = w->services->seed;
	if (out->algorithm == SERVICE_MAGLEV)
		out->maglev_size = maglev_size(w, form, w->services->chosen.count);
	out->affinity_s = min_u32(form->affinity_s, TIME_MAX_S);
	out->half_open_max = noted(notes->half_open, config->half_open);
	out->source_rate = noted(notes->source_rate, config->source_rate);
	out->source_burst = noted(notes->source_burst, config->source_burst);
	if (out->source_burst == 0)
		out->source_burst = out->source_rate;
	out->grace_s = min_u32(noted(notes->grace_s, config->grace_s), TIME_MAX_S);
	out->slow_start_s = min_u32(noted(notes->slow_start_s, config->slow_start_s), TIME_MAX_S);
	if (config->no_backend_drop)
		out->flags |= SERVICE_NO_BACKEND_DROP;
	mode_choose(w, want, mixed, same_ports, out);
}
