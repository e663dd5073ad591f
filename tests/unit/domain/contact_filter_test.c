/* SPDX-License-Identifier: MIT */
/* contact_filter_test.c — what people ask of a list, as indices. */
#include "domain/contact/filter.h"

#include "domain/contact/list.h"
#include "support/test.h"

enum { NOW = 1000, SHOWN_BYTES = 256 };

static const struct {
	const char *query, *want; /* "name=value name=value"; "[!]index[>above] …", words, order */
} cases[] = {
	{ "", "made" },
	{ "tag=a", "tag:a made" },
	{ "tag=a,b not_tag=c", "tag:a tag:b !tag:c made" },
	{ "attribute=city=Quito", "a:city=Quito made" },
	{ "assigned=none", "!assigned made" },
	{ "assigned=ana", "to:ana made" },
	{ "unread=true opted_out=false", "unread !optout made" },
	{ "blocked=true sort=last", "blocked last" },
	{ "window=open", "window>1000 made" },
	{ "window=closed", "!window>1000 made" },
	{ "q=María+PÉREZ", "(maria perez) made" },
	{ "tag=", "?" },
	{ "tag=a,,b", "?" },
	{ "unread=1", "?" },
	{ "window=ajar", "?" },
	{ "sort=name", "?" },
	{ "q=!!", "?" },
	{ "tag=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16", "tag:1 tag:2 tag:3 tag:4 tag:5 tag:6 tag:7 tag:8 tag:9 tag:10 "
	                                                 "tag:11 tag:12 tag:13 tag:14 tag:15 tag:16 made" },
	{ "tag=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", "?" },
};

static struct wq_str word(void *ctx, const char *name)
{
	struct wq_str rest = wq_str(ctx), pair, key;

	while (rest.n && wq_str_next(&rest, ' ', &pair))
		if (wq_str_next(&pair, '=', &key) && wq_str_is(key, name))
			return pair.p ? pair : wq_str("");
	return wq_strn(NULL, 0);
}

static void show(const char *query, char out[SHOWN_BYTES])
{
	char copy[SHOWN_BYTES];
	struct wq_contact_query q = { .n = 0 };
	struct wq_arena a;
	size_t used = 0;

	snprintf(copy, sizeof(copy), "%s", query);
	for (char *c = copy; *c; c++)
		*c = *c == '+' ? '\t' : *c;
	wq_arena_init(&a, 1 << 16);
	if (wq_contact_query_read(&q, NOW, word, copy, &a)) {
		snprintf(out, SHOWN_BYTES, "?");
	} else {
		for (size_t i = 0; i < q.n; i++) {
			const struct wq_contact_filter *f = &q.filters[i];

			used += (size_t)snprintf(out + used, SHOWN_BYTES - used, "%s%.*s",
			                         f->want ? "" : "!", WQ_STR_ARG(f->index));
			used += (size_t)snprintf(out + used, SHOWN_BYTES - used,
			                         f->above ? ">%lld " : " ", (long long)f->above);
		}
		if (q.words.n)
			used += (size_t)snprintf(out + used, SHOWN_BYTES - used, "(%.*s) ",
			                         WQ_STR_ARG(q.words));
		snprintf(out + used, SHOWN_BYTES - used, "%s", q.by_last ? "last" : "made");
	}
	wq_arena_fini(&a);
}

WQ_TEST(filters_are_indices)
{
	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		char out[SHOWN_BYTES];

		show(cases[i].query, out);
		WQ_CHECK_STR(cases[i].query, out, cases[i].want);
	}
}

WQ_TEST(a_place_is_what_a_list_told)
{
	static const char *const good[] = { "1700000000000/c01ab", "0/c0" };
	static const char *const bad[] = {
		"",     "x",     "/",     "1/",     "/c0",
		"1/C0", "-1/c0", "1/c0 ", "1.5/c0", "99999999999999999999/c0"
	};
	const struct wq_contact_query plain = { .n = 0 }, words = { .words = WQ_STR("ana") };

	for (size_t i = 0; i < WQ_COUNT(good); i++)
		WQ_CHECK(good[i], wq_contact_place_is(wq_str(good[i]), &plain));
	for (size_t i = 0; i < WQ_COUNT(bad); i++)
		WQ_CHECK(bad[i], !wq_contact_place_is(wq_str(bad[i]), &plain));
	WQ_CHECK("an entry", wq_contact_place_is(wq_str("ana c01"), &words));
	WQ_CHECK("no entry", !wq_contact_place_is(wq_str("1/c01"), &words));
}

WQ_TEST_MAIN(WQ_CASE(filters_are_indices), WQ_CASE(a_place_is_what_a_list_told))
