/* SPDX-License-Identifier: MIT */
#pragma once
/* media.h — uploaded files, in memory: up to WQ_SANDBOX_MEDIA_MAX and WQ_SANDBOX_MEDIA_MAX_BYTES; then the oldest are
 * dropped.
 *
 * The owner embeds struct wq_media; init, then fini (twice is fine).
 */
#include <stddef.h>

#include "app/sandbox/ids.h"
#include "base/hmac.h"
#include "base/list.h"

struct wq_media_file {
	struct wq_list link;
	char id[WQ_MEDIA_MAX_BYTES];
	char mime[128];
	char sha256[2 * WQ_SHA256_BYTES + 1]; /* hex */
	size_t n;
	unsigned char bytes[];
};

struct wq_media {
	struct wq_list files; /* oldest first */
	size_t files_n, bytes;
};

void wq_media_init(struct wq_media *m);
void wq_media_fini(struct wq_media *m);
/* Copies the content; NULL: out of memory (raised). */
struct wq_media_file *wq_media_add(struct wq_media *m, const char *id, struct wq_str mime,
                                   struct wq_str content);
/* NULL: there is none. */
struct wq_media_file *wq_media_find(struct wq_media *m, struct wq_str id);
void wq_media_remove(struct wq_media *m, struct wq_media_file *f);
