/* SPDX-License-Identifier: MIT */
#pragma once
/* head.h — what the bytes of a head mean; the half of parse.c that looks at whole lines. */
#include <stdbool.h>

#include "io/server/parse.h"

/* Judges the request line, head[0 .. p->line), as soon as it is there, so that whoever speaks another protocol gets an
 * answer at once.  False: p->status and p->why say what is wrong. */
bool wq_head_judge_line(struct wq_parse *p);
/* Reads the whole head by llhttp and judges its fields.  False: as above. */
bool wq_head_read(struct wq_parse *p);
