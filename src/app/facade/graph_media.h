/* SPDX-License-Identifier: MIT */
#pragma once
/* graph_media.h — files by Meta's Graph API: passed on to the account's own provider, with the account's own token.
 *
 *   POST   /v:N/:phone_number_id/media           the form as it came, up to WQ_FACADE_UPLOAD_MAX_BYTES
 *   GET    /v:N/:id?phone_number_id=             of a number: what is known of the account; of a file: its look-up,
 *                                                whose address leads back here
 *   GET    /v:N/:media_id/file?phone_number_id=  the file itself
 *   DELETE /v:N/:id?phone_number_id=             of a file, and of nothing else that Meta may know by an id
 *
 * Without phone_number_id it is the account that the key's business sends from.  At most WQ_FACADE_MEDIA_CALLS_MAX are
 * under way at once in a process.  Handlers of routes of the API (ctx is struct wq_api).
 */
#include "io/server/exchange.h"

void wq_graph_upload_handle(struct wq_exchange *x, void *api);
void wq_graph_object_handle(struct wq_exchange *x, void *api);
void wq_graph_file_handle(struct wq_exchange *x, void *api);
void wq_graph_delete_handle(struct wq_exchange *x, void *api);
