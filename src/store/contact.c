/* SPDX-License-Identifier: MIT */
/* contact.c — arguments of the con_ scripts, and their answers. */
#include "store/contact.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "io/redis/script.h"
#include "scripts.gen.h"

enum { NUMBER_BYTES = 24, PAGE_HEAD = 3, NOBODY = -9 };

static struct wq_str bytes(struct wq_str s)
{
	return s.p ? s : wq_str("");
}

static struct wq_str number(char out[NUMBER_BYTES], int64_t n)
{
	return wq_strn(out, (size_t)snprintf(out, NUMBER_BYTES, "%" PRId64, n));
}

int wq_contact_put_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                         const struct wq_contact_put *p,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	size_t argc = 1 + WQ_CON_PUT_ARGS + p->n * WQ_CON_PUT_ITEM_ARGS;
	struct wq_str *argv = wq_alloc(argc * sizeof(*argv)), *a = argv;
	char now[NUMBER_BYTES], revision[NUMBER_BYTES], most[3][NUMBER_BYTES];
	int rc;

	if (!argv)
		return WQ_RAISE(WQ_ENOMEM);
	*a++ = wq_str(k->state);
	a[WQ_CON_PUT_OWN] = wq_str(k->own);
	a[WQ_CON_PUT_NOW_MS] = number(now, p->now_ms);
	a[WQ_CON_PUT_ID] = bytes(p->id);
	a[WQ_CON_PUT_REV] = number(revision, p->rev);
	a[WQ_CON_PUT_TAGS_MAX] = number(most[0], WQ_CONTACT_TAGS_MAX);
	a[WQ_CON_PUT_ATTRS_MAX] = number(most[1], WQ_CONTACT_ATTRIBUTES_MAX);
	a[WQ_CON_PUT_NOTES_MAX] = number(most[2], WQ_CONTACT_NOTES_MAX);
	a[WQ_CON_PUT_DRY] = wq_str(p->dry ? "1" : "0");
	a += WQ_CON_PUT_ARGS;
	for (size_t i = 0; i < p->n; i++, a += WQ_CON_PUT_ITEM_ARGS) {
		a[WQ_CON_PUT_ITEM_WHAT] = wq_str(p->items[i].what);
		a[WQ_CON_PUT_ITEM_NAME] = bytes(p->items[i].name);
		a[WQ_CON_PUT_ITEM_VALUE] = bytes(p->items[i].value);
	}
	rc = wq_script_start(k->redis, cmd, &wq_script_con_put, argv, argc, cb);
	wq_free(argv);
	return rc;
}

int wq_contact_put_answer(const struct wq_redis_cmd *cmd, struct wq_str *id)
{
	int64_t n = wq_redis_int(wq_redis_at(cmd->reply, 0), NOBODY);

	*id = bytes(wq_redis_str(wq_redis_at(cmd->reply, 1)));
	return n >= WQ_CONTACT_TWO && n <= WQ_CONTACT_MADE
	               ? (int)n
	               : WQ_RAISE_MSG(WQ_EPROTO, "con_put answered in another form");
}

int wq_contact_show_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                          struct wq_str digest, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_CON_SHOW_ARGS];

	argv[0] = wq_str(k->state);
	argv[1 + WQ_CON_SHOW_OWN] = wq_str(k->own);
	argv[1 + WQ_CON_SHOW_ID] = bytes(id);
	argv[1 + WQ_CON_SHOW_DIGEST] = bytes(digest);
	return wq_script_start(k->redis, cmd, &wq_script_con_show, argv, WQ_COUNT(argv), cb);
}

bool wq_contact_show_answer(const struct wq_redis_cmd *cmd, struct wq_contact_row *out)
{
	const struct wq_redis_value *enrolled = wq_redis_at(cmd->reply, 2);

	*out = (struct wq_contact_row){
		.id = wq_redis_str(wq_redis_at(cmd->reply, 0)),
		.fields = wq_redis_at(cmd->reply, 1),
		.sequence = wq_redis_str(wq_redis_at(enrolled, 0)),
		.enrolment = wq_redis_str(wq_redis_at(enrolled, 1)),
		.step = wq_redis_int(wq_redis_at(enrolled, 2), 0),
		.due_ms = wq_redis_int(wq_redis_at(enrolled, 3), 0),
		.pending = wq_redis_int(wq_redis_at(cmd->reply, 3), 0),
	};
	return out->id.n > 0;
}

struct wq_str wq_contact_field(const struct wq_redis_value *fields, const char *name)
{
	size_t n = wq_redis_count(fields);

	for (size_t i = 0; i + 1 < n; i += 2)
		if (wq_str_is(wq_redis_str(wq_redis_at(fields, i)), name))
			return bytes(wq_redis_str(wq_redis_at(fields, i + 1)));
	return wq_strn(NULL, 0);
}

int64_t wq_contact_number(const struct wq_redis_value *fields, const char *name)
{
	uint64_t n;

	return wq_str_to_u64(wq_contact_field(fields, name), INT64_MAX, &n) ? (int64_t)n : 0;
}

static struct wq_str *write_filters(struct wq_str *a, const struct wq_contact_page *p, char *digits)
{
	_Static_assert((int)WQ_CON_LIST_ITEM_INDEX == (int)WQ_CON_FIND_ITEM_INDEX &&
	                       (int)WQ_CON_LIST_ITEM_ABOVE == (int)WQ_CON_FIND_ITEM_ABOVE,
	               "both have the same items");
	for (size_t i = 0; i < p->filters_n; i++, a += WQ_CON_LIST_ITEM_ARGS) {
		a[WQ_CON_LIST_ITEM_INDEX] = p->filters[i].index;
		a[WQ_CON_LIST_ITEM_WANT] = wq_str(p->filters[i].want ? "1" : "0");
		a[WQ_CON_LIST_ITEM_ABOVE] = number(digits + i * NUMBER_BYTES, p->filters[i].above);
	}
	return a;
}

static void write_list(struct wq_str *a, const struct wq_contact_page *p)
{
	a[WQ_CON_LIST_BY] = wq_str(p->by_last ? "last" : "made");
	a[WQ_CON_LIST_SCORE] = bytes(p->score);
	a[WQ_CON_LIST_ID] = bytes(p->id);
	a[WQ_CON_LIST_SAID] = wq_str(p->said ? "1" : "0");
}

static void write_find(struct wq_str *a, const struct wq_contact_page *p)
{
	a[WQ_CON_FIND_AFTER] = bytes(p->id);
	a[WQ_CON_FIND_WORDS] = p->words;
	a[WQ_CON_FIND_SAID] = wq_str(p->said ? "1" : "0");
}

int wq_contact_page_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                          const struct wq_contact_page *p,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + (int)WQ_CON_LIST_ARGS + (int)WQ_CON_FIND_ARGS +
	                   WQ_CONTACT_FILTERS_MAX * (int)WQ_CON_LIST_ITEM_ARGS],
		*a = argv + 1;
	char count[NUMBER_BYTES], looks[NUMBER_BYTES],
		digits[WQ_CONTACT_FILTERS_MAX * NUMBER_BYTES];
	bool find = p->words.n > 0;

	if (p->filters_n > WQ_CONTACT_FILTERS_MAX)
		return WQ_RAISE(WQ_EINVAL);
	argv[0] = wq_str(k->state);
	a[find ? (int)WQ_CON_FIND_OWN : (int)WQ_CON_LIST_OWN] = wq_str(k->own);
	a[find ? (int)WQ_CON_FIND_COUNT : (int)WQ_CON_LIST_COUNT] = number(count,
	                                                                   (int64_t)p->count);
	a[find ? (int)WQ_CON_FIND_LOOKS : (int)WQ_CON_LIST_LOOKS] = number(looks,
	                                                                   (int64_t)p->looks);
	if (find)
		write_find(a, p);
	else
		write_list(a, p);
	a = write_filters(a + (find ? (int)WQ_CON_FIND_ARGS : (int)WQ_CON_LIST_ARGS), p, digits);
	return wq_script_start(k->redis, cmd, find ? &wq_script_con_find : &wq_script_con_list,
	                       argv, (size_t)(a - argv), cb);
}

int wq_contact_page_answer(const struct wq_redis_cmd *cmd, struct wq_str *score, struct wq_str *id,
                           uint64_t *looked)
{
	size_t n = wq_redis_count(cmd->reply);

	*score = bytes(wq_redis_str(wq_redis_at(cmd->reply, 0)));
	*id = bytes(wq_redis_str(wq_redis_at(cmd->reply, 1)));
	*looked = (uint64_t)wq_redis_int(wq_redis_at(cmd->reply, 2), 0);
	return n >= PAGE_HEAD ? (int)(n - PAGE_HEAD)
	                      : WQ_RAISE_MSG(WQ_EPROTO, "con_list answered in another form");
}

void wq_contact_page_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_contact_row *out)
{
	const struct wq_redis_value *row = wq_redis_at(cmd->reply, PAGE_HEAD + i);

	*out = (struct wq_contact_row){
		.id = bytes(wq_redis_str(wq_redis_at(row, 0))),
		.fields = wq_redis_at(row, 1),
		.mark = wq_redis_str(wq_redis_at(row, 2)),
		.at_ms = wq_redis_int(wq_redis_at(row, 3), 0),
		.said = wq_redis_at(row, 4),
	};
}

int wq_contact_said_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                          struct wq_str score, struct wq_str mark, uint64_t count,
                          void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_CON_HIST_ARGS];
	char most[NUMBER_BYTES];

	argv[0] = wq_str(k->state);
	argv[1 + WQ_CON_HIST_OWN] = wq_str(k->own);
	argv[1 + WQ_CON_HIST_ID] = id;
	argv[1 + WQ_CON_HIST_SCORE] = bytes(score);
	argv[1 + WQ_CON_HIST_MARK] = bytes(mark);
	argv[1 + WQ_CON_HIST_COUNT] = number(most, (int64_t)count);
	return wq_script_start(k->redis, cmd, &wq_script_con_hist, argv, WQ_COUNT(argv), cb);
}

int wq_contact_said_answer(const struct wq_redis_cmd *cmd, bool *more)
{
	size_t n = wq_redis_count(cmd->reply);

	*more = wq_str_is(wq_redis_str(wq_redis_at(cmd->reply, 0)), "more");
	return (int)n < 2 ? -1 : (int)n - 2;
}

void wq_contact_said_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_contact_row *out)
{
	const struct wq_redis_value *row = wq_redis_at(cmd->reply, 2 + i);

	*out = (struct wq_contact_row){
		.id = bytes(wq_redis_str(wq_redis_at(cmd->reply, 1))),
		.mark = bytes(wq_redis_str(wq_redis_at(row, 0))),
		.at_ms = wq_redis_int(wq_redis_at(row, 1), 0),
		.said = wq_redis_at(row, 2),
	};
}

int wq_contact_notes_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str id,
                           void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_CON_NOTES_ARGS];

	argv[0] = wq_str(k->state);
	argv[1 + WQ_CON_NOTES_OWN] = wq_str(k->own);
	argv[1 + WQ_CON_NOTES_ID] = id;
	return wq_script_start(k->redis, cmd, &wq_script_con_notes, argv, WQ_COUNT(argv), cb);
}

const struct wq_redis_value *wq_contact_notes_answer(const struct wq_redis_cmd *cmd)
{
	return wq_redis_count(cmd->reply) == 2 ? wq_redis_at(cmd->reply, 1) : NULL;
}

int wq_contact_forget_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                            struct wq_str id, struct wq_str by, struct wq_str why,
                            void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_CON_ERASE_ARGS];
	char now[NUMBER_BYTES], most[NUMBER_BYTES];

	argv[0] = wq_str(k->state);
	argv[1 + WQ_CON_ERASE_OWN] = wq_str(k->own);
	argv[1 + WQ_CON_ERASE_NOW_MS] = number(now, now_ms);
	argv[1 + WQ_CON_ERASE_ID] = id;
	argv[1 + WQ_CON_ERASE_MOST] = number(most, WQ_CONTACT_ERASE_STEP);
	argv[1 + WQ_CON_ERASE_BY] = bytes(by);
	argv[1 + WQ_CON_ERASE_WHY] = bytes(why);
	return wq_script_start(k->redis, cmd, &wq_script_con_erase, argv, WQ_COUNT(argv), cb);
}

int wq_contact_forgot(const struct wq_redis_cmd *cmd)
{
	int64_t n = wq_redis_int(wq_redis_at(cmd->reply, 0), NOBODY);

	return n >= -1 && n <= 1 ? (int)n
	                         : WQ_RAISE_MSG(WQ_EPROTO, "con_erase answered in another form");
}

bool wq_contact_forgot_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_str *id)
{
	*id = bytes(wq_redis_str(wq_redis_at(cmd->reply, 1 + i)));
	return 1 + i < wq_redis_count(cmd->reply);
}

int wq_contact_erasures_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                              struct wq_str before, uint64_t count,
                              void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	char key[WQ_SEND_OWN_MAX_BYTES + 8], end[WQ_CONTACT_STREAM_ID_BYTES + 1], n[NUMBER_BYTES];
	const struct wq_str argv[] = { WQ_STR("XREVRANGE"), { key, strlen(k->own) + 6 },
		                       before.n ? wq_strn(end, before.n + 1) : wq_str("+"),
		                       WQ_STR("-"), WQ_STR("COUNT"), number(n, (int64_t)count) };

	if (before.n >= WQ_CONTACT_STREAM_ID_BYTES)
		return WQ_RAISE(WQ_EINVAL);
	snprintf(key, sizeof(key), "%serased", k->own);
	snprintf(end, sizeof(end), "(%.*s", WQ_STR_ARG(before));
	return wq_redis_start(k->redis, cmd, argv, WQ_COUNT(argv), cb);
}
