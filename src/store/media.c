/* SPDX-License-Identifier: MIT */
/* media.c — arguments of the script. */
#include "store/media.h"

#include "base/assert.h"
#include "io/redis/script.h"
#include "scripts.gen.h"

int wq_media_note_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, struct wq_str ref,
                        struct wq_str media, const char *what,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	struct wq_str argv[1 + WQ_MEDIA_NOTE_ARGS], *a = argv + 1;

	argv[0] = wq_str(k->state);
	a[WQ_MEDIA_NOTE_OWN] = wq_str(k->own);
	a[WQ_MEDIA_NOTE_REF] = ref;
	a[WQ_MEDIA_NOTE_MEDIA] = media;
	a[WQ_MEDIA_NOTE_WHAT] = wq_str(what);
	return wq_script_start(k->redis, cmd, &wq_script_media_note, argv, WQ_COUNT(argv), cb);
}
