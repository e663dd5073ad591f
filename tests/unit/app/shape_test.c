/* SPDX-License-Identifier: MIT */
/* shape_test.c — shapes as JSON Schema, and those that cannot be read. */
#include "app/shape.h"

#include "app/api/shapes.h"
#include "base/err.h"
#include "base/limits.h"
#include "support/test.h"

static int write(const char *shape, struct wq_buf *out)
{
	struct wq_jsonw w;
	int rc;

	wq_buf_clear(out);
	wq_jsonw_begin(&w, out);
	rc = wq_shape_write(&w, wq_str(shape));
	return rc < 0 ? rc : wq_jsonw_end(&w);
}

WQ_TEST(shapes)
{
	/* clang-format off: read by line */
	static const struct { const char *shape, *schema; } cases[] = {
		{ "string", "{'type':'string'}" },
		{ " any ", "{}" },
		{ "0..", "{'type':'integer','minimum':0}" },
		{ "1..1000", "{'type':'integer','minimum':1,'maximum':1000}" },
		{ "'a'", "{'enum':['a']}" },
		{ "'a'|'b c'", "{'enum':['a','b c']}" },
		{ "string|null", "{'anyOf':[{'type':'string'},{'type':'null'}]}" },
		{ "Job", "{'$ref':'#/components/schemas/Job'}" },
		{ "Job[]", "{'type':'array','items':{'$ref':'#/components/schemas/Job'}}" },
		{ "(Job|null)[]",
		  "{'type':'array','items':{'anyOf':[{'$ref':'#/components/schemas/Job'},{'type':'null'}]}}" },
		{ "{a: string, b-c?: {d: 'x'|'y'}}",
		  "{'type':'object','properties':{'a':{'type':'string'},"
		  "'b-c':{'type':'object','properties':{'d':{'enum':['x','y']}},'required':['d']}},'required':['a']}" },
		{ "exact {a?: any}",
		  "{'type':'object','properties':{'a':{}},'required':[],'additionalProperties':false}" },
		{ "exact {a: any}|exact {b: any}",
		  "{'anyOf':[{'type':'object','properties':{'a':{}},'required':['a'],'additionalProperties':false},"
		  "{'type':'object','properties':{'b':{}},'required':['b'],'additionalProperties':false}]}" },
	};
	/* clang-format on */
	struct wq_buf out;

	wq_buf_init(&out, 4096);
	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		WQ_CHECK_INT(cases[i].shape, write(cases[i].shape, &out), 0);
		for (size_t k = 0; k < out.n; k++)
			if (out.p[k] == '"')
				out.p[k] = '\'';
		WQ_CHECK_SLICE(cases[i].shape, wq_buf_str(&out), cases[i].schema);
	}
	wq_buf_fini(&out);
}

WQ_TEST(nonsense)
{
	static const char *const cases[] = { "",    "text",   "1.",       "..2",   "1..x",
		                             "{a}", "{a: }",  "{: any}",  "{a: any",  "any}",
		                             "[]",  "any||any", "{a: any,}", "exact any" };
	struct wq_buf out;

	wq_buf_init(&out, 4096);
	for (size_t i = 0; i < WQ_COUNT(cases); i++)
		WQ_CHECK_INT(cases[i], write(cases[i], &out), WQ_EINVAL);
	WQ_CHECK_INT("deep", write("any[][][][][][][][][][][][][][][][][]", &out), WQ_ETOOBIG);
	wq_buf_fini(&out);
}

WQ_TEST(members)
{
	struct wq_str rest = wq_shape_members(wq_str("exact {a?: 'x'|'y', b: {c: any, d: any}}"));
	struct wq_shape_member m;

	WQ_CHECK("first", wq_shape_next(&rest, &m) && m.optional);
	WQ_CHECK_SLICE("first", m.name, "a");
	WQ_CHECK_SLICE("first", m.shape, "'x'|'y'");
	WQ_CHECK("second", wq_shape_next(&rest, &m) && !m.optional);
	WQ_CHECK_SLICE("second", m.shape, "{c: any, d: any}");
	WQ_CHECK("no third", !wq_shape_next(&rest, &m) && !rest.p);
	WQ_CHECK("no object", !wq_shape_members(wq_str("{a: any}|{b: any}")).p);
	WQ_CHECK("no object", !wq_shape_members(wq_str("Job[]")).p);
	WQ_CHECK("nothing", !wq_shape_members(wq_str(NULL)).p);
}

/* Each named shape can be read, and there is room to tell all of them. */
WQ_TEST(named)
{
	struct wq_buf out;
	size_t n = 0;

	wq_buf_init(&out, 65536);
	for (; wq_api_shapes[n].name; n++)
		WQ_CHECK_INT(wq_api_shapes[n].name, write(wq_api_shapes[n].shape, &out), 0);
	WQ_CHECK("room", n <= WQ_SHAPES_MAX);
	WQ_CHECK("mentioned", wq_shape_mentions(wq_str("(Job|null)[]"), wq_str("Job")));
	WQ_CHECK("another", !wq_shape_mentions(wq_str("NewJob|Jobs|Job_"), wq_str("Job")));
	wq_buf_fini(&out);
}

WQ_TEST_MAIN(WQ_CASE(shapes), WQ_CASE(nonsense), WQ_CASE(members), WQ_CASE(named))
