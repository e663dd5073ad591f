/* SPDX-License-Identifier: MIT */
/* signing.c — a map from names to prepared secrets. */
#include "domain/sink/signing.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"

static int add_path(struct wq_signing *g, const struct wq_secrets *secrets, struct wq_str name)
{
	struct wq_signing_path *p;
	int rc;

	if (!name.n || wq_map_get(&g->map, name))
		return 0;
	p = &g->paths[g->n];
	rc = wq_signers_init(&p->signers, secrets, name);
	if (rc < 0)
		return rc;
	wq_map_put(&g->map, &p->node, name);
	g->n++;
	return 0;
}

int wq_signing_init(struct wq_signing *g, const struct wq_secrets *secrets)
{
	int rc;

	*g = (struct wq_signing){ .n = 0 };
	rc = wq_map_init(&g->map);
	if (rc == 0)
		rc = wq_signers_init(&g->others, secrets, wq_str(""));
	g->paths = rc == 0 ? wq_calloc(secrets->n, sizeof(*g->paths)) : NULL;
	if (rc == 0 && !g->paths)
		rc = WQ_RAISE(WQ_ENOMEM);
	for (size_t i = 0; i < secrets->n && rc == 0; i++)
		rc = add_path(g, secrets, secrets->list[i].name);
	if (rc < 0)
		wq_signing_fini(g);
	return rc;
}

void wq_signing_fini(struct wq_signing *g)
{
	wq_map_fini(&g->map);
	for (size_t i = 0; i < g->n; i++)
		wq_signers_fini(&g->paths[i].signers);
	wq_signers_fini(&g->others);
	wq_free(g->paths);
	*g = (struct wq_signing){ .n = 0 };
}

const struct wq_signers *wq_signing_of(const struct wq_signing *g, struct wq_str name)
{
	const struct wq_map_node *node = name.n && g->n ? wq_map_get(&g->map, name) : NULL;

	if (node)
		return &WQ_OWNER(node, const struct wq_signing_path, node)->signers;
	return g->others.n ? &g->others : NULL;
}
