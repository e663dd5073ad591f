/* SPDX-License-Identifier: MIT */
#pragma once
/* server.h — what the commands share: the server, its clients, a call, and the ways to look at keys and to answer.
 *
 * A command reads its arguments, looks keys up by sim_read or sim_write, and writes one answer into call->out.  Objects
 * that sim_write gives are its own to change; those of sim_read are not.
 */
#include "base/buf.h"
#include "base/list.h"
#include "sim/redis/number.h"
#include "sim/redis/sim_redis.h"
#include "sim/redis/store.h"

enum { SIM_OUT_MAX = 1 << 30 };

/* What Redis says often. */
#define SIM_WRONGTYPE "WRONGTYPE Operation against a key holding the wrong kind of value"
#define SIM_SYNTAX    "ERR syntax error"
#define SIM_NOT_INT   "ERR value is not an integer or out of range"
#define SIM_NOT_FLOAT "ERR value is not a valid float"
#define SIM_NO_KEY    "ERR no such key"

/* A transaction of which the file has a part: torn.c. */
struct sim_torn {
	enum { SIM_TORN_OFF, SIM_TORN_ARMED, SIM_TORN_INSIDE, SIM_TORN_TORN, SIM_TORN_OPEN } state;
	unsigned writes;
	struct sim_snapshot *before;
	struct sim_row journal;
	size_t from; /* of what a command writes */
	bool ended;  /* the end of another transaction is in the journal */
};

struct sim_redis {
	struct sim_data *data;
	uint64_t now_us;
	struct wq_list clients;
	struct wq_list waiting;    /* clients, the longest wait first */
	struct sim_row ready;      /* struct sim_text *: keys that somebody may wait for */
	struct sim_table scripts;  /* known, by SHA-1 */
	char *refuse;
	enum { SIM_REFUSE_NOTHING, SIM_REFUSE_WRITES, SIM_REFUSE_MEMORY, SIM_REFUSE_ALL } refuses;
	uint64_t commands, next_client, generation;
	uint64_t saved_s; /* LASTSAVE */
	char run_id[41], address[32];
	struct sim_torn torn;
	struct wq_buf inner; /* answers to scripts */
	struct wq_buf asked, looked;
};

/* A command that is carried out later. */
struct sim_words {
	const struct sim_command *command;
	size_t n;
	struct wq_str argv[]; /* their bytes are in the same block */
};

struct sim_client {
	struct wq_list link;
	struct sim_redis *redis;
	void (*push)(void *ctx, struct wq_str resp);
	void *ctx;
	uint64_t id, since_us;
	struct sim_text *name;
	bool all; /* nothing is refused to it: sim_redis_ask */

	/* MULTI */
	bool multi, spoilt;
	struct sim_row queued; /* struct sim_words */

	/* waiting */
	struct wq_list wait_link;
	bool waits;
	uint64_t until_us; /* 0: as long as it takes */
	struct sim_words *wait; /* the command, its ids resolved; tried again */

	struct sim_row channels; /* struct sim_text * */
};

struct sim_command;
struct sim_call {
	struct sim_redis *r;
	struct sim_client *c;
	const struct sim_command *command;
	const struct wq_str *argv;
	size_t argc;
	struct wq_buf *out;
	bool inside; /* of a script or of EXEC: nobody waits */
	bool again;  /* of one that waits: it answers nothing when there is nothing */
	bool script;
	bool wrote; /* EVAL: what has begun to write is refused no more */
};

enum {
	SIM_W = 1,        /* writes */
	SIM_M = 2,        /* may need memory */
	SIM_LOADING = 4,  /* taken while the data are read */
	SIM_NOSCRIPT = 8, /* not from scripts */
	SIM_NOMULTI = 16, /* carried out though MULTI queues */
	SIM_SUBS = 32,    /* taken from who subscribed */
	SIM_WHOLE = 64,   /* all that it writes is one transaction */
};
struct sim_command {
	const char *name; /* small letters */
	void (*run)(struct sim_call *k);
	int arity; /* with the name; < 0: at least */
	unsigned flags;
};
/* NULL: unknown. */
const struct sim_command *sim_command_find(struct wq_str name);
extern const struct sim_command sim_key_commands[], sim_text_commands[], sim_hash_commands[],
	sim_list_commands[], sim_set_commands[], sim_zset_commands[], sim_range_commands[],
	sim_stream_commands[], sim_server_commands[], sim_client_commands[], sim_script_commands[];

/* Checks and carries out one command of a script or of a client: the answer, or the error, is in call->out. */
void sim_call_run(struct sim_call *k);
bool sim_arity_ok(const struct sim_command *c, size_t argc);
/* The text of a refusal, if this command is refused now. */
const char *sim_refusal(const struct sim_redis *r, const struct sim_command *c);

static inline struct wq_str sim_arg(const struct sim_call *k, size_t i)
{
	return k->argv[i];
}
bool sim_arg_is(const struct sim_call *k, size_t i, const char *word);
/* False: the error was answered. */
bool sim_arg_int(struct sim_call *k, size_t i, int64_t *out);
bool sim_arg_double(struct sim_call *k, size_t i, double *out);
static inline uint64_t sim_now_ms(const struct sim_redis *r)
{
	return r->now_us / 1000;
}

/* Any type; NULL: not there. */
struct sim_entry *sim_lookup(struct sim_redis *r, struct wq_str key);
/* NULL: not there, or of another type, which was answered and is told in *wrong (may not be NULL). */
const struct sim_object *sim_read(struct sim_call *k, struct wq_str key, enum sim_type type,
                                  bool *wrong);
struct sim_object *sim_write(struct sim_call *k, struct wq_str key, enum sim_type type,
                             bool *wrong);
/* The same, made when it is not there; NULL: of another type, answered. */
struct sim_object *sim_write_new(struct sim_call *k, struct wq_str key, enum sim_type type);
/* An entry of the data set that may be changed. */
struct sim_entry *sim_own(struct sim_redis *r, struct wq_str key);
/* Takes the object over; what was there goes, its time to live too. */
struct sim_entry *sim_put(struct sim_redis *r, struct wq_str key, struct sim_object *o);
bool sim_delete(struct sim_redis *r, struct wq_str key);
/* Of what was changed: gone when nothing is left in it. */
void sim_settle(struct sim_redis *r, struct wq_str key, const struct sim_object *o);
/* Something came under that key: who waits for it is looked for behind the command. */
void sim_signal(struct sim_redis *r, struct wq_str key);
void sim_data_own(struct sim_redis *r);

void sim_out(struct sim_call *k, const char *text);
void sim_out_int(struct sim_call *k, int64_t v);
void sim_out_str(struct sim_call *k, struct wq_str s);
void sim_out_text(struct sim_call *k, const struct sim_text *t); /* NULL: nil */
void sim_out_double(struct sim_call *k, double v);
void sim_out_id(struct sim_call *k, struct sim_id id);
void sim_out_array(struct sim_call *k, size_t n);
void sim_out_nil(struct sim_call *k);
void sim_out_nothing(struct sim_call *k); /* an array that is nil */
void sim_out_ok(struct sim_call *k);
void sim_out_error(struct sim_call *k, const char *text);
void sim_out_errorf(struct sim_call *k, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void sim_add(struct wq_buf *b, const void *p, size_t n);

/* client.c */
/* Nothing is there: the client waits until `until_us` (0: no end) with this command, its arguments as given. */
void sim_wait(struct sim_call *k, const struct wq_str *argv, size_t argc, uint64_t until_us);
void sim_serve(struct sim_redis *r);
/* Nobody was served yet. */
void sim_forget_ready(struct sim_redis *r);
void sim_wait_forget(struct sim_client *c);
void sim_multi_reset(struct sim_client *c);
struct sim_words *sim_words_new(const struct sim_command *command, const struct wq_str *argv,
                                size_t argc);

/* torn.c */
/* Around a command of a client; end: true: it was torn, and nobody is told its answer. */
void sim_torn_begin(struct sim_call *k);
bool sim_torn_end(struct sim_call *k);
/* Behind each command, whose answer begins there. */
void sim_torn_note(struct sim_call *k, size_t out_from);
void sim_torn_restart(struct sim_redis *r);
void sim_torn_forget(struct sim_redis *r);

/* match.c: patterns of KEYS, SCAN and the like. */
bool sim_matches(struct wq_str pattern, struct wq_str s);

/* What the SCAN family takes. */
struct sim_scan {
	uint64_t cursor;
	int64_t count;
	bool match, typed;
	struct wq_str pattern, type;
};
/* The cursor, and what stands behind it; Redis looks for the key in between.  False: answered. */
bool sim_scan_cursor(struct sim_call *k, size_t cursor_at, struct sim_scan *s);
bool sim_scan_options(struct sim_call *k, size_t cursor_at, struct sim_scan *s);
void sim_scan_table(struct sim_call *k, const struct sim_table *t, const struct sim_scan *s,
                    bool whole,
                    size_t (*out)(struct sim_call *k, const struct sim_entry *e,
                                  const struct sim_scan *s));

/* sha1.c */
/* 40 letters and a terminator. */
void sim_sha1_hex(struct wq_str s, char out[41]);
