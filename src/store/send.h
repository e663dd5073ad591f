/* SPDX-License-Identifier: MIT */
#pragma once
/* send.h — outbound messages of one account in Redis: may they be sent, and what became of it.
 *
 * Keys    "wq:{account}:" and what lib/letter.lua draws: all of an account lies in one slot of a cluster.
 * Claims  the ledger's entry is written by the step that grants the tokens; what finds one that is not its own never
 *         sends (send_claim.lua).
 * Batches a call carries up to WQ_SEND_BATCH_MAX messages; `item(ctx, i)` is asked for each while the call starts.
 *
 * Every start answers as wq_redis_start; the callback is the command's.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "io/redis/redis.h"

enum {
	WQ_SEND_OWN_MAX_BYTES = WQ_ACCOUNT_ID_MAX_BYTES + 8,
	WQ_SEND_TOKEN_BYTES = 16, /* of a claim, in hex with its end: 33 */
	WQ_SEND_CREDENTIAL_BYTES = 17,
};

struct wq_send_keys {
	struct wq_redis *redis; /* borrowed */
	char own[WQ_SEND_OWN_MAX_BYTES], state[WQ_SEND_OWN_MAX_BYTES + 8];
};
/* WQ_EINVAL (not raised): an id that cannot be a part of a key. */
int wq_send_keys_init(struct wq_send_keys *k, struct wq_redis *redis, struct wq_str account);

/* Moments are told as now_ms, 0: by Redis' own clock, which all processes share.  What holds for an account: */
struct wq_send_rules {
	int64_t keep_s;         /* records are kept for */
	int64_t grace_ms;       /* at least, before what nobody knows of is given up */
	int64_t unconfirmed_ms; /* taken by the provider, and no status for so long: told */
	int64_t interval_us;    /* one message of the number in so long; 0: no bound */
	int64_t burst;
	int64_t jitter_ms;      /* at most so much is added to that */
	int64_t pair_ms, pair_burst;
	int64_t quiet_until_ms;          /* what can wait waits until then; 0: nothing does */
	int64_t per_hour, per_day; /* 0: no bound */
	int64_t people;         /* a day that may be written to first, by all of the portfolio; 0: no bound */
	bool people_all;        /* free text counts among them */
	int64_t warmup_days;    /* caps grow over so many */
	int64_t age_max_ms;              /* not sent later than that after it was asked for */
	char credential[WQ_SEND_CREDENTIAL_BYTES]; /* digest of what the account signs in with, terminated */
	bool people_zones;      /* quiet_until_ms is for those alone of whom no zone is known */
	bool extends;           /* what we write opens its recipient's window */
	bool own_clock;         /* times are this process's: on virtual time; otherwise Redis' */
};

enum {
	WQ_SEND_FORCED = 1,
	WQ_SEND_BULK = 2,
	WQ_SEND_SIGNAL = 4,    /* no lane and no pair: a read receipt */
	WQ_SEND_ANY_TIME = 8,  /* goes through a closed window */
	WQ_SEND_CAN_WAIT = 16, /* until quiet hours are over */
	WQ_SEND_KEEPS = 32,    /* a closed window does not end it */
	WQ_SEND_IN_HOURS = 64, /* it is time for it in its person's own zone */
};

struct wq_send_claim {
	struct wq_str id, to, token, template;
	struct wq_str data, reference; /* of its record, should there be none */
	int send_class;
	unsigned flags;
	int64_t asked_ms, expires_ms; /* 0: the rules' age */
	int64_t met_ms; /* as people.h answered: 0: it was not asked, -1: granted, above 0: not for so long */
};
enum wq_send_answer {
	WQ_SEND_GO,     /* it is claimed: `number` is the try */
	WQ_SEND_WAIT,   /* `number` ms; `text` says for what */
	WQ_SEND_DONE,   /* it was sent before; `text` is the provider's id */
	WQ_SEND_ENDED,  /* it will never be sent: `text` begins with rejected, cancelled, parked or barred */
	WQ_SEND_CLOSED, /* the window is; `number`: since */
	WQ_SEND_PEOPLE, /* people.h has to be asked, for `number` a day, and then this again */
	WQ_SEND_ZONE,   /* `text` is the person's: once it is time there, this again, IN_HOURS */
};
struct wq_send_claimed {
	enum wq_send_answer answer;
	int64_t number;
	struct wq_str text;
};
int wq_send_claim_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                        const struct wq_send_rules *rules, int64_t now_ms, size_t n,
                        void (*item)(void *ctx, size_t i, struct wq_send_claim *out), void *ctx,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* Of the i-th; false: the answer is not in its form (raised). */
bool wq_send_claim_answer(const struct wq_redis_cmd *cmd, size_t i, struct wq_send_claimed *out);

enum wq_send_end { WQ_SEND_END_SENT, WQ_SEND_END_AGAIN, WQ_SEND_END_FAILED, WQ_SEND_END_UNKNOWN,
	WQ_SEND_END_OPEN, /* it is under way */
	WQ_SEND_ENDS };
struct wq_send_settle {
	struct wq_str id, to, token, provider_id, why;
	enum wq_send_end end;
	int64_t code, wait_ms, number; /* `number`: the try, as the claim told it */
};
int wq_send_settle_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                         const struct wq_send_rules *rules, int64_t now_ms, size_t n,
                         void (*item)(void *ctx, size_t i, struct wq_send_settle *out), void *ctx,
                         void (*cb)(struct wq_redis_cmd *cmd, int rc));
enum wq_send_settled {
	WQ_SEND_ANOTHERS, /* the claim was, or it was judged meanwhile */
	WQ_SEND_SETTLED,
	WQ_SEND_WAS_LOST, /* Redis knew nothing of the claim; it was settled all the same */
};
/* One of these; WQ_EPROTO (raised): the answer is not in its form. */
int wq_send_settled(const struct wq_redis_cmd *cmd, size_t i);

/* What an answer means for more than its own message. */
enum wq_send_effect {
	WQ_EFFECT_SLOW,      /* the number waits so long; told so again soon after, it is slower for a while */
	/* Nothing goes out for so long, -1: until it is released; subject: the credential that it is for, or empty. */
	WQ_EFFECT_HOLD,
	WQ_EFFECT_RELEASE,
	WQ_EFFECT_PAIR,      /* nothing to this person for so long */
	WQ_EFFECT_OPT_OUT,
	WQ_EFFECT_OPT_IN,
	WQ_EFFECT_MARKETING, /* no marketing to this person for so long */
	WQ_EFFECT_CLOSED,    /* this person's window is */
	WQ_EFFECT_STOP,      /* this template ("name|language") is not sent for so long, -1: until it is again */
	WQ_EFFECT_GO,        /* it is again */
	WQ_EFFECT_NO_TEMPLATES, /* none of the account's is sent for so long, -1: until it is released */
	WQ_EFFECTS
};
int wq_send_effect_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd, int64_t now_ms,
                         enum wq_send_effect effect, struct wq_str subject, int64_t for_ms,
                         struct wq_str why, void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* 0, or WQ_EPROTO (raised): the answer is not in its form. */
int wq_send_affected(const struct wq_redis_cmd *cmd);
/* RELEASE and GO: whether there was something to end. */
bool wq_send_effect_ended(const struct wq_redis_cmd *cmd);

/* What keeps messages from being sent. */
struct wq_send_hold {
	bool held;               /* nothing goes out */
	struct wq_str why;
	int64_t since_ms, until_ms; /* -1: until it is released */
	int64_t templates_until_ms; /* no template goes out; 0: they do */
	size_t stopped;          /* templates, WQ_SEND_STOPPED_SHOWN at most */
};
struct wq_send_stopped {
	struct wq_str name, language, why;
	int64_t since_ms, until_ms;
};
int wq_send_holds_start(const struct wq_send_keys *k, struct wq_redis_cmd *cmd,
                        void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* As it is now: what has ended by itself is none. */
void wq_send_holds_answer(const struct wq_redis_cmd *cmd, int64_t now_ms, struct wq_send_hold *out);
void wq_send_stopped_at(const struct wq_redis_cmd *cmd, size_t i, struct wq_send_stopped *out);
