/* SPDX-License-Identifier: MIT */
#pragma once
/* texts.h — what texts/embed.py makes of the files beside it; for library.c. */
#include "domain/template/library.h"

extern const struct wq_template_text wq_template_texts[];
extern const size_t wq_template_texts_n;
