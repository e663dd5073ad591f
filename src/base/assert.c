/* SPDX-License-Identifier: MIT */
/* assert.c — the last words of a process that found a bug in itself. */
#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void wq_require_failed(const char *cond, const char *file, int line, const char *func)
{
	fprintf(stderr, "level=fatal event=require_failed cond=\"%s\" file=%s line=%d func=%s\n",
	        cond, file, line, func);
	abort();
}
