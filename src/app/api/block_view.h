/* SPDX-License-Identifier: MIT */
#pragma once
/* block_view.h — delivery issues as JSON, for the API and the command line. */
#include "base/json.h"
#include "store/block_list.h"

void wq_view_issue(struct wq_jsonw *w, struct wq_str account, const struct wq_block_issue *i);
void wq_view_block_rates(struct wq_jsonw *w, struct wq_str account, const struct wq_block_rates *r);
/* "c….ACCOUNT": the contact, and its account; false: it is no such id. */
bool wq_block_id_read(struct wq_str id, struct wq_str *contact, struct wq_str *account);
