/* SPDX-License-Identifier: MIT */
/* router_test.c — which route answers what. */
#include "base/err.h"
#include "io/server/grammar.h"
#include "io/server/router.h"
#include "support/fault.h"
#include "support/test.h"

static void nothing(struct wq_exchange *x, void *ctx)
{
	(void)x;
	(void)ctx;
}

static const struct {
	enum wq_method method;
	const char *pattern;
} routes[] = {
	{ WQ_GET, "/" },
	{ WQ_GET, "/api/contacts" },
	{ WQ_POST, "/api/contacts" },
	{ WQ_GET, "/api/contacts/:id" },
	{ WQ_DELETE, "/api/contacts/:contact" },
	{ WQ_GET, "/api/contacts/export" },
	{ WQ_GET, "/api/contacts/:id/messages/:message" },
	{ WQ_POST, "/api/:noun/export" },
	{ WQ_POST, "/v:version/:number/messages" },
	{ WQ_GET, "/assets/*file" },
	{ WQ_PUT, "/assets/*file" },
	{ WQ_OPTIONS, "/cors" },
	{ WQ_HEAD, "/probe" },
	{ WQ_GET, "/probe" },
	{ WQ_GET, "/*page" },
};

static struct wq_router router;

static int add_all(void)
{
	int rc = wq_router_init(&router);

	for (size_t i = 0; i < WQ_COUNT(routes) && rc == 0; i++)
		rc = wq_router_add(&router, &(struct wq_route){ .method = routes[i].method,
		                                                .pattern = routes[i].pattern,
		                                                .handle = nothing });
	return rc;
}

#define A(m) WQ_BIT(WQ_##m)

static const struct {
	enum wq_method method;
	const char *path;
	const char *pattern; /* NULL: none */
	uint32_t allowed;    /* of a path that does not know the method */
	const char *values;  /* each followed by a semicolon */
} finds[] = {
	{ WQ_GET, "/", "/", 0, "" },
	{ WQ_HEAD, "/", "/", 0, "" },
	{ WQ_GET, "/api/contacts", "/api/contacts", 0, "" },
	{ WQ_GET, "/api/contacts/7", "/api/contacts/:id", 0, "7;" },
	{ WQ_DELETE, "/api/contacts/7", "/api/contacts/:contact", 0, "7;" },
	{ WQ_GET, "/api/contacts/export", "/api/contacts/export", 0, "" },
	{ WQ_POST, "/api/contacts/export", "/api/:noun/export", 0, "contacts;" },
	{ WQ_DELETE, "/api/contacts/export", "/api/contacts/:contact", 0, "export;" },
	{ WQ_GET, "/api/contacts/7/messages/8", "/api/contacts/:id/messages/:message", 0, "7;8;" },
	{ WQ_GET, "/api/contacts/export/messages/8", "/api/contacts/:id/messages/:message", 0,
	  "export;8;" },
	{ WQ_POST, "/v23.0/123/messages", "/v:version/:number/messages", 0, "23.0;123;" },
	{ WQ_POST, "/v/123/messages", NULL, A(GET), "" },
	{ WQ_GET, "/assets/a/b.css", "/assets/*file", 0, "a/b.css;" },
	{ WQ_PUT, "/assets/", "/assets/*file", 0, ";" },
	{ WQ_GET, "/assets", "/*page", 0, "assets;" },
	{ WQ_GET, "/assets/a%2Fb", "/assets/*file", 0, "a%2Fb;" },
	{ WQ_GET, "/assets/a%00b", NULL, 0, "" },
	{ WQ_GET, "/api/contacts/a%20b", "/api/contacts/:id", 0, "a%20b;" },
	{ WQ_DELETE, "/api/contacts/a%2fb", NULL, A(GET), "" },
	{ WQ_DELETE, "/api/contacts/a%2", NULL, 0, "" },
	{ WQ_DELETE, "/api/contacts/", NULL, A(GET), "" },
	{ WQ_PATCH, "/api/contacts", NULL, A(GET) | A(POST), "" },
	{ WQ_PATCH, "/api/contacts/export", NULL, A(GET) | A(POST) | A(DELETE), "" },
	{ WQ_OPTIONS, "/cors", "/cors", 0, "" },
	{ WQ_HEAD, "/probe", "/probe", 0, "" },
	{ WQ_GET, "/elsewhere/x", "/*page", 0, "elsewhere/x;" },
	{ WQ_GET, "/api/contact", "/*page", 0, "api/contact;" },
	{ WQ_GET, "*", NULL, 0, "" },
};

WQ_TEST(find_table)
{
	WQ_CHECK_INT("add", add_all(), 0);
	for (size_t i = 0; i < WQ_COUNT(finds); i++) {
		struct wq_match m;
		char values[256] = "";
		size_t n = 0;

		wq_router_find(&router, finds[i].method, wq_str(finds[i].path), &m);
		WQ_CHECK_STR(finds[i].path, m.route ? m.route->pattern : "none",
		             finds[i].pattern ? finds[i].pattern : "none");
		if (!m.route)
			WQ_CHECK_INT(finds[i].path, m.allowed & ~A(OPTIONS), finds[i].allowed);
		for (unsigned k = 0; m.route && k < m.params_n; k++)
			n += (size_t)snprintf(values + n, sizeof(values) - n, "%.*s;",
			                      WQ_STR_ARG(m.params[k]));
		WQ_CHECK_STR(finds[i].path, values, finds[i].values);
	}
	wq_router_fini(&router);
}

WQ_TEST(a_head_route_of_its_own_wins)
{
	struct wq_match m;

	WQ_CHECK_INT("add", add_all(), 0);
	wq_router_find(&router, WQ_HEAD, wq_str("/probe"), &m);
	WQ_CHECK_INT("method", m.route->method, WQ_HEAD);
	wq_router_fini(&router);
}

WQ_TEST(names_of_parameters)
{
	const struct wq_route route = { .pattern = "/v:version/x/:number/*rest" };

	WQ_CHECK_INT("version", wq_router_param(&route, "version"), 0);
	WQ_CHECK_INT("number", wq_router_param(&route, "number"), 1);
	WQ_CHECK_INT("rest", wq_router_param(&route, "rest"), 2);
	WQ_CHECK_INT("x", wq_router_param(&route, "x"), -1);
	WQ_CHECK_INT("empty", wq_router_param(&route, ""), -1);
}

WQ_TEST(routes_stay_in_order_and_differ)
{
	WQ_CHECK_INT("add", add_all(), 0);
	for (size_t i = 0; i < WQ_COUNT(routes); i++)
		WQ_CHECK_STR("order", wq_router_at(&router, i)->pattern, routes[i].pattern);
	WQ_CHECK("end", !wq_router_at(&router, WQ_COUNT(routes)));
	WQ_CHECK_INT("twice",
	             wq_router_add(&router, &(struct wq_route){ .pattern = "/api/contacts/:other",
	                                                        .handle = nothing }),
	             WQ_EEXIST);
	wq_router_fini(&router);
	wq_router_fini(&router);
}

static void add_and_free(void)
{
	(void)add_all();
	wq_router_fini(&router);
}

WQ_TEST(every_allocation_may_fail)
{
	wq_fault_sweep("router", add_and_free, 200);
}

WQ_TEST(unescape_table)
{
	static const struct {
		const char *in;
		bool plus;
		const char *want; /* NULL: broken */
	} cases[] = {
		{ "", false, "" },         { "a+b", false, "a+b" },         { "a+b", true, "a b" },
		{ "%41%7a", false, "Az" }, { "%2F%2f", false, "//" },       { "%", false, NULL },
		{ "%4", false, NULL },     { "%4g", false, NULL },          { "%00", false, NULL },
		{ "%2B", true, "+" },      { "%C3%A4", false, "\xc3\xa4" },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		char out[32];
		long n = wq_unescape(wq_str(cases[i].in), cases[i].plus, out);

		WQ_CHECK_INT(cases[i].in, n < 0, cases[i].want == NULL);
		if (cases[i].want)
			WQ_CHECK_SLICE(cases[i].in, wq_strn(out, (size_t)n), cases[i].want);
	}
}

WQ_TEST_MAIN(WQ_CASE(find_table), WQ_CASE(a_head_route_of_its_own_wins),
             WQ_CASE(names_of_parameters), WQ_CASE(routes_stay_in_order_and_differ),
             WQ_CASE(every_allocation_may_fail), WQ_CASE(unescape_table))
