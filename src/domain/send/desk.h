/* SPDX-License-Identifier: MIT */
#pragma once
/* desk.h — what a sending process holds of one account: its keys and rules, and what rides to Redis for it. */
#include "base/hmac.h"
#include "base/map.h"
#include "domain/account/account.h"
#include "domain/send/journal.h"
#include "domain/window/hours.h"
#include "queue/breaker.h"
#include "store/letter.h"
#include "store/people.h"

struct wq_desk {
	struct wq_map_node node;
	struct wq_loop *loop;
	struct wq_send_keys keys;
	struct wq_people_keys people;
	struct wq_send_rules rules;
	struct wq_convoy claims, settles, statuses;
	struct wq_journal journal;
	struct wq_breaker breaker;
	uint64_t files_rest_until_us; /* an upload failed for more than its own file */
	struct wq_hmac_key *opaque; /* owned */
	struct wq_quiet quiet;      /* without its name of a zone */
	struct wq_zone *quiet_zone; /* owned; NULL: no quiet hours */
	struct wq_hours hours;      /* without its name of a zone */
	struct wq_zone *hours_zone; /* owned; NULL: always */
	bool windowless;            /* free text goes at any time */
	enum wq_when_closed when_closed;
	char *fallback;             /* owned; JSON of the template that goes instead; NULL: none */
	uint64_t version; /* of the account that it was made by */
	unsigned char secret_sum[WQ_SHA256_BYTES]; /* of the secret that it was made with */
	char id[WQ_ACCOUNT_ID_MAX_BYTES + 1];
};

/* Riders of its convoys. */
struct wq_claim_rider {
	struct wq_rider rider;
	struct wq_send_claim claim;
};
struct wq_status_rider {
	struct wq_rider rider;
	struct wq_letter_status status;
};

/* NULL: out of memory, or an id that no key can have (raised). */
struct wq_desk *wq_desk_create(struct wq_loop *l, struct wq_redis *redis,
                               const struct wq_account *a, const struct wq_send_rules *rules);
/* The account's limits, quiet hours and secret as they are now; 0 or a raised error. */
int wq_desk_follow(struct wq_desk *d, const struct wq_account *a);
/* What scripts are told as now_ms. */
int64_t wq_desk_now_ms(const struct wq_desk *d);
/* When what can wait may go, from now on: in the person's own zone, or (NULL) the account's. */
int64_t wq_desk_open_ms(const struct wq_desk *d, const struct wq_zone *own);
/* Nobody rides.  NULL is fine. */
void wq_desk_destroy(struct wq_desk *d);
