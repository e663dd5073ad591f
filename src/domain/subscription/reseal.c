/* SPDX-License-Identifier: MIT */
/* reseal.c — a look at the secrets, and at most one change: of the revision that was looked at, or none. */
#include "domain/subscription/reseal.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"
#include "domain/subscription/change.h"

static void on_put(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_reseal *r = WQ_OWNER(cmd, struct wq_reseal, cmd);

	int64_t rev = rc == 0 ? wq_sub_put_answer(cmd) : 0;

	r->asking = false;
	if (rev > 0)
		wq_info("subscription_sealed", WQ_I("revision", rev));
}

static void seal(struct wq_reseal *r, const struct wq_sub_keys *keys,
                 const struct wq_subscription *s, int64_t rev, const struct wq_seal_ring *ring,
                 int64_t now_ms)
{
	struct wq_sub_put put = { .id = s->id, .rev = rev, .now_ms = now_ms };
	struct wq_buf spec;
	int rc;

	wq_buf_init(&spec, WQ_SUB_SPEC_MAX_BYTES);
	rc = wq_subscription_keep(&spec, s, ring);
	put.spec = wq_buf_str(&spec);
	if (rc == 0)
		r->asking = wq_sub_put_start(keys, &r->cmd, &put, on_put) == 0;
	wq_buf_fini(&spec);
}

/* Whether the newest opens; what is wrong otherwise is for the operator, who alone can mend it. */
static bool opens(const struct wq_subscription *s, const struct wq_seal_ring *ring)
{
	struct wq_buf secrets;
	int rc;

	wq_buf_init(&secrets, WQ_SUB_SPEC_MAX_BYTES);
	rc = wq_subscription_secrets(s, ring, 0, &secrets);
	if (secrets.p)
		wq_wipe(secrets.p, secrets.n);
	wq_buf_fini(&secrets);
	if (rc > 0)
		wq_warn("subscription_secret_shut", WQ_SL("id", s->id),
		        WQ_S("why", wq_seal_opened_text((enum wq_seal_opened)rc)));
	return rc == 0;
}

void wq_reseal_start(struct wq_reseal *r, const struct wq_sub_keys *keys,
                     const struct wq_subscription *s, int64_t rev, const struct wq_seal_ring *ring,
                     int64_t now_ms, bool *told)
{
	enum wq_sub_secrecy secrecy = wq_subscription_secrecy(s, ring);

	if (secrecy == WQ_SECRECY_KEPT) {
		(void)opens(s, ring);
		return;
	}
	if (ring->n > 0 && opens(s, ring)) {
		seal(r, keys, s, rev, ring, now_ms);
	} else if (secrecy == WQ_SECRECY_CLEAR && ring->n == 0 && !*told) {
		*told = true;
		wq_warn("secrets_in_the_clear",
		        WQ_S("why",
		             "there is no key to seal secrets with in Redis: set WILLAQ_SECRET_KEY to the "
		             "output of: openssl rand -hex 32"));
	} else if (secrecy == WQ_SECRECY_OLD && ring->n == 0) {
		(void)opens(s, ring);
	}
}

void wq_reseal_fini(struct wq_reseal *r)
{
	if (r->asking)
		wq_redis_forget(&r->cmd);
	r->asking = false;
}
