/* SPDX-License-Identifier: MIT */
/* provider_answer_fuzz.c — hostile answers of all three providers, of media, and hostile files of verdicts.
 *
 * The first two bytes choose who answers what, and with which status.  Whatever comes: SENT has an id that can be kept,
 * but for signals; a certain refusal has a status; what is told to people is short UTF-8 of no control characters; the
 * verdict fits what is known, and the same bytes mean the same again.
 */
#include "base/alloc.h"
#include "base/assert.h"
#include "base/limits.h"
#include "base/log.h"
#include "domain/provider/media.h"
#include "domain/provider/verdict.h"

enum { INPUT_MAX_BYTES = 65536, ARENA_BYTES = 65536, UPLOAD = WQ_PROVIDERS, DELETION, LOOK_UP, FILE_OF_VERDICTS,
TURNS };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int statuses[] = { 200, 201, 204, 302, 400, 401, 403, 404, 429, 500, 503, 999 };

static void swallow(void *ctx, struct wq_str line) {}

static void require_text(struct wq_str s)
{
	WQ_REQUIRE(s.n <= WQ_PROVIDER_TEXT_MAX_BYTES && wq_str_is_utf8(s));
	for (size_t i = 0; i < s.n; i++)
		WQ_REQUIRE(!wq_str_is_control(s, i));
}

static void require_id(struct wq_str s)
{
	WQ_REQUIRE(s.n > 0 && s.n <= WQ_PROVIDER_ID_MAX_BYTES);
	for (size_t i = 0; i < s.n; i++)
		WQ_REQUIRE(s.p[i] > ' ' && s.p[i] <= '~');
}

static void require_sense(const struct wq_answer *a, bool has_id, enum wq_provider provider)
{
	struct wq_verdict v = wq_judge(provider, a, 1, 12345);

	WQ_REQUIRE(a->as != WQ_NOT_SENT && a->rc == 0);
	WQ_REQUIRE(a->as != WQ_SENT || (a->status >= 200 && a->status <= 299));
	if (a->as == WQ_SENT && has_id)
		require_id(a->id);
	else
		WQ_REQUIRE(!a->id.p);
	require_text(a->title);
	require_text(a->details);
	require_text(a->wa_id);
	WQ_REQUIRE((v.action == WQ_ACT_DONE) == (a->as == WQ_SENT));
	WQ_REQUIRE((v.action == WQ_ACT_SETTLE) == (a->as == WQ_UNKNOWN));
	WQ_REQUIRE(v.wait_ms >= 0 && v.wait_ms <= WQ_VERDICT_OWN_WAIT_MAX_MS);
}

static void read_answer(int turn, int status, struct wq_str body)
{
	struct wq_call call = { .status = status, .sent = true, .retry_after_ms = -1 };
	enum wq_message_kind kind = turn < WQ_PROVIDERS * 2 ? WQ_MESSAGE_TEXT : WQ_MESSAGE_TYPING;
	enum wq_provider provider = WQ_PROVIDER_CLOUD;
	struct wq_media_info info = { .bytes = -1 };
	struct wq_answer a;
	struct wq_arena arena;
	int rc;

	call.body_in.p = (char *)(uintptr_t)body.p; /* only read */
	call.body_in.n = body.n;
	wq_arena_init(&arena, ARENA_BYTES);
	if (turn == UPLOAD) {
		rc = wq_media_uploaded(&arena, 0, &call, &a);
	} else if (turn == DELETION) {
		rc = wq_media_deleted(&arena, 0, &call, &a);
	} else if (turn == LOOK_UP) {
		rc = wq_media_looked_up(&arena, 0, &call, &a, &info);
		WQ_REQUIRE((a.as == WQ_SENT) == (info.url.p != NULL));
	} else {
		provider = (enum wq_provider)(turn % WQ_PROVIDERS);
		rc = wq_providers[provider]->answer(&arena, kind, 0, &call, &a);
	}
	WQ_REQUIRE(rc == 0);
	require_sense(&a,
	              turn == UPLOAD || turn == LOOK_UP ||
	                      (turn != DELETION && kind == WQ_MESSAGE_TEXT),
	              provider);
	wq_arena_fini(&arena);
}

static void read_verdicts(struct wq_str text)
{
	struct wq_answer a = { .as = WQ_REFUSED, .code = 190, .retry_after_ms = -1 };
	char why[WQ_VERDICTS_WHY_BYTES];
	struct wq_verdicts *v;
	int rc = wq_verdicts_read(&v, text, why);

	WQ_REQUIRE((rc == 0) == (v != NULL) && (rc == 0) == (why[0] == '\0'));
	for (int p = 0; p < WQ_PROVIDERS; p++) {
		struct wq_verdict got = wq_verdicts_judge(v, (enum wq_provider)p, &a, 3, 99);

		WQ_REQUIRE(got.action != WQ_ACT_DONE && got.action != WQ_ACT_SETTLE);
		WQ_REQUIRE(got.wait_ms >= 0);
	}
	wq_verdicts_destroy(v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct wq_log_opts quiet = { .level = WQ_LOG_ERROR, .sink = swallow };
	struct wq_str text;

	if (size < 2 || size > INPUT_MAX_BYTES)
		return 0;
	wq_log_setup(&quiet);
	text = wq_strn((const char *)data + 2, size - 2);
	if (data[0] % (TURNS + WQ_PROVIDERS) == FILE_OF_VERDICTS)
		read_verdicts(text);
	else
		read_answer(data[0] % (TURNS + WQ_PROVIDERS),
		            statuses[data[1] % WQ_COUNT(statuses)], text);
	WQ_REQUIRE(wq_alloc_live() == 0);
	return 0;
}
