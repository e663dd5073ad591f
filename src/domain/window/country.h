/* SPDX-License-Identifier: MIT */
#pragma once
/* country.h — the country that a person's number is of, as providers bill by it. */
#include "base/str.h"

enum { WQ_COUNTRY_BYTES = 3 }; /* ISO 3166-1 alpha-2, terminated */

/* `name`: a phone ("+593…") or a business-scoped user id ("EC.7001…").  "" where nobody can say: a LID, a group. */
void wq_country_of(struct wq_str name, char out[WQ_COUNTRY_BYTES]);
