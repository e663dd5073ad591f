/* SPDX-License-Identifier: MIT */
#pragma once
/* rates.h — the file of people's own prices. */
#include "domain/window/rates.h"

/* NULL for "": the built-in ones.  0, or WQ_EINVAL (raised: it says what is wrong, and where), WQ_ENOMEM. */
int wq_rates_load(struct wq_rates **out, const char *path);
