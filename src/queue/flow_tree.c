/* SPDX-License-Identifier: MIT */
/* flow_tree.c — counts the nodes of a tree, then fills one item for each, level by level as BullMQ adds them. */
#include "queue/flow_tree.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "queue/job_id.h"
#include "store/ref.h"

enum { SENTENCE_BYTES = 256, NAME_SHOWN_BYTES = 80 };

struct walk {
	struct wq_flow_tree *tree;
	struct wq_str prefix; /* of nodes that name none */
	struct wq_arena *arena;
	struct wq_buf text; /* scratch: data as JSON */
	const char *why;
};

/* A node and the job that waits for it. */
struct place {
	yyjson_val *node;
	const struct wq_job_parent *parent; /* NULL: the root */
	struct wq_job_parent self;          /* what its children call it */
	unsigned depth;
};

static int refuse(struct walk *w, yyjson_val *node, const char *says)
{
	struct wq_str name = wq_json_get_str(node, "name");
	char text[SENTENCE_BYTES];

	snprintf(text, sizeof(text), "job \"%.*s\": %s",
	         name.n < NAME_SHOWN_BYTES ? (int)name.n : NAME_SHOWN_BYTES, name.n ? name.p : "",
	         says);
	w->why = wq_arena_copy(w->arena, wq_str(text));
	if (!w->why)
		w->why = says;
	return WQ_EINVAL;
}

static bool has_children(yyjson_val *node)
{
	return yyjson_arr_size(wq_json_get(node, "children")) > 0;
}

/* How many nodes there are, up to one more than may be. */
static size_t count(yyjson_val *node, unsigned depth)
{
	yyjson_arr_iter it = yyjson_arr_iter_with(wq_json_get(node, "children"));
	yyjson_val *child;
	size_t n = 1;

	while (depth < WQ_FLOW_DEPTH_MAX && n <= WQ_ADD_ALL_MAX_ITEMS &&
	       (child = yyjson_arr_iter_next(&it)) != NULL)
		n += count(child, depth + 1);
	return n;
}

static int copy(struct walk *w, struct wq_str s, struct wq_str *out)
{
	const char *p = wq_arena_copy(w->arena, s);

	*out = wq_strn(p, s.n);
	return p ? 0 : WQ_ENOMEM;
}

/* "<prefix>:<queue>:"; the parent's name for it is the same without the last colon. */
static int read_base(struct walk *w, yyjson_val *node, struct wq_str *base)
{
	struct wq_str own = wq_json_get_str(node, "prefix"), prefix = own.n ? own : w->prefix;
	struct wq_str queue = wq_json_get_str(node, "queueName");
	char text[2 * WQ_QUEUE_NAME_MAX_BYTES + 4];
	const char *wrong = wq_ref_problem(prefix, queue);

	if (wrong)
		return refuse(w, node, wrong);
	snprintf(text, sizeof(text), "%.*s:%.*s:", WQ_STR_ARG(prefix), WQ_STR_ARG(queue));
	return copy(w, wq_strn(text, prefix.n + queue.n + 2), base);
}

static int read_data(struct walk *w, yyjson_val *node, struct wq_str *data)
{
	yyjson_val *v = wq_json_get(node, "data");
	struct wq_jsonw out;
	int rc;

	*data = wq_str("{}");
	if (!v)
		return 0;
	wq_buf_clear(&w->text);
	wq_jsonw_begin(&out, &w->text);
	wq_jsonw_value(&out, v);
	rc = wq_jsonw_end(&out);
	if (rc == WQ_ETOOBIG)
		w->why = "the flow is too large";
	return rc < 0 ? rc : copy(w, wq_buf_str(&w->text), data);
}

static int give_id(struct walk *w, struct wq_add_item *item)
{
	char uuid[WQ_UUID_BYTES];
	int rc;

	if (item->id.n)
		return 0;
	rc = wq_uuid_random(uuid);
	return rc < 0 ? rc : copy(w, wq_str(uuid), &item->id);
}

static int read_node(struct walk *w, const struct place *at, struct wq_add_item *item)
{
	yyjson_val *node = at->node, *children = wq_json_get(node, "children");
	const char *why = NULL;
	int rc;

	if (!wq_json_get_str(node, "name").p)
		return refuse(w, node, "name is missing");
	if (children && !yyjson_is_arr(children) && !yyjson_is_null(children))
		return refuse(w, node, "children is not a list");
	rc = read_base(w, node, &item->base);
	if (rc < 0)
		return rc;
	rc = read_data(w, node, &item->data);
	if (rc < 0)
		return rc;
	item->name = wq_json_get_str(node, "name");
	rc = wq_job_opts_read(item, wq_json_get(node, "opts"), at->parent, w->arena, &why);
	if (rc == WQ_EINVAL)
		return refuse(w, node, why);
	if (rc < 0)
		return rc;
	item->flags |= (has_children(node) ? WQ_ADD_CHILDREN : 0) | (at->parent ? WQ_ADD_FLOW : 0);
	return give_id(w, item);
}

/* Its children take the next places. */
static int place_children(struct walk *w, struct place *places, struct place *at)
{
	yyjson_arr_iter it = yyjson_arr_iter_with(wq_json_get(at->node, "children"));
	yyjson_val *child;

	if (at->depth >= WQ_FLOW_DEPTH_MAX)
		return refuse(w, at->node, "has children that are nested too deeply");
	while ((child = yyjson_arr_iter_next(&it)) != NULL)
		places[w->tree->n++] = (struct place){ .node = child,
			                               .parent = &at->self,
			                               .depth = at->depth + 1 };
	return 0;
}

static int read_tree(struct walk *w, struct place *places)
{
	struct wq_flow_tree *t = w->tree;
	int rc = 0;

	t->n = 1;
	for (size_t i = 0; rc == 0 && i < t->n; i++) {
		struct place *at = &places[i];
		struct wq_add_item *item = &t->items[i];

		rc = read_node(w, at, item);
		at->self = (struct wq_job_parent){
			.id = item->id,
			.queue = wq_strn(item->base.p, item->base.n ? item->base.n - 1 : 0)
		};
		if (rc == 0 && has_children(at->node))
			rc = place_children(w, places, at);
	}
	return rc;
}

int wq_flow_tree_read(struct wq_flow_tree *t, yyjson_val *root, struct wq_str prefix,
                      struct wq_arena *arena, const char **why)
{
	struct walk w = { .tree = t, .prefix = prefix, .arena = arena };
	struct place *places;
	size_t n = count(root, 1);
	int rc = WQ_ENOMEM;

	*t = (struct wq_flow_tree){ 0 };
	if (n > WQ_ADD_ALL_MAX_ITEMS) {
		*why = "the flow has too many jobs";
		return WQ_ETOOBIG;
	}
	wq_buf_init(&w.text, WQ_ADD_CALL_MAX_BYTES);
	t->items = wq_arena_alloc(arena, n * sizeof(*t->items));
	places = wq_arena_alloc(arena, n * sizeof(*places));
	if (t->items && places) {
		places[0] = (struct place){ .node = root, .depth = 1 };
		rc = read_tree(&w, places);
	}
	wq_buf_fini(&w.text);
	if (rc < 0 && !w.why)
		w.why = rc == WQ_ETOOBIG ? "the options are too large" : "out of memory";
	*why = w.why;
	return rc;
}
