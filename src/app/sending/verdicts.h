/* SPDX-License-Identifier: MIT */
#pragma once
/* verdicts.h — the file of people's own verdicts. */
#include "domain/provider/verdict.h"

/* NULL for "".  0, or WQ_EINVAL (raised: it says what is wrong, and where), WQ_ENOMEM. */
int wq_verdicts_load(struct wq_verdicts **out, const char *path);
