/* SPDX-License-Identifier: MIT */
/* problems.c — lines with a bound. */
#include "app/settings/problems.h"

#include "base/limits.h"

void wq_problem(struct wq_problems *p, const char *fmt, ...)
{
	size_t before = p->out->n;
	va_list ap;
	int rc;

	if (p->count++ >= WQ_SETTINGS_PROBLEMS_MAX)
		return;
	va_start(ap, fmt);
	rc = wq_buf_vaddf(p->out, fmt, ap);
	va_end(ap);
	if (rc < 0 || wq_buf_add_char(p->out, '\n') < 0)
		p->out->n = before;
}

void wq_problems_close(struct wq_problems *p)
{
	if (p->count > WQ_SETTINGS_PROBLEMS_MAX)
		(void)wq_buf_addf(p->out, "and %u more\n", p->count - WQ_SETTINGS_PROBLEMS_MAX);
}
