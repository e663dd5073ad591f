/* SPDX-License-Identifier: MIT */
/* ids.c — random bits in the dress of Meta's ids. */
#include "app/sandbox/ids.h"

#include <inttypes.h>
#include <stdio.h>

enum { PHONE_BYTES_MAX = 20, RANDOM_BYTES = 16, WA_ID_DIGITS_MAX = 20 };

static const uint64_t MEDIA_FIRST = 610000000000000;
static const uint64_t MEDIA_STEP_MAX = 1000;

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void wq_sandbox_ids_init(struct wq_sandbox_ids *ids, uint64_t seed)
{
	wq_rng_init(&ids->rng, seed);
	ids->media = MEDIA_FIRST;
}

/* With padding and a terminator. */
static void base64(const unsigned char *p, size_t n, char *out)
{
	for (size_t i = 0; i < n; i += 3) {
		unsigned v = (unsigned)p[i] << 16 | (i + 1 < n ? (unsigned)p[i + 1] << 8 : 0) |
		             (i + 2 < n ? (unsigned)p[i + 2] : 0);

		*out++ = alphabet[v >> 18 & 63];
		*out++ = alphabet[v >> 12 & 63];
		*out++ = i + 1 < n ? alphabet[v >> 6 & 63] : '=';
		*out++ = i + 2 < n ? alphabet[v & 63] : '=';
	}
	*out = '\0';
}

static void random_hex(struct wq_sandbox_ids *ids, char out[2 * RANDOM_BYTES + 1])
{
	uint64_t a = wq_rng_next(&ids->rng), b = wq_rng_next(&ids->rng);

	(void)snprintf(out, 2 * RANDOM_BYTES + 1, "%016" PRIX64 "%016" PRIX64, a, b);
}

void wq_sandbox_wamid(struct wq_sandbox_ids *ids, struct wq_str phone, char out[WQ_WAMID_MAX_BYTES])
{
	static const unsigned char middle[] = { 0x15, 0x02, 0x00, 0x12, 0x18, 0x20 };
	unsigned char raw[2 + PHONE_BYTES_MAX + sizeof(middle) + 2 * RANDOM_BYTES + 1];
	char hex[2 * RANDOM_BYTES + 1];
	size_t n = 0, phone_n = phone.n < PHONE_BYTES_MAX ? phone.n : PHONE_BYTES_MAX;

	raw[n++] = 0x1d;
	raw[n++] = (unsigned char)phone_n;
	if (phone_n)
		memcpy(raw + n, phone.p, phone_n);
	n += phone_n;
	memcpy(raw + n, middle, sizeof(middle));
	n += sizeof(middle);
	random_hex(ids, hex);
	memcpy(raw + n, hex, sizeof(hex)); /* the terminator is part of it */
	n += sizeof(hex);
	memcpy(out, "wamid.", 6);
	base64(raw, n, out + 6);
}

void wq_sandbox_baileys_id(struct wq_sandbox_ids *ids, char out[WQ_WAMID_MAX_BYTES])
{
	char hex[2 * RANDOM_BYTES + 1];

	random_hex(ids, hex);
	(void)snprintf(out, WQ_WAMID_MAX_BYTES, "3EB0%.18s", hex);
}

void wq_sandbox_trace_id(struct wq_sandbox_ids *ids, char out[WQ_TRACE_MAX_BYTES])
{
	unsigned char raw[RANDOM_BYTES];
	uint64_t a = wq_rng_next(&ids->rng), b = wq_rng_next(&ids->rng);
	char text[4 * RANDOM_BYTES];

	memcpy(raw, &a, sizeof(a));
	memcpy(raw + sizeof(a), &b, sizeof(b));
	base64(raw, sizeof(raw), text);
	for (size_t i = 0; text[i]; i++)
		text[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];
	(void)snprintf(out, WQ_TRACE_MAX_BYTES, "A%.22s", text);
}

void wq_sandbox_sid(struct wq_sandbox_ids *ids, const char *front, uint64_t low,
                    char out[WQ_SID_MAX_BYTES])
{
	(void)snprintf(out, WQ_SID_MAX_BYTES, "%.2s%016" PRIx64 "%016" PRIx64, front,
	               wq_rng_next(&ids->rng), low);
}

void wq_sandbox_media_id(struct wq_sandbox_ids *ids, char out[WQ_MEDIA_MAX_BYTES])
{
	ids->media += 1 + wq_rng_below(&ids->rng, MEDIA_STEP_MAX);
	(void)snprintf(out, WQ_MEDIA_MAX_BYTES, "%" PRIu64, ids->media);
}

void wq_sandbox_wa_id(struct wq_str to, char out[WQ_WA_ID_MAX_BYTES])
{
	size_t n = 0;

	for (size_t i = 0; i < to.n && n <= WA_ID_DIGITS_MAX; i++)
		if (to.p[i] >= '0' && to.p[i] <= '9')
			out[n++] = to.p[i];
	out[n <= WA_ID_DIGITS_MAX ? n : 0] = '\0';
}
