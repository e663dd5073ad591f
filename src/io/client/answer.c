/* SPDX-License-Identifier: MIT */
/* answer.c — what comes back: heads, body, and what a failure means for the request. */
#include "base/alloc.h"
#include "base/err.h"
#include "io/client/state.h"

static size_t stop(struct wq_call_state *st, int rc)
{
	st->data_rc = rc;
	return 0; /* not what curl handed over: it ends with CURLE_WRITE_ERROR */
}

/* "HTTP/1.1 200 OK": a head begins; those before it were interim answers. */
static void begin_head(struct wq_call_state *st, struct wq_str line)
{
	size_t space = wq_str_find(line, ' ');
	uint64_t status = 0;

	wq_buf_clear(&st->head);
	if (line.n >= space + 4)
		(void)wq_str_to_u64(wq_strn(line.p + space + 1, 3), 999, &status);
	st->interim = (int)status;
	if (status >= 200)
		st->call->status = (int)status;
}

size_t wq_answer_on_header(char *p, size_t size, size_t n, void *ctx)
{
	struct wq_call_state *st = ((struct wq_handle *)ctx)->st;
	struct wq_str line = { p, size * n };

	wq_call_touch(st);
	if (st->phase != WQ_CALL_RUNNING)
		return stop(st, st->rc);
	st->head_bytes += line.n;
	if (st->head_bytes > WQ_CLIENT_HEAD_MAX_BYTES)
		return stop(st, WQ_ETOOBIG);
	if (st->head_done)
		return line.n; /* a trailer says nothing that may be believed */
	if (wq_str_starts(line, "HTTP/")) {
		begin_head(st, line);
		return line.n;
	}
	if (line.n <= 2 && line.n > 0 && (p[0] == '\r' || p[0] == '\n')) {
		st->head_done = st->interim >= 200;
		return line.n;
	}
	if (wq_buf_add_str(&st->head, line) < 0)
		return stop(st, WQ_ENOMEM);
	return line.n;
}

size_t wq_answer_on_body(char *p, size_t size, size_t n, void *ctx)
{
	struct wq_call_state *st = ((struct wq_handle *)ctx)->st;
	struct wq_str piece = { p, size * n };
	int rc;

	wq_call_touch(st);
	if (st->phase != WQ_CALL_RUNNING)
		return stop(st, st->rc);
	if (piece.n > st->body_max - st->body_bytes)
		return stop(st, WQ_ETOOBIG);
	st->body_bytes += piece.n;
	rc = st->call->on_data ? st->call->on_data(st->call, piece)
	                       : wq_buf_add_str(&st->call->body_in, piece);
	return rc < 0 ? stop(st, rc) : piece.n;
}

static bool is_tls(CURLcode code)
{
	switch (code) {
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CRL_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_ENGINE_INITFAILED:
	case CURLE_SSL_INVALIDCERTSTATUS:
	case CURLE_USE_SSL_FAILED:
		return true;
	default:
		return false;
	}
}

/* Not one byte of the request was written. */
static int judge_unsent(const struct wq_call_state *st, CURLcode code)
{
	if (st->denied)
		return WQ_EDENIED;
	if (is_tls(code))
		return WQ_ETLS;
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return WQ_ERESOLVE;
	case CURLE_OPERATION_TIMEDOUT:
		return WQ_ETIMEDOUT;
	case CURLE_OUT_OF_MEMORY:
		return WQ_RAISE(WQ_ENOMEM);
	default:
		return WQ_ECONNECT;
	}
}

int wq_answer_judge(const struct wq_call_state *st, CURLcode code)
{
	if (code == CURLE_OK)
		return st->head_done ? 0 : WQ_ELOST; /* curl is content with half a head */
	if (st->forbidden)
		return WQ_ECANCELED;
	if (!st->call->sent)
		return judge_unsent(st, code);
	if (st->repeated)
		return WQ_ELOST;
	switch (code) {
	case CURLE_WRITE_ERROR:
		return st->data_rc < 0 ? st->data_rc : WQ_EPROTO;
	case CURLE_OPERATION_TIMEDOUT:
		return WQ_ETIMEDOUT;
	case CURLE_OUT_OF_MEMORY: /* also, with memory enough: a header line longer than curl's own bound */
		return st->refusals == wq_alloc_refusals() && !st->head_done ? WQ_ETOOBIG
		                                                             : WQ_RAISE(WQ_ENOMEM);
#if LIBCURL_VERSION_NUM >= 0x080600
	case CURLE_TOO_LARGE: /* later ones also count the lines of a head */
		return WQ_ETOOBIG;
#endif
	case CURLE_UNSUPPORTED_PROTOCOL: /* HTTP/0.9, or a version that nobody knows */
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_BAD_CONTENT_ENCODING:
		return WQ_EPROTO;
	default: /* CURLE_HTTP2 too: the connection is over while the stream is open, for whatever reason */
		return WQ_ELOST;
	}
}

/* The value of a header line of that name; p == NULL: it is another's. */
static struct wq_str value_of(struct wq_str line, const char *name)
{
	size_t colon = wq_str_find(line, ':');

	if (colon == line.n || !wq_str_is_nocase(wq_strn(line.p, colon), name))
		return wq_strn(NULL, 0);
	line = wq_strn(line.p + colon + 1, line.n - colon - 1);
	while (line.n > 0 && (line.p[line.n - 1] == '\r' || line.p[line.n - 1] == '\n'))
		line.n--;
	return wq_str_trim(line);
}

struct wq_str wq_call_header_in(const struct wq_call *call, const char *name)
{
	struct wq_str rest, line, found = { NULL, 0 };

	if (!call->state)
		return found;
	rest = wq_buf_str(&call->state->head);
	while (rest.n > 0 && wq_str_next(&rest, '\n', &line)) {
		struct wq_str value = value_of(line, name);

		if (value.p)
			found = value;
	}
	return found;
}

const char *wq_call_why(const struct wq_call *call)
{
	return call->state ? call->state->why : "";
}
