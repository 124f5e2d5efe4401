/* SPDX-License-Identifier: Apache-2.0 */

#include <time.h>

#include "control/object_list.h"
#include "control/serve/event_form.h"

#define WARNINGS_SHOWN 100

static json_t *time_form(time_t when)
{
	struct tm utc;
	char text[32];

	if (!when || !gmtime_r(&when, &utc) ||
	    !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc))
		return json_null();
	return json_string(text);
}

static json_t *text_or_null(const char *text)
{
	return text[0] ? text_form(text) : json_null();
}

static json_t *fastpath_form(const struct supervisor *s)
{
	const struct msg_hello *hello = &s->requests.hello;
	uint64_t now_ns = reactor_now_ns();
	json_t *form = json_pack(
		"{s:s, s:s, s:b, s:b, s:I, s:I, s:o}", "state", supervise_state_name(s->state),
		"managed", s->mode == SUPERVISE_SPAWN ? "sluiced" : "elsewhere", "adopted",
		(int)s->adopted, "restart_needed", (int)s->restart_needed, "starts",
		(json_int_t)s->child.starts, "deaths", (json_int_t)s->child.deaths, "problem",
		text_or_null(s->child.problem));

	if (s->child.pid)
		(void)json_object_set_new(form, "pid", json_integer(s->child.pid));
	if (s->state != SUPERVISE_UP)
		return form;
	(void)json_object_set_new(form, "workers", json_integer(hello->workers));
	(void)json_object_set_new(form, "flows_kept", json_integer((json_int_t)hello->flows));
	if (now_ns > hello->started_ns)
		(void)json_object_set_new(
			form, "uptime_s",
			json_integer((json_int_t)((now_ns - hello->started_ns) / REACTOR_S)));
	return form;
}

static json_t *health_form(const struct backends *b)
{
	const struct health_client *h = &b->health;
	uint32_t down = 0;

	for (uint32_t i = 0; i < h->set.check_count; i++)
		down += h->states[i].state == HEALTH_DOWN;
	return json_pack("{s:s, s:I, s:I, s:I, s:b, s:I, s:I, s:I, s:I, s:o}", "state",
			 health_process_name(h->state), "pid", (json_int_t)h->child.pid, "checks",
			 (json_int_t)h->set.check_count, "down", (json_int_t)down, "current",
			 (int)h->is_taken, "health_ports", (json_int_t)h->set.node_count, "drains",
			 (json_int_t)b->drain_count, "starts", (json_int_t)h->child.starts,
			 "deaths", (json_int_t)h->child.deaths, "problem",
			 text_or_null(h->child.problem));
}

/* Links that are no ports stand behind those that are. */
static void tunnels_add(const struct reconcile *r, json_t *form)
{
	static const char *const kinds[TUNNEL_KINDS] = {
#define TUNNEL_KIND(NAME, word, port, size) [TUNNEL_##NAME] = #word,
#include "fastpath/api/tunnel_kinds.def"
#undef TUNNEL_KIND
	};
	const struct image_header *image = r->running.image[IMAGE_TUNNEL];
	const struct image_header *link_image = r->running.image[IMAGE_LINKS];
	const struct image_tunnel *tunnels;
	const struct image_link *links;
	uint32_t count = 0, link_count = 0;

	if (!image || !link_image)
		return;
	tunnels = image_records(image, IMAGE_TUNNEL_RECORD, &count);
	links = image_records(link_image, IMAGE_LINKS_LINK, &link_count);
	for (uint32_t i = 0; i < count; i++)
		for (uint32_t l = 0; l < link_count; l++)
			if (links[l].port == tunnels[i].link)
				(void)json_array_append_new(
					form, json_pack("{s:s, s:s, s:s, s:s, s:i}", "name",
							links[l].name, "io", kinds[tunnels[i].kind],
							"interface", "", "link", "up", "mtu",
							(int)links[l].mtu));
}

static json_t *ports_form(const struct daemon *daemon)
{
	const struct net_view *view = mirror_view(daemon->reconcile.mirror);
	json_t *form = json_array();

	for (size_t i = 0; i < daemon->config->port_count; i++) {
		const struct config_port *port = &daemon->config->ports[i];
		const struct net_link *link = view && i < view->link_count ? &view->links[i] : NULL;
		const char *state = !link || !link->present ? "missing" : link->up ? "up" : "down";

		(void)json_array_append_new(form, json_pack("{s:s, s:s, s:s, s:s, s:i}", "name",
							    port->name, "io", port->io, "interface",
							    port->interface, "link", state, "mtu",
							    link ? link->mtu : 0));
	}
	tunnels_add(&daemon->reconcile, form);
	return form;
}

static json_t *objects_form(const struct reconcile *r)
{
	json_t *form = json_object();

	for (size_t k = 0; k < OBJECT_KINDS && r->has_objects; k++)
		(void)json_object_set_new(form, object_kinds[k].name,
					  json_integer((json_int_t)object_written_count(
						  &r->objects, &object_kinds[k])));
	return form;
}

static json_t *warnings_form(const struct reconcile *r, size_t *total)
{
	char *const *lists[] = {r->objects.warnings, r->running.warnings, r->warnings.lines};
	const size_t counts[] = {r->objects.warning_count, r->running.warning_count,
				 r->warnings.count};
	json_t *form = json_array();

	*total = 0;
	for (size_t l = r->has_objects ? 0 : 1; l < ARRAY_SIZE(lists); l++) {
		for (size_t i = 0; i < counts[l]; i++) {
			if ((*total)++ < WARNINGS_SHOWN)
				(void)json_array_append_new(form, text_form(lists[l][i]));
		}
	}
	return form;
}

static json_t *tables_form(const struct reconcile *r)
{
	return json_pack(
		"{s:b, s:I, s:I, s:I, s:o, s:f, s:f, s:f, s:o, s:o}", "synced", (int)r->is_synced,
		"generation", (json_int_t)r->mark.generation, "revision", (json_int_t)r->revision,
		"commits", (json_int_t)r->commits, "committed_at", time_form(r->committed_at),
		"load_ms", (double)r->load_ns / 1e6, "compile_ms", (double)r->compile_ns / 1e6,
		"commit_ms", (double)r->commit_ns / 1e6, "problem", text_or_null(r->problem),
		"problem_at", r->problem[0] ? time_form(r->problem_at) : json_null());
}

int answer_status(struct request *request)
{
	const struct daemon *d = request->daemon;
	size_t warning_count = 0;
	json_t *warnings = warnings_form(&d->reconcile, &warning_count);
	bool healthy = d->supervisor.state == SUPERVISE_UP && d->reconcile.is_synced &&
		       !d->reconcile.problem[0] && !d->conf_problem[0];
	int err;

	err = request_accept(
		request,
		json_pack("{s:b, s:s, s:o, s:o, s:I, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:I}",
			  "healthy", (int)healthy, "version", SLUICE_VERSION, "node",
			  text_form(d->config->node_name ? d->config->node_name : ""), "conf",
			  text_form(d->conf_path), "uptime_s",
			  (json_int_t)((reactor_now_ns() - d->started_ns) / REACTOR_S),
			  "objects_directory",
			  text_form(d->config->objects ? d->config->objects : ""), "conf_problem",
			  text_or_null(d->conf_problem), "conf_waits",
			  (int)(d->next_config != NULL), "fastpath", fastpath_form(&d->supervisor),
			  "tables", tables_form(&d->reconcile), "ports", ports_form(d), "objects",
			  objects_form(&d->reconcile), "warnings", warnings, "warning_count",
			  (json_int_t)warning_count));
	if (d->reconcile.backends)
		(void)json_object_set_new(request->answer->reply, "health",
					  health_form(d->reconcile.backends));
	return err;
}
