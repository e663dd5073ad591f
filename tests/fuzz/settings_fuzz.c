/* SPDX-License-Identifier: MIT */
/* settings_fuzz.c — hostile text as a .env file, as the value of every setting, and as a command line.
 *
 * The first byte chooses, also which few of the settings; the rest is the text.  Nothing may crash, a secret
 * may never be shown, and what was accepted keeps its bounds and is accepted again in the form in which it is
 * shown.
 */
#include <stdlib.h>

#include "app/settings/envfile.h"
#include "app/settings/value.h"
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"
#include "base/url.h"

enum { INPUT_MAX_BYTES = 65536, WORDS_MAX = 32 };

static const char secret[] = "hunter2secret";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_envfile(struct wq_str text)
{
	struct wq_envfile f;
	struct wq_buf value;
	unsigned line = 0;
	int rc;

	wq_buf_init(&value, INPUT_MAX_BYTES);
	wq_envfile_begin(&f, text);
	while ((rc = wq_envfile_next(&f, &value)) != 0) {
		WQ_REQUIRE(f.line > line);
		line = f.line;
		WQ_REQUIRE(rc == 1 || (rc == WQ_EPARSE && f.why));
		WQ_REQUIRE(rc < 0 || f.key.n > 0);
		WQ_REQUIRE(rc < 0 || value.n == 0 || !memchr(value.p, '\0', value.n));
	}
	wq_buf_fini(&value);
}

static bool shows(const struct wq_buf *b, const char *text)
{
	return b->n > 0 && memmem(b->p, b->n, text, strlen(text)) != NULL;
}

static void fuzz_value(const struct wq_setting_def *d, struct wq_str text)
{
	struct wq_setting_value v = { .text = text.p };
	struct wq_buf shown;
	const char *why;
	int64_t again;

	wq_buf_init(&shown, INPUT_MAX_BYTES * 4);
	WQ_REQUIRE(wq_value_quote(d, text, &shown) == 0);
	wq_buf_clear(&shown);
	if (wq_value_parse(d, text, &v.number, &why)) {
		if (d->type >= WQ_SETTING_COUNT && d->type <= WQ_SETTING_PERCENT)
			WQ_REQUIRE(v.number >= d->min && v.number <= d->max);
		WQ_REQUIRE(wq_value_show(d, &v, &shown) == 0);
		if (d->type != WQ_SETTING_SECRET && d->type != WQ_SETTING_URL) {
			WQ_REQUIRE(wq_value_parse(d, wq_buf_str(&shown), &again, &why));
			WQ_REQUIRE(again == v.number);
		}
	}
	wq_buf_fini(&shown);
}

/* Whatever a URL looks like, what stands before its last @ is not shown. */
static void fuzz_url(struct wq_str text)
{
	const struct wq_setting_def *d = wq_setting_def(WQ_SET_REDIS_URL);
	struct wq_buf url, shown;

	wq_buf_init(&url, INPUT_MAX_BYTES * 2);
	wq_buf_init(&shown, INPUT_MAX_BYTES * 4);
	WQ_REQUIRE(wq_buf_addf(&url, "redis://me:%s", secret) == 0);
	WQ_REQUIRE(wq_buf_add_str(&url, text) == 0 && wq_buf_add_text(&url, "@host") == 0);
	WQ_REQUIRE(wq_value_add_url(wq_buf_str(&url), &shown) == 0 && !shows(&shown, secret));
	wq_buf_clear(&shown);
	WQ_REQUIRE(wq_value_quote(d, wq_buf_str(&url), &shown) == 0 && !shows(&shown, secret));
	wq_buf_fini(&url);
	wq_buf_fini(&shown);
}

static int no_file(void *ctx, const char *path, size_t max_bytes, struct wq_buf *out)
{
	const struct wq_str *text = ctx;

	return wq_buf_add(out, text->p, text->n < max_bytes ? text->n : max_bytes) < 0;
}

/* The words are flags and variables both, and the .env file besides. */
static void fuzz_load(struct wq_str text)
{
	char *copy = wq_strndup(text.p, text.n), *words[WORDS_MAX + 1] = { NULL };
	struct wq_str rest = wq_str(copy), word;
	struct wq_settings_input in = { .command = "fuzz",
		                        .argv = words,
		                        .envp = words,
		                        .groups = WQ_BIT(WQ_GROUP_COUNT) - 1,
		                        .read_file = no_file,
		                        .ctx = &text };
	struct wq_settings s;
	struct wq_args args;
	struct wq_buf errors;
	int rc;

	while (in.argc < WORDS_MAX && wq_str_next(&rest, '\n', &word)) {
		words[in.argc++] = copy + (word.p - copy);
		copy[word.p - copy + (ptrdiff_t)word.n] = '\0';
	}
	wq_buf_init(&errors, INPUT_MAX_BYTES * 4);
	rc = wq_settings_load(&s, &args, &in, &errors);
	WQ_REQUIRE(rc == 0 || (rc == WQ_EINVAL && errors.n > 0));
	wq_settings_fini(&s);
	wq_buf_fini(&errors);
	wq_free(copy);
}

static void swallow(void *ctx, struct wq_str line) {}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct wq_log_opts quiet = { .level = WQ_LOG_ERROR, .sink = swallow };
	struct wq_str text;
	struct wq_url url;
	char *copy;

	if (size == 0 || size > INPUT_MAX_BYTES)
		return 0;
	wq_log_setup(&quiet);
	copy = wq_strndup((const char *)data + 1, size - 1); /* of its own size, so that a byte too far is seen */
	text = wq_strn(copy, size - 1);
	switch (data[0] % 4) {
	case 0:
		fuzz_envfile(text);
		break;
	case 1:
		text.n = strlen(copy);
		for (unsigned id = data[0] / 4; id < WQ_SET_COUNT; id += UINT8_MAX / 4 + 1)
			fuzz_value(wq_setting_def((enum wq_setting)id), text);
		break;
	case 2:
		(void)wq_url_parse(text, &url, NULL);
		fuzz_url(text);
		break;
	default:
		fuzz_load(text);
	}
	wq_free(copy);
	return 0;
}
