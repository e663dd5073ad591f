/* SPDX-License-Identifier: MIT */
/* match.c — patterns with *, ?, [a-z], [^a] and \x; and the SCAN family, which uses them. */
#include "sim/redis/server.h"

#include "base/assert.h"

/* One class at pattern->p[0] == '['; moves behind it. */
static bool in_class(struct wq_str *pattern, char c)
{
	const char *p = pattern->p + 1, *end = pattern->p + pattern->n;
	bool not = p < end && *p == '^', found = false;

	for (p += not ; p < end && *p != ']'; p++) {
		char low, high;

		if (*p == '\\' && p + 1 < end)
			p++;
		low = high = *p;
		if (p + 2 < end && p[1] == '-') {
			high = p[2];
			p += 2;
		}
		if (low > high) {
			char was = low;

			low = high;
			high = was;
		}
		found |= c >= low && c <= high;
	}
	p += p < end;
	*pattern = wq_strn(p, (size_t)(end - p));
	return found != not ;
}

bool sim_matches(struct wq_str pattern, struct wq_str s)
{
	while (pattern.n) {
		if (pattern.p[0] == '*') {
			pattern = wq_strn(pattern.p + 1, pattern.n - 1);
			for (;; s = wq_strn(s.p + 1, s.n - 1)) {
				if (sim_matches(pattern, s))
					return true;
				if (s.n == 0)
					return false;
			}
		}
		if (s.n == 0)
			return false;
		if (pattern.p[0] == '[') {
			if (!in_class(&pattern, s.p[0]))
				return false;
		} else {
			if (pattern.p[0] == '\\' && pattern.n > 1)
				pattern = wq_strn(pattern.p + 1, pattern.n - 1);
			else if (pattern.p[0] == '?')
				goto one;
			if (pattern.p[0] != s.p[0])
				return false;
one:
			pattern = wq_strn(pattern.p + 1, pattern.n - 1);
		}
		s = wq_strn(s.p + 1, s.n - 1);
	}
	return s.n == 0;
}

bool sim_scan_cursor(struct sim_call *k, size_t cursor_at, struct sim_scan *s)
{
	*s = (struct sim_scan){ .count = 10 };
	if (!wq_str_to_u64(sim_arg(k, cursor_at), UINT64_MAX, &s->cursor)) {
		sim_out_error(k, "ERR invalid cursor");
		return false;
	}
	return true;
}

bool sim_scan_options(struct sim_call *k, size_t cursor_at, struct sim_scan *s)
{
	for (size_t i = cursor_at + 1; i < k->argc; i += 2) {
		bool last = i + 1 == k->argc;

		if (!last && sim_arg_is(k, i, "COUNT")) {
			if (!sim_arg_int(k, i + 1, &s->count))
				return false;
			if (s->count < 1) {
				sim_out_error(k, SIM_SYNTAX);
				return false;
			}
		} else if (!last && sim_arg_is(k, i, "MATCH")) {
			s->match = true;
			s->pattern = sim_arg(k, i + 1);
		} else if (!last && cursor_at == 1 && sim_arg_is(k, i, "TYPE")) {
			s->typed = true;
			s->type = sim_arg(k, i + 1);
		} else {
			sim_out_error(k, SIM_SYNTAX);
			return false;
		}
	}
	return true;
}

void sim_scan_table(struct sim_call *k, const struct sim_table *t, const struct sim_scan *s,
                    bool whole,
                    size_t (*out)(struct sim_call *k, const struct sim_entry *e,
                                  const struct sim_scan *s))
{
	struct wq_buf found;
	struct sim_call inner = *k;
	const struct sim_entry *e = NULL;
	uint32_t at = t ? sim_table_from(t, whole ? 0 : s->cursor) : 0;
	char cursor[SIM_NUMBER_BYTES] = "0";
	size_t n = 0;

	wq_buf_init(&found, SIM_OUT_MAX);
	inner.out = &found;
	for (int64_t seen = 0; t && (e = sim_table_next(t, &at)); seen++) {
		if (!whole && seen >= s->count)
			break;
		n += out(&inner, e, s);
	}
	if (e)
		sim_write_int(cursor, (int64_t)e->seq);
	sim_out_array(k, 2);
	sim_out_str(k, wq_str(cursor));
	sim_out_array(k, n);
	sim_add(k->out, found.n ? found.p : "", found.n);
	wq_buf_fini(&found);
}
