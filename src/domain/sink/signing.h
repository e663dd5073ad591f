/* SPDX-License-Identifier: MIT */
#pragma once
/* signing.h — the prepared secrets of each path whose name has some of its own, and those of all other paths. */
#include "base/map.h"
#include "domain/sink/signature.h"

struct wq_signing_path {
	struct wq_map_node node;
	struct wq_signers signers;
};

struct wq_signing {
	struct wq_signers others;      /* of paths without a name, and of names without secrets; may be none */
	struct wq_signing_path *paths; /* owned */
	size_t n;
	struct wq_map map;
};

/* The texts of the secrets stay put.  0 or WQ_ENOMEM (raised). */
int wq_signing_init(struct wq_signing *g, const struct wq_secrets *secrets);
/* Twice is fine, zeroed is fine. */
void wq_signing_fini(struct wq_signing *g);
/* NULL: there is no secret for it. */
const struct wq_signers *wq_signing_of(const struct wq_signing *g, struct wq_str name);
