/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Which flows and events a request is about.
 */

#include <errno.h>
#include <string.h>

#include "control/object_list.h"
#include "control/serve/event_form.h"

static size_t pod_addresses(struct request *request, const char *text, struct prefix *out,
			    size_t room)
{
	const struct reconcile *r = &request->daemon->reconcile;
	const char *slash = strchr(text, '/');
	char space[256] = "default";
	const struct pod_object *pod;
	size_t count;

	if (slash && (size_t)(slash - text) < sizeof(space)) {
		memcpy(space, text, (size_t)(slash - text));
		space[slash - text] = '\0';
		text = slash + 1;
	}
	pod = r->has_objects
		      ? (const void *)object_find(&r->objects, object_kind_find("Pod"), space, text)
		      : NULL;
	if (!pod)
		return 0;
	for (count = 0; count < pod->address_count && count < room; count++)
		out[count] = (struct prefix){.addr = pod->addresses[count], .len = 128};
	return count;
}

size_t request_addresses(struct request *request, const char *key, const char *text,
			 struct prefix *out, size_t room)
{
	int err = prefix_parse(text, out);
	size_t count;

	if (!err)
		return 1;
	if (err == -EDOM) {
		(void)request_refuse(request, "`%s': %.64s has host bits set", key, text);
		return 0;
	}
	count = pod_addresses(request, text, out, room);
	if (!count)
		(void)request_refuse(request,
				     "`%s': `%.128s' is neither an address nor a pod with one "
				     "(namespace/name)",
				     key, text);
	return count;
}

static int filter_prefix(struct request *request, const char *key, struct prefix *out, bool *is_set)
{
	struct prefix found[8];
	const char *text = NULL;
	size_t count;

	*is_set = false;
	if (request_text(request, key, REQUEST_OPTIONAL, &text))
		return -EINVAL;
	if (!text)
		return 0;
	count = request_addresses(request, key, text, found, ARRAY_SIZE(found));
	if (!count)
		return -EINVAL;
	if (count > 1)
		return request_refuse(request,
				      "`%s': pod %.128s has %zu addresses: give one of them", key,
				      text, count);
	*out = found[0];
	*is_set = true;
	return 0;
}

static int filter_numbers(struct request *request, struct flow_filter *out)
{
	const char *proto = NULL;
	uint64_t port = 0, limit = 0;

	if (request_number(request, "port", REQUEST_OPTIONAL, UINT16_MAX, &port) ||
	    request_number(request, "limit", REQUEST_OPTIONAL, UINT32_MAX, &limit) ||
	    request_text(request, "proto", REQUEST_OPTIONAL, &proto))
		return -EINVAL;
	if (json_object_get(request->root, "port")) {
		out->flags |= FLOW_FILTER_PORT;
		out->port = BE16(port);
	}
	out->limit = (uint32_t)limit;
	if (proto && proto_parse(proto, &out->proto))
		return request_refuse(request, "`proto': `%.32s' is no protocol", proto);
	out->flags |= proto ? FLOW_FILTER_PROTO : 0;
	return 0;
}

int request_filter(struct request *request, struct flow_filter *out)
{
	bool has_addr, has_peer;

	memset(out, 0, sizeof(*out));
	if (filter_prefix(request, "addr", &out->prefix, &has_addr) ||
	    filter_prefix(request, "peer", &out->peer, &has_peer) || filter_numbers(request, out))
		return -EINVAL;
	/* A peer alone is simply an address. */
	if (has_peer && !has_addr) {
		out->prefix = out->peer;
		memset(&out->peer, 0, sizeof(out->peer));
		has_peer = false;
		has_addr = true;
	}
	out->flags |= (has_addr ? FLOW_FILTER_ADDR : 0) | (has_peer ? FLOW_FILTER_PEER : 0);
	return 0;
}

static bool ends_match(const struct flow_filter *f, const union addr *a, const union addr *b)
{
	return (!(f->flags & FLOW_FILTER_ADDR) || prefix_contains(&f->prefix, a)) &&
	       (!(f->flags & FLOW_FILTER_PEER) || prefix_contains(&f->peer, b));
}

static bool tuple_matches(const struct flow_filter *f, const struct tuple *t)
{
	if (f->flags & FLOW_FILTER_PORT && t->sport != f->port && t->dport != f->port)
		return false;
	return ends_match(f, &t->src, &t->dst) || ends_match(f, &t->dst, &t->src);
}

bool flow_filter_matches(const struct flow_filter *filter, const struct tuple *tuple,
			 const struct tuple *wire)
{
	if (filter->flags & FLOW_FILTER_PROTO && tuple->proto != filter->proto)
		return false;
	return tuple_matches(filter, tuple) || (wire->family && tuple_matches(filter, wire));
}
