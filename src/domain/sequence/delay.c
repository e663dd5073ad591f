/* SPDX-License-Identifier: MIT */
/* delay.c — how long a step waits, as people write it; and what a sequence may be called. */
#include <inttypes.h>
#include <stdio.h>

#include "base/assert.h"
#include "domain/sequence/definition.h"

enum { DIGITS_MAX = 12 };

static const struct {
	const char *name;
	int64_t ms;
} units[] = { { "w", 604800000 }, { "d", 86400000 }, { "h", 3600000 },
	      { "m", 60000 },     { "s", 1000 },     { "ms", 1 } };

static struct wq_str take_while(struct wq_str *rest, char from, char to)
{
	struct wq_str part = wq_strn(rest->p, 0);

	while (part.n < rest->n && rest->p[part.n] >= from && rest->p[part.n] <= to)
		part.n++;
	rest->p += part.n;
	rest->n -= part.n;
	return part;
}

/* A number and its unit off the front; false: there is none. */
static bool take_part(struct wq_str *rest, int64_t *ms)
{
	struct wq_str digits, unit;
	uint64_t n;

	*rest = wq_str_trim(*rest);
	digits = take_while(rest, '0', '9');
	if (digits.n > DIGITS_MAX || !wq_str_to_u64(digits, WQ_SEQ_DELAY_MAX_MS, &n))
		return false;
	*rest = wq_str_trim(*rest);
	unit = take_while(rest, 'a', 'z');
	for (size_t i = 0; i < WQ_COUNT(units); i++)
		if (wq_str_is(unit, units[i].name) &&
		    (int64_t)n <= WQ_SEQ_DELAY_MAX_MS / units[i].ms) {
			*ms += (int64_t)n * units[i].ms;
			return *ms <= WQ_SEQ_DELAY_MAX_MS;
		}
	return false;
}

bool wq_seq_delay_read(yyjson_val *v, int64_t *ms)
{
	struct wq_str rest = wq_json_str(v);

	*ms = 0;
	if (yyjson_is_uint(v) && yyjson_get_uint(v) <= WQ_SEQ_DELAY_MAX_MS) {
		*ms = (int64_t)yyjson_get_uint(v);
		return true;
	}
	if (wq_str_is(rest, "0"))
		return true;
	if (wq_str_trim(rest).n == 0)
		return false;
	while (wq_str_trim(rest).n > 0)
		if (!take_part(&rest, ms))
			return false;
	return true;
}

void wq_seq_delay_write(int64_t ms, char out[24])
{
	size_t i = 1; /* "14d" reads better than "2w" */

	while (ms % units[i].ms != 0)
		i++;
	if (ms == 0)
		i = WQ_COUNT(units) - 2;
	snprintf(out, 24, "%" PRId64 "%s", ms / units[i].ms, units[i].name);
}

bool wq_sequence_id_is_good(struct wq_str id)
{
	for (size_t i = 0; i < id.n; i++) {
		char c = id.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      c == '-' || c == '_'))
			return false;
	}
	return id.n > 0 && id.n <= WQ_SEQ_ID_MAX_BYTES;
}
