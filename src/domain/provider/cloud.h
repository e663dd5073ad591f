/* SPDX-License-Identifier: MIT */
#pragma once
/* cloud.h — Meta's Cloud API: `POST {base_url}/{phone number id}/messages`, a bearer token, Graph's JSON.
 *
 * A message's content is Graph's own object already, so it passes through as it is.  The answer of a 5xx that only says
 * that something went wrong (codes 1, 2, 131000, 131016, and codes that nobody knows) leaves open whether the message
 * had been taken before it went wrong; there is no idempotency key, so that is UNKNOWN and the ledger's to settle.  The
 * same code with a 4xx, or in a status webhook, is a refusal, and its row says RETRY.
 */
#include "domain/provider/provider.h"

extern const struct wq_provider_ops wq_cloud;
