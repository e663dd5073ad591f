/* SPDX-License-Identifier: MIT */
/* number.c — digits to numbers and back. */
#include "sim/redis/number.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

bool sim_to_int(struct wq_str s, int64_t *out)
{
	bool minus = s.n > 0 && s.p[0] == '-';
	uint64_t v = 0, most = minus ? (uint64_t)INT64_MAX + 1 : INT64_MAX;
	size_t i = minus;

	if (s.n == 1 && s.p[0] == '0') {
		*out = 0;
		return true;
	}
	if (s.n == i || s.n > 20 || s.p[i] < '1' || s.p[i] > '9')
		return false;
	for (; i < s.n; i++) {
		unsigned digit = (unsigned char)s.p[i] - '0';

		if (digit > 9 || v > (most - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*out = minus ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}

bool sim_to_double(struct wq_str s, double *out)
{
	char text[128], *end;

	if (s.n == 0 || s.n >= sizeof(text) || isspace((unsigned char)s.p[0]))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	*out = strtod(text, &end);
	return end == text + s.n && !isnan(*out);
}

size_t sim_write_int(char *out, int64_t v)
{
	char digits[24];
	uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	size_t n = 0, at = 0;

	do {
		digits[n++] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (v < 0)
		out[at++] = '-';
	while (n)
		out[at++] = digits[--n];
	out[at] = '\0';
	return at;
}

size_t sim_write_double(char *out, double v)
{
	if (isinf(v))
		return (size_t)snprintf(out, SIM_NUMBER_BYTES, "%s", v > 0 ? "inf" : "-inf");
	if (v > -1e15 && v < 1e15 && v == (double)(int64_t)v && (v != 0 || !signbit(v)))
		return sim_write_int(out, (int64_t)v);
	return (size_t)snprintf(out, SIM_NUMBER_BYTES, "%.17g", v);
}
