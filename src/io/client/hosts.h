/* SPDX-License-Identifier: MIT */
#pragma once
/* hosts.h — the names that one curl multi has been told, so that it never looks one up itself.
 *
 * curl keeps what CURLOPT_RESOLVE tells it for good.  So an entry of ours stands for one entry of curl's: a call hands
 * it over only while curl does not have the present addresses, a call in flight pins it, and what is pushed out here
 * (beyond WQ_CLIENT_HOSTS_MAX, used longest ago first, never a pinned one) is taken back from curl by the next call.
 *
 * The owner embeds struct wq_hosts; fini only when no host is resolving (wq_hosts_cancel, then on_answer for each).
 */
#include <curl/curl.h>

#include "io/dns/resolver.h"

enum {
	WQ_HOSTS_BUCKETS = 64,
	WQ_HOST_KEY_MAX = WQ_DNS_NAME_MAX_BYTES + 1 + 5, /* "name:65535" */
	WQ_HOST_TEXT_MAX = WQ_HOST_KEY_MAX + 48 * WQ_DNS_ADDRESSES_MAX +
	                   2, /* "name:1:[::1],192.0.2.1" */
};

struct wq_hosts;

struct wq_host {
	struct wq_list bucket, idle; /* idle: while nobody pins it */
	struct wq_hosts *hosts;
	struct wq_list waiting; /* the owner's: who waits for on_answer */
	unsigned pins;
	struct wq_resolve resolve;
	bool resolving;
	bool told;              /* curl has the present text */
	bool ever_told;         /* curl has some text */
	unsigned version;       /* of the text */
	uint64_t good_until_us; /* 0: nothing known */
	struct curl_slist entry;
	size_t name_n;
	char key[WQ_HOST_KEY_MAX + 1];
	char text[WQ_HOST_TEXT_MAX + 1];
};

struct wq_hosts {
	struct wq_loop *loop;
	struct wq_resolver *resolver;
	/* The question of wq_host_ask was answered.  Runs from the loop. */
	void (*on_answer)(struct wq_host *h, int rc);
	struct wq_list buckets[WQ_HOSTS_BUCKETS];
	struct wq_list idle;     /* unpinned longest ago first */
	struct curl_slist *gone; /* of wq_host.entry: to be taken back from curl */
	unsigned n, resolving;
};

void wq_hosts_init(struct wq_hosts *hs, struct wq_loop *l, struct wq_resolver *r,
                   void (*on_answer)(struct wq_host *h, int rc));
void wq_hosts_fini(struct wq_hosts *hs);
/* Every question in flight ends with WQ_ECANCELED, from the loop. */
void wq_hosts_cancel(struct wq_hosts *hs);

/* A new multi knows nothing.  No call that was told by wq_hosts_news may be in flight. */
void wq_hosts_untold(struct wq_hosts *hs);

/* `name` in lower case, without a dot at its end.  NULL: out of memory (raised). */
struct wq_host *wq_host_pin(struct wq_hosts *hs, struct wq_str name, uint16_t port);
/* NULL is fine. */
void wq_host_unpin(struct wq_host *h);
/* Its addresses are good now. */
bool wq_host_known(const struct wq_host *h);
/* Asks io/dns unless that is under way; then on_answer runs.  Negative: it cannot be asked. */
int wq_host_ask(struct wq_host *h);

/* What CURLOPT_RESOLVE of the next call must say (NULL: nothing).  *gone is the caller's, who frees it by
 * wq_hosts_free_gone with the same host, still pinned, once curl has read it.  h NULL: a call without a name. */
struct curl_slist *wq_hosts_news(struct wq_hosts *hs, struct wq_host *h, struct curl_slist **gone);
/* Frees the entries before that of `until`, which may stand at the end.  NULL is fine for both. */
void wq_hosts_free_gone(struct curl_slist *gone, const struct wq_host *until);
/* curl has read the text of that version. */
void wq_host_told(struct wq_host *h, unsigned version);
