/* SPDX-License-Identifier: MIT */
#pragma once
/* ids.h — the ids that the sandbox hands out: they look like Meta's, never repeat, and come again with the same seed.
 */
#include "base/random.h"
#include "base/str.h"

#define WQ_WAMID_MAX_BYTES 128 /* with its NUL */
#define WQ_TRACE_MAX_BYTES 24
#define WQ_MEDIA_MAX_BYTES 24
#define WQ_WA_ID_MAX_BYTES 32
#define WQ_SID_MAX_BYTES   36

struct wq_sandbox_ids {
	struct wq_rng rng;
	uint64_t media; /* the last media id */
};

void wq_sandbox_ids_init(struct wq_sandbox_ids *ids, uint64_t seed);
/* "wamid.…": base64 around the number and 128 random bits. */
void wq_sandbox_wamid(struct wq_sandbox_ids *ids, struct wq_str phone,
                      char out[WQ_WAMID_MAX_BYTES]);
/* "3EB0" and 18 hex digits, as Baileys makes them. */
void wq_sandbox_baileys_id(struct wq_sandbox_ids *ids, char out[WQ_WAMID_MAX_BYTES]);
/* "A…", for fbtrace_id. */
void wq_sandbox_trace_id(struct wq_sandbox_ids *ids, char out[WQ_TRACE_MAX_BYTES]);
/* Two letters and 32 hex digits, the last 16 of which are `low`, as all of Twilio's. */
void wq_sandbox_sid(struct wq_sandbox_ids *ids, const char *front, uint64_t low,
                    char out[WQ_SID_MAX_BYTES]);
/* 15 digits that start with 61; nothing else of ours does. */
void wq_sandbox_media_id(struct wq_sandbox_ids *ids, char out[WQ_MEDIA_MAX_BYTES]);
/* The digits of a phone number, however it was written; "" if there are none or too many. */
void wq_sandbox_wa_id(struct wq_str to, char out[WQ_WA_ID_MAX_BYTES]);
