/* SPDX-License-Identifier: MIT */
/* http_fuzz.c — any bytes as the requests of one connection.
 *
 * The first byte chooses bounds and places to cut.  The rest is read whole, byte by byte and cut at random: the three
 * must agree on every request, every byte of a body and the refusal.  And what our parser takes for one request must be
 * one request to llhttp alone, with the same body: nobody behind us may find a second one in it.
 */
#include <llhttp.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/limits.h"
#include "base/random.h"
#include "io/server/parse.h"

enum { HEAD_MAX = 4096, BODY_MAX = 2048, TEXT_MAX = 1 << 20, REQUEST_MAX = 1 << 17 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct reading {
	struct wq_parse parse;
	struct wq_buf text;  /* what was read, as one transcript */
	struct wq_buf bytes; /* those of the request being read */
	struct wq_buf body;
	bool ended;
};

static int on_body(llhttp_t *h, const char *at, size_t n)
{
	struct wq_buf *body = h->data;

	return wq_buf_add(body, at, n) < 0 ? HPE_USER : 0;
}

static int on_complete(llhttp_t *h)
{
	(void)h;
	return HPE_PAUSED;
}

/* llhttp alone comes to the same end. */
static void ask_llhttp(const struct reading *r)
{
	static const llhttp_settings_t settings = { .on_body = on_body,
		                                    .on_message_complete = on_complete };
	struct wq_buf body;
	llhttp_errno_t rc;
	llhttp_t h;

	wq_buf_init(&body, REQUEST_MAX);
	llhttp_init(&h, HTTP_REQUEST, &settings);
	h.data = &body;
	rc = llhttp_execute(&h, r->bytes.p, r->bytes.n);
	WQ_REQUIRE(rc == HPE_PAUSED || rc == HPE_PAUSED_UPGRADE);
	WQ_REQUIRE(llhttp_get_error_pos(&h) == r->bytes.p + r->bytes.n);
	WQ_REQUIRE(wq_str_eq(wq_buf_str(&body), wq_buf_str(&r->body)));
	wq_buf_fini(&body);
}

static void note_head(struct reading *r)
{
	struct wq_parse *p = &r->parse;

	WQ_REQUIRE(p->fields_n <= WQ_SERVER_HEADERS_MAX && p->head.n <= HEAD_MAX);
	WQ_REQUIRE(p->target.n <= WQ_SERVER_TARGET_MAX_BYTES && p->target.n > 0);
	WQ_REQUIRE(!p->chunked || p->length == 0);
	wq_buf_addf(&r->text, "%s %.*s %d %d\n", wq_method_name(p->method), WQ_STR_ARG(p->target),
	            p->keep_alive, p->expects_continue);
	for (unsigned i = 0; i < p->fields_n; i++) {
		struct wq_str name = wq_parse_name(p, i), value = wq_parse_value(p, i);

		WQ_REQUIRE(name.n > 0 && (value.n == 0 || !memchr(value.p, '\n', value.n)));
		wq_buf_add_str(&r->text, name);
		wq_buf_add_char(&r->text, ':');
		wq_buf_add_str(&r->text, value);
		wq_buf_add_char(&r->text, '\n');
	}
}

static void note_end(struct reading *r)
{
	WQ_REQUIRE(r->body.n <= BODY_MAX);
	wq_buf_add_str(&r->text, wq_buf_str(&r->body));
	wq_buf_add_text(&r->text, "\nEND\n");
	ask_llhttp(r);
	r->ended = !r->parse.keep_alive;
	wq_parse_reset(&r->parse);
	wq_buf_clear(&r->bytes);
	wq_buf_clear(&r->body);
}

static bool act(struct reading *r, enum wq_parse_event e, struct wq_str piece)
{
	switch (e) {
	case WQ_PARSE_HEAD:
		note_head(r);
		return true;
	case WQ_PARSE_BODY:
		WQ_REQUIRE(piece.n > 0);
		wq_buf_add_str(&r->body, piece);
		return true;
	case WQ_PARSE_END:
		note_end(r);
		return true;
	case WQ_PARSE_REFUSED:
		WQ_REQUIRE(r->parse.status >= 400 && r->parse.why);
		wq_buf_addf(&r->text, "%d %s\n", r->parse.status, r->parse.why);
		r->ended = true;
		return true;
	default:
		return false;
	}
}

/* A copy of its own size, so that a read beyond its end is seen. */
static void feed(struct reading *r, const char *p, size_t n)
{
	char *copy = wq_alloc(n > 0 ? n : 1);
	struct wq_str in = wq_strn(copy, n), piece = { NULL, 0 };
	bool more = true;

	WQ_REQUIRE(copy);
	memcpy(copy, p, n);
	while (more && !r->ended) {
		const char *before = in.p;
		enum wq_parse_event e = wq_parse_feed(&r->parse, &in, &piece);

		wq_buf_add(&r->bytes, before, (size_t)(in.p - before));
		more = act(r, e, piece);
	}
	WQ_REQUIRE(r->ended || in.n == 0);
	wq_free(copy);
}

static void begin(struct reading *r)
{
	r->ended = false;
	wq_parse_init(&r->parse, HEAD_MAX, BODY_MAX);
	wq_buf_init(&r->text, TEXT_MAX);
	wq_buf_init(&r->bytes, REQUEST_MAX);
	wq_buf_init(&r->body, BODY_MAX);
}

static void end(struct reading *r)
{
	wq_parse_fini(&r->parse);
	wq_buf_fini(&r->text);
	wq_buf_fini(&r->bytes);
	wq_buf_fini(&r->body);
}

/* In pieces of 1 to `most` bytes. */
static void read_in_pieces(struct reading *r, struct wq_str bytes, size_t most, struct wq_rng *rng)
{
	begin(r);
	while (bytes.n > 0 && !r->ended) {
		size_t n = 1 + wq_rng_below(rng, most);

		n = n < bytes.n ? n : bytes.n;
		feed(r, bytes.p, n);
		bytes = wq_strn(bytes.p + n, bytes.n - n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading whole, pieces;
	struct wq_str bytes;
	struct wq_rng rng;

	if (size < 1 || size > REQUEST_MAX)
		return -1;
	wq_rng_init(&rng, data[0]);
	bytes = wq_strn((const char *)data + 1, size - 1);
	begin(&whole);
	feed(&whole, bytes.p, bytes.n);
	for (int i = 0; i < 2; i++) {
		read_in_pieces(&pieces, bytes, i == 0 ? 1 : 1 + data[0] % 64, &rng);
		WQ_REQUIRE(wq_str_eq(wq_buf_str(&whole.text), wq_buf_str(&pieces.text)));
		end(&pieces);
	}
	end(&whole);
	return 0;
}
