/* SPDX-License-Identifier: MIT */
/* reply.c — answers as RESP2 has them. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/redis/server.h"

void sim_add(struct wq_buf *b, const void *p, size_t n)
{
	if (b->cap - b->n < n && wq_buf_reserve(b, n) < 0) {
		fputs("the simulated Redis has no room for an answer\n", stderr);
		abort();
	}
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
}

void sim_out(struct sim_call *k, const char *text)
{
	sim_add(k->out, text, strlen(text));
}

static void head(struct sim_call *k, char kind, int64_t v)
{
	char line[SIM_NUMBER_BYTES + 4];
	size_t n = sim_write_int(line + 1, v) + 1;

	line[0] = kind;
	line[n] = '\r';
	line[n + 1] = '\n';
	sim_add(k->out, line, n + 2);
}

void sim_out_int(struct sim_call *k, int64_t v)
{
	head(k, ':', v);
}

void sim_out_array(struct sim_call *k, size_t n)
{
	head(k, '*', (int64_t)n);
}

void sim_out_str(struct sim_call *k, struct wq_str s)
{
	head(k, '$', (int64_t)s.n);
	if (s.n)
		sim_add(k->out, s.p, s.n);
	sim_add(k->out, "\r\n", 2);
}

void sim_out_text(struct sim_call *k, const struct sim_text *t)
{
	if (t)
		sim_out_str(k, sim_text_str(t));
	else
		sim_out_nil(k);
}

void sim_out_double(struct sim_call *k, double v)
{
	char text[SIM_NUMBER_BYTES];

	sim_out_str(k, wq_strn(text, sim_write_double(text, v)));
}

void sim_out_id(struct sim_call *k, struct sim_id id)
{
	char text[2 * SIM_NUMBER_BYTES];
	int n = snprintf(text, sizeof(text), "%llu-%llu", (unsigned long long)id.ms,
	                 (unsigned long long)id.seq);

	sim_out_str(k, wq_strn(text, (size_t)n));
}

void sim_out_nil(struct sim_call *k)
{
	sim_add(k->out, "$-1\r\n", 5);
}

void sim_out_nothing(struct sim_call *k)
{
	sim_add(k->out, "*-1\r\n", 5);
}

void sim_out_ok(struct sim_call *k)
{
	sim_add(k->out, "+OK\r\n", 5);
}

void sim_out_error(struct sim_call *k, const char *text)
{
	sim_add(k->out, "-", 1);
	for (; *text; text++)
		sim_add(k->out, *text == '\r' || *text == '\n' ? " " : text, 1);
	sim_add(k->out, "\r\n", 2);
}

void sim_out_errorf(struct sim_call *k, const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	sim_out_error(k, text);
}
