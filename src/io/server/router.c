/* SPDX-License-Identifier: MIT */
/* router.c — a tree of segments; siblings stand from the most literal to the least, so the first fit is the best.
 *
 * A node that fits but leads to no route with the wanted method is left again for its next sibling; on the way the
 * methods of every node that the whole path reaches are gathered for Allow.
 */
#include "io/server/router.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "io/server/grammar.h"

enum kind { LITERAL, PARAM, REST };

struct wq_router_node {
	struct wq_router_node *next, *child;
	enum kind kind;
	struct wq_str text; /* LITERAL: the segment; PARAM: what is in front of the colon; borrowed */
	const struct wq_route *routes[WQ_METHODS];
};

struct entry {
	struct wq_list link;
	struct wq_route route;
};

static const char *const method_names[WQ_METHODS] = {
	[WQ_GET] = "GET",     [WQ_HEAD] = "HEAD",     [WQ_POST] = "POST",       [WQ_PUT] = "PUT",
	[WQ_PATCH] = "PATCH", [WQ_DELETE] = "DELETE", [WQ_OPTIONS] = "OPTIONS",
};

const char *wq_method_name(enum wq_method m)
{
	return method_names[m];
}

int wq_router_init(struct wq_router *r)
{
	wq_list_init(&r->routes);
	r->root = wq_zalloc(sizeof(*r->root));
	return r->root ? 0 : WQ_RAISE(WQ_ENOMEM);
}

static void free_node(struct wq_router_node *n)
{
	while (n) {
		struct wq_router_node *next = n->next;

		free_node(n->child);
		wq_free(n);
		n = next;
	}
}

void wq_router_fini(struct wq_router *r)
{
	struct wq_list *l;

	free_node(r->root);
	r->root = NULL;
	while (r->routes.next && (l = wq_list_pop(&r->routes)))
		wq_free(WQ_OWNER(l, struct entry, link));
}

/* Smaller: more literal. */
static int rank(const struct wq_router_node *n)
{
	if (n->kind == PARAM)
		return WQ_SERVER_TARGET_MAX_BYTES - (int)n->text.n;
	return n->kind == LITERAL ? 0 : WQ_SERVER_TARGET_MAX_BYTES + 1;
}

static struct wq_router_node parse_segment(struct wq_str segment)
{
	size_t colon = wq_str_find(segment, ':');

	if (segment.n > 0 && segment.p[0] == '*')
		return (struct wq_router_node){ .kind = REST, .text = wq_strn(segment.p, 0) };
	if (colon < segment.n)
		return (struct wq_router_node){ .kind = PARAM, .text = wq_strn(segment.p, colon) };
	return (struct wq_router_node){ .kind = LITERAL, .text = segment };
}

/* The child for this segment, made if it is not there; NULL: out of memory. */
static struct wq_router_node *child_for(struct wq_router_node *parent, struct wq_str segment)
{
	struct wq_router_node want = parse_segment(segment), **at = &parent->child, *n;

	for (; *at && rank(*at) <= rank(&want); at = &(*at)->next)
		if ((*at)->kind == want.kind && wq_str_eq((*at)->text, want.text))
			return *at;
	n = wq_alloc(sizeof(*n));
	if (!n)
		return NULL;
	*n = want;
	n->next = *at;
	*at = n;
	return n;
}

int wq_router_add(struct wq_router *r, const struct wq_route *route)
{
	struct wq_router_node *n = r->root;
	struct wq_str rest = wq_str(route->pattern + 1), segment;
	struct entry *e;
	unsigned params = 0, segments = 0;

	WQ_REQUIRE(route->handle && route->pattern[0] == '/' && route->method < WQ_METHODS);
	while (wq_str_next(&rest, '/', &segment)) {
		WQ_REQUIRE(n->kind != REST);
		WQ_REQUIRE(segments++ < WQ_ROUTE_SEGMENTS_MAX);
		n = child_for(n, segment);
		if (!n)
			return WQ_RAISE(WQ_ENOMEM);
		params += n->kind != LITERAL;
		WQ_REQUIRE(params <= WQ_ROUTE_PARAMS_MAX);
	}
	if (n->routes[route->method])
		return WQ_RAISE_MSG(WQ_EEXIST, "two routes for %s %s", method_names[route->method],
		                    route->pattern);
	e = wq_alloc(sizeof(*e));
	if (!e)
		return WQ_RAISE(WQ_ENOMEM);
	e->route = *route;
	n->routes[route->method] = &e->route;
	wq_list_init(&e->link);
	wq_list_push(&r->routes, &e->link);
	return 0;
}

/* Escapes are whole, and hold neither NUL nor (in one segment) a slash. */
static bool sound(struct wq_str s, bool slash_allowed)
{
	for (size_t i = wq_str_find(s, '%'); i < s.n; i++) {
		int high, low;

		if (s.p[i] != '%')
			continue;
		high = s.n - i > 2 ? wq_hex_digit(s.p[i + 1]) : -1;
		low = high >= 0 ? wq_hex_digit(s.p[i + 2]) : -1;
		if (low < 0 || high + low == 0)
			return false;
		if (!slash_allowed && high == 2 && low == 15)
			return false;
	}
	return true;
}

static bool fits(const struct wq_router_node *n, struct wq_str segment, struct wq_str *value)
{
	if (n->kind == LITERAL)
		return wq_str_eq(n->text, segment);
	if (segment.n <= n->text.n ||
	    (n->text.n > 0 && memcmp(segment.p, n->text.p, n->text.n) != 0))
		return false;
	*value = wq_strn(segment.p + n->text.n, segment.n - n->text.n);
	return sound(*value, false);
}

static const struct wq_route *arrive(const struct wq_router_node *n, enum wq_method method,
                                     struct wq_match *m)
{
	for (int i = 0; i < WQ_METHODS; i++)
		if (n->routes[i])
			m->allowed |= WQ_BIT(i);
	if (method == WQ_HEAD && !n->routes[WQ_HEAD])
		method = WQ_GET;
	return n->routes[method];
}

/* Leads on from `parent` by the segments in `rest`; rest.p == NULL: none are left. */
static const struct wq_route *walk(const struct wq_router_node *parent, struct wq_str rest,
                                   enum wq_method method, struct wq_match *m)
{
	const struct wq_route *found = NULL;
	struct wq_str after = rest, segment;

	if (!wq_str_next(&after, '/', &segment))
		return arrive(parent, method, m);
	for (const struct wq_router_node *n = parent->child; n && !found; n = n->next) {
		unsigned params = m->params_n;

		if (n->kind == REST && sound(rest, true)) {
			m->params[m->params_n++] = rest;
			found = arrive(n, method, m);
		} else if (n->kind != REST && fits(n, segment, &m->params[m->params_n])) {
			m->params_n += n->kind == PARAM;
			found = walk(n, after, method, m);
		}
		if (!found)
			m->params_n = params;
	}
	return found;
}

void wq_router_find(const struct wq_router *r, enum wq_method method, struct wq_str path,
                    struct wq_match *m)
{
	m->route = NULL;
	m->allowed = 0;
	m->params_n = 0;
	if (path.n > 0 && path.p[0] == '/')
		m->route = walk(r->root, wq_strn(path.p + 1, path.n - 1), method, m);
}

const struct wq_route *wq_router_at(const struct wq_router *r, size_t i)
{
	for (const struct wq_list *l = r->routes.next; l != &r->routes; l = l->next)
		if (i-- == 0)
			return &WQ_OWNER(l, const struct entry, link)->route;
	return NULL;
}

int wq_router_param(const struct wq_route *route, const char *name)
{
	struct wq_str rest = wq_str(route->pattern + 1), segment;

	for (int i = 0; wq_str_next(&rest, '/', &segment);) {
		size_t mark = wq_str_find(segment,
		                          segment.n > 0 && segment.p[0] == '*' ? '*' : ':');

		if (mark == segment.n)
			continue;
		if (wq_str_is(wq_strn(segment.p + mark + 1, segment.n - mark - 1), name))
			return i;
		i++;
	}
	return -1;
}
