/* SPDX-License-Identifier: MIT */
/* send.c — `willaq bench send`: text messages to any endpoint that takes them as Meta's Graph API does. */
#include <inttypes.h>
#include <stdio.h>

#include "app/bench/body.h"
#include "app/bench/command.h"
#include "app/bench/post.h"
#include "base/alloc.h"
#include "base/err.h"
#include "base/json_pool.h"
#include "base/url.h"

enum {
	CONNECTIONS = 50,
	PEOPLE = 1000,
	PEOPLE_MAX = 99999999,
	TO_MAX = 1000,
	BODY_MAX_BYTES = 1048576,
	ANSWER_KEEP_BYTES = 8192,
	ANSWER_DEPTH_MAX = 16,
	URL_MAX_BYTES = 2048,
};

struct send {
	struct wq_bench_common common;
	struct wq_bench_subject subject;
	struct wq_buf token, url, bearer;
	struct wq_str to[TO_MAX]; /* borrowed of the arguments */
	unsigned to_n;            /* 0: people who do not exist */
	uint32_t people;
	struct wq_bench_body front, back; /* up to the recipient, and behind it */
	size_t body_bytes;                /* 0: as it comes */
	uint64_t written;
	uint64_t without_id, coded;
	struct wq_json_pool pool;
};

#define FRONT "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\""
#define BACK "\",\"type\":\"text\",\"text\":{\"body\":\"Message <n> <pad>\"}}"

static int write(void *ctx, bool counts, struct wq_buf *head, struct wq_buf *body)
{
	struct send *s = ctx;
	struct wq_bench_item i = { .n = s->written++ };
	char made_up[16];
	struct wq_str to;
	int rc;

	(void)counts;
	(void)head;
	if (s->to_n) {
		to = s->to[i.n % s->to_n];
	} else {
		(void)snprintf(made_up, sizeof(made_up), "5939%08u",
		               (unsigned)(i.n % s->people) + 1);
		to = wq_str(made_up);
	}
	rc = wq_bench_body_write(&s->front, &i, body);
	if (rc == 0)
		rc = wq_buf_add_str(body, to);
	return rc < 0 ? rc : wq_bench_body_write(&s->back, &i, body);
}

static bool has_id(yyjson_val *root)
{
	yyjson_val *first = yyjson_arr_get_first(wq_json_get(root, "messages"));

	return wq_json_get_str(first, "id").n > 0;
}

/* An error is told by Graph's code, which says more than HTTP's: 130429, 131056, 190 … */
static enum wq_bench_outcome judge(void *ctx, bool counts, const struct wq_load_call *call,
                                   int *status)
{
	struct send *s = ctx;
	yyjson_val *root = NULL;
	bool readable = wq_json_pool_read(&s->pool, call->body, ANSWER_DEPTH_MAX, &root) == 0;
	int64_t code = readable ? wq_json_get_int(wq_json_get(root, "error"), "code", 0) : 0;

	if (call->status == 200 && readable && has_id(root))
		return WQ_BENCH_OK;
	if (call->status == 200 && !code)
		s->without_id += counts;
	if (code > 0 && code <= INT32_MAX) {
		s->coded += counts;
		*status = (int)code;
	}
	return WQ_BENCH_REFUSED;
}

static void facts(void *ctx, struct wq_bench_subject *subject)
{
	const struct send *s = ctx;

	wq_bench_fact(subject, "error_codes", "", (double)s->coded);
	wq_bench_fact(subject, "without_id", "", (double)s->without_id);
	if (s->without_id)
		wq_bench_note(subject,
		              "%" PRIu64
		              " answers were 200 and named no message: messages[0].id is missing",
		              s->without_id);
	if (s->coded)
		wq_bench_note(
			subject,
			"a refusal that has an error.code is counted by it, not by HTTP's status");
}

static bool is_number(struct wq_str s)
{
	uint64_t n;

	if (s.n && s.p[0] == '+')
		s = wq_strn(s.p + 1, s.n - 1);
	return s.n >= 5 && s.n <= 15 && wq_str_to_u64(s, UINT64_MAX, &n);
}

static bool read_to(struct send *s, const struct wq_args *args)
{
	struct wq_str rest = wq_str(wq_args_option(args, "to")), one;

	while (rest.p && s->to_n < TO_MAX && wq_str_next(&rest, ',', &one)) {
		one = wq_str_trim(one);
		if (!is_number(one)) {
			fprintf(stderr,
			        "willaq: --to takes phone numbers with commas between, as +593900000001\n");
			return false;
		}
		s->to[s->to_n++] = one;
	}
	if (!rest.p || s->to_n < TO_MAX)
		return true;
	fprintf(stderr, "willaq: --to takes %d numbers at most; --people makes up more\n", TO_MAX);
	return false;
}

/* Numbers that are made up may be somebody's. */
static bool may_make_up(const struct wq_url *u)
{
	return !wq_str_is_nocase(u->host, "graph.facebook.com");
}

static bool read_people(struct send *s, const struct wq_args *args, const struct wq_url *u)
{
	uint64_t people = PEOPLE;

	if (!read_to(s, args) || !wq_bench_read_count(args, "people", 1, PEOPLE_MAX, &people))
		return false;
	s->people = (uint32_t)people;
	if (s->to_n && wq_args_option(args, "people")) {
		fprintf(stderr, "willaq: --to and --people each say who gets messages: give one\n");
		return false;
	}
	if (s->to_n || may_make_up(u))
		return true;
	fprintf(stderr, "willaq: to Meta itself bench sends only to numbers that you name: --to\n");
	return false;
}

static bool is_id(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.",
		            s.p[i]))
			return false;
	return s.n > 0;
}

/* URL/PHONE_NUMBER_ID/messages; false: a sentence was printed. */
static bool read_url(struct send *s, const struct wq_args *args, struct wq_url *u)
{
	const char *url = wq_args_option(args, "url"),
		   *id = wq_args_option(args, "phone-number-id"), *why = "";
	struct wq_str base = wq_str(url);

	wq_buf_init(&s->url, URL_MAX_BYTES);
	if (!base.n) {
		fprintf(stderr, "willaq: bench send needs --url, the API with its version: "
		                "--url http://127.0.0.1:8790/v24.0\n");
		return false;
	}
	if (!id || !is_id(wq_str(id))) {
		fprintf(stderr, "willaq: bench send needs --phone-number-id, which number sends\n");
		return false;
	}
	while (base.n && base.p[base.n - 1] == '/')
		base.n--;
	if (!wq_url_parse(base, u, &why) || u->query.p) {
		fprintf(stderr, "willaq: --url: %s\n",
		        u->query.p ? "no query can stand in it" : why);
		return false;
	}
	if (wq_buf_addf(&s->url, "%.*s/%s/messages", WQ_STR_ARG(base), id) < 0 ||
	    !wq_buf_text(&s->url)) {
		fprintf(stderr, "willaq: --url is too long\n");
		return false;
	}
	return true;
}

static bool read_token(struct send *s, const struct wq_args *args)
{
	if (!wq_bench_read_secret(args, "token", &s->token))
		return false;
	wq_buf_init(&s->bearer, URL_MAX_BYTES);
	if (!s->token.n) {
		fprintf(stderr,
		        "willaq: bench send needs --token, the access token (- is a line of stdin, --token-file a "
		        "file)\n");
		return false;
	}
	return wq_buf_addf(&s->bearer, "Bearer %.*s", WQ_STR_ARG(wq_buf_str(&s->token))) == 0;
}

static bool make_body(struct send *s, const struct wq_args *args)
{
	uint64_t bytes = 0, least;

	if (!wq_bench_read_count(args, "body", 1, BODY_MAX_BYTES, &bytes) ||
	    wq_bench_body_init(&s->front, FRONT, NULL, NULL, 0) < 0 ||
	    wq_bench_body_init(&s->back, BACK, NULL, NULL, 0) < 0)
		return false;
	least = wq_bench_body_least(&s->front) + wq_bench_body_least(&s->back) + 12;
	s->body_bytes = bytes > least ? bytes : least;
	if (bytes && bytes < least) {
		fprintf(stderr,
		        "willaq: --body is too small: a message has %" PRIu64 " bytes at least\n",
		        least);
		return false;
	}
	(void)wq_bench_body_stretch(&s->back,
	                            wq_bench_body_least(&s->back) + (bytes ? bytes - least : 0));
	return true;
}

static bool read_options(struct send *s, const struct wq_args *args)
{
	struct wq_url u = { .port = 0 };

	return read_url(s, args, &u) && read_token(s, args) &&
	       wq_bench_common_read(&s->common, args, CONNECTIONS) && read_people(s, args, &u) &&
	       make_body(s, args);
}

static enum wq_exit post(struct send *s, const struct wq_args *args)
{
	const struct wq_load_field fields[] = { { "Content-Type", wq_str("application/json") },
		                                { "User-Agent", wq_str("willaq-bench") },
		                                { "Authorization", wq_buf_str(&s->bearer) } };
	const struct wq_bench_post p = { .common = &s->common,
		                         .args = args,
		                         .subject = &s->subject,
		                         .url = s->url.p,
		                         .fields = fields,
		                         .fields_n = WQ_COUNT(fields),
		                         .keep_bytes = ANSWER_KEEP_BYTES,
		                         .write = write,
		                         .judge = judge,
		                         .facts = facts,
		                         .ctx = s };

	s->subject =
		(struct wq_bench_subject){ .kind = "send",
		                           .unit = "messages",
		                           .latency = "from due to the provider's whole answer" };
	wq_bench_setting(&s->subject, "body_bytes", "%zu", s->body_bytes);
	wq_bench_setting(&s->subject, "people", "%" PRIu32, s->to_n ? s->to_n : s->people);
	return wq_bench_post(&p);
}

static void fini(struct send *s)
{
	if (s->token.p)
		wq_wipe(s->token.p, s->token.cap);
	if (s->bearer.p)
		wq_wipe(s->bearer.p, s->bearer.cap);
	wq_buf_fini(&s->token);
	wq_buf_fini(&s->bearer);
	wq_buf_fini(&s->url);
	wq_bench_body_fini(&s->front);
	wq_bench_body_fini(&s->back);
	wq_json_pool_fini(&s->pool);
	wq_free(s);
}

enum wq_exit wq_bench_send(const struct wq_settings *settings, const struct wq_args *args)
{
	struct send *s = wq_zalloc(sizeof(*s));
	enum wq_exit code = WQ_EXIT_USAGE;

	(void)settings;
	if (!s) {
		fprintf(stderr, "willaq: out of memory\n");
		return WQ_EXIT_FAILED;
	}
	wq_json_pool_init(&s->pool);
	if (read_options(s, args))
		code = post(s, args);
	fini(s);
	return code;
}
