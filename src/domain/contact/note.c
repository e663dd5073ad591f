/* SPDX-License-Identifier: MIT */
/* note.c — its id sorts by time. */
#include "domain/contact/note.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/err.h"
#include "base/hmac.h"
#include "base/random.h"

enum { RANDOM_BYTES = 4, ID_BYTES = 24 };

static int write_note(struct wq_buf *b, struct wq_str text, struct wq_str by, int64_t now_ms)
{
	struct wq_jsonw w;

	wq_jsonw_begin(&w, b);
	wq_jsonw_object(&w);
	wq_jsonw_put_int(&w, "at", now_ms);
	wq_jsonw_put_str(&w, "by", by);
	wq_jsonw_put_str(&w, "text", text);
	wq_jsonw_object_end(&w);
	return wq_jsonw_end(&w);
}

int wq_contact_note(struct wq_contact_wish *w, struct wq_str text, struct wq_str by, int64_t now_ms)
{
	unsigned char bytes[RANDOM_BYTES];
	char hex[2 * RANDOM_BYTES], *id = wq_arena_alloc(w->arena, ID_BYTES + 1), *json;
	struct wq_buf b;
	int rc;

	rc = id ? wq_random_bytes(bytes, sizeof(bytes)) : WQ_ENOMEM;
	if (rc < 0)
		return rc;
	wq_hex_encode(bytes, sizeof(bytes), hex);
	snprintf(id, ID_BYTES + 1, "n%011" PRIx64 "%.*s", (uint64_t)now_ms, (int)sizeof(hex), hex);
	wq_buf_init(&b, 8 * WQ_CONTACT_NOTE_MAX_BYTES);
	rc = write_note(&b, text, by, now_ms);
	json = rc == 0 ? wq_arena_copy(w->arena, wq_buf_str(&b)) : NULL;
	if (json)
		wq_contact_wish_add(w, "note", wq_str(id), wq_strn(json, b.n));
	wq_buf_fini(&b);
	return json ? w->rc : WQ_ENOMEM;
}
