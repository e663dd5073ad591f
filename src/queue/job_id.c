/* SPDX-License-Identifier: MIT */
/* job_id.c — ids that would be taken for something else. */
#include "queue/job_id.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/hmac.h"
#include "base/limits.h"
#include "base/random.h"
#include "store/ref.h"

enum { DOUBLE_DIGITS = 17, INTEGER_DIGITS_MAX = 21, NUMBER_BYTES = 48 };

/* The shortest digits that give back the number, as JavaScript writes one below 1e21. */
static void print_integer(double v, char out[NUMBER_BYTES])
{
	char text[NUMBER_BYTES];
	int precision = 0, n = 0, exponent;

	do
		snprintf(text, sizeof(text), "%.*e", precision, v);
	while (strtod(text, NULL) != v && ++precision < DOUBLE_DIGITS);
	exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
	for (const char *p = text; *p != 'e'; p++)
		if (*p != '.')
			out[n++] = *p;
	while (n <= exponent)
		out[n++] = '0';
	out[n] = '\0';
}

/* True when JavaScript reads it as an integer and writes that in the same way. */
static bool is_integer(struct wq_str id)
{
	struct wq_str digits = id;
	char text[NUMBER_BYTES], again[NUMBER_BYTES];

	if (wq_str_starts(digits, "-"))
		digits = wq_strn(id.p + 1, id.n - 1);
	if (digits.n == 0 || digits.n > INTEGER_DIGITS_MAX || (digits.p[0] == '0' && id.n > 1))
		return false;
	for (size_t i = 0; i < digits.n; i++)
		if (digits.p[i] < '0' || digits.p[i] > '9')
			return false;
	snprintf(text, sizeof(text), "%.*s", WQ_STR_ARG(digits));
	print_integer(strtod(text, NULL), again);
	return strcmp(text, again) == 0;
}

static size_t parts_of(struct wq_str id)
{
	struct wq_str part;
	size_t n = 0;

	while (wq_str_next(&id, ':', &part))
		n++;
	return n;
}

const char *wq_job_id_problem(struct wq_str id)
{
	if (id.n > WQ_JOB_ID_MAX_BYTES)
		return "jobId is too long";
	if (wq_str_is(id, "0") || wq_str_starts(id, "0:"))
		return "jobId cannot be 0 or start with 0:";
	if (is_integer(id))
		return "jobId cannot be an integer";
	if (wq_str_find(id, ':') < id.n && parts_of(id) != 3)
		return "jobId cannot contain a colon";
	if (wq_ref_is_own_key(id))
		return "jobId is the name of a key of the queue itself";
	return NULL;
}

int wq_uuid_random(char out[WQ_UUID_BYTES])
{
	static const unsigned char parts[] = { 4, 2, 2, 2, 6 };
	unsigned char bytes[16];
	size_t at = 0, to = 0;
	int rc = wq_random_bytes(bytes, sizeof(bytes));

	if (rc < 0)
		return rc;
	bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40); /* version 4 */
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80); /* variant of RFC 9562 */
	for (size_t i = 0; i < WQ_COUNT(parts); i++) {
		if (i > 0)
			out[to++] = '-';
		wq_hex_encode(bytes + at, parts[i], out + to);
		at += parts[i];
		to += 2 * (size_t)parts[i];
	}
	out[to] = '\0';
	return 0;
}
