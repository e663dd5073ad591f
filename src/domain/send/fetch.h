/* SPDX-License-Identifier: MIT */
#pragma once
/* fetch.h — one address, fetched by ourselves and uploaded, and all who wait for its id.
 *
 *   ask ──► turn ──► get ──► got ──► filed ──► kept ──► end
 *
 * turn ──► end  the address was uploaded before, and stands for its content
 * got ──► get   it leads elsewhere: so often at most as WQ_FILE_HOPS_MAX says, and each address is judged anew
 *
 * An address is a stranger's: guarded (client.h), unless the operator lets private ones be reached.
 */
#include "domain/send/shelf.h"

/* 0, and told runs once; or < 0: raised. */
int wq_fetch_join(struct wq_shelf *s, struct wq_desk *d, const struct wq_file *f,
                  struct wq_filing *w);
/* All that are under way end soon. */
void wq_fetches_cancel(struct wq_shelf *s);
/* "image/png" of what a server said and how the bytes begin; empty: nobody can say.  Of the arguments, or static. */
struct wq_str wq_fetch_type(struct wq_str said, struct wq_str bytes);
/* Whether a file of that type can be sent as this kind. */
bool wq_fetch_fits(enum wq_message_kind kind, struct wq_str type);
