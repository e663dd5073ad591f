/* SPDX-License-Identifier: MIT */
/* fetch.c — the steps, in the order in which they run. */
#include "domain/send/fetch.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"
#include "domain/send/upload.h"
#include "io/loop/flow.h"

enum { ASK, TURN, GET, GOT, FILED, KEPT };
enum { KEY_BYTES = WQ_ACCOUNT_ID_MAX_BYTES + 1 + WQ_FILED_HASH_BYTES + 2 };

struct fetch {
	struct wq_flow flow;
	struct wq_list link;      /* of the shelf */
	struct wq_map_node node;
	struct wq_list waiters;
	struct wq_shelf *shelf;
	struct wq_desk *desk;
	struct wq_shelf_turn turn;
	bool has_turn;
	enum wq_message_kind kind;
	enum wq_links links;
	unsigned hops;
	struct wq_redis_cmd cmd;
	struct wq_call call;
	struct wq_filing filing;
	struct wq_filed filed;
	struct wq_filing_result result;
	char key[KEY_BYTES], hash[WQ_FILED_HASH_BYTES + 1];
	char url[WQ_CLIENT_URL_MAX_BYTES + 1];
	char type[WQ_MEDIA_TYPE_MAX_BYTES + 1], name[WQ_MEDIA_NAME_MAX_BYTES + 1];
};

static struct fetch *self(struct wq_flow *f)
{
	return WQ_OWNER(f, struct fetch, flow);
}

static enum wq_flow_next end_as(struct fetch *t, enum wq_filing_end end)
{
	t->result.end = end;
	return wq_flow_end(&t->flow, 0);
}

static void on_cmd(struct wq_redis_cmd *cmd, int rc)
{
	struct fetch *t = WQ_OWNER(cmd, struct fetch, cmd);
	struct wq_filing_result *r = &t->result;

	if (rc == 0 && t->flow.from == ASK) {
		wq_filed_answer(cmd, wq_loop_wall_ms(t->shelf->loop), &t->filed);
		(void)snprintf(r->id, sizeof(r->id), "%.*s", WQ_STR_ARG(t->filed.id));
	}
	wq_flow_resume(&t->flow, rc);
}

static enum wq_flow_next run_ask(struct wq_flow *f)
{
	struct fetch *t = self(f);

	if (t->links != WQ_LINKS_ONCE)
		return wq_flow_go(f, TURN);
	return wq_flow_after(f, TURN,
	                     wq_filed_ask_start(&t->desk->keys, &t->cmd, WQ_FILED_ADDRESS, t->hash,
	                                        on_cmd));
}

static void on_turn(struct wq_shelf_turn *turn)
{
	struct fetch *t = WQ_OWNER(turn, struct fetch, turn);

	t->has_turn = true;
	wq_flow_resume(&t->flow, 0);
}

static void cut_turn(struct wq_flow *f)
{
	struct fetch *t = self(f);

	wq_shelf_leave(&t->turn);
	wq_flow_resume(f, WQ_ECANCELED);
}

static enum wq_flow_next run_turn(struct wq_flow *f)
{
	struct fetch *t = self(f);

	if (f->last != 0 || f->cancelled)
		return end_as(t, WQ_FILING_LATER);
	if (t->filed.id.p) {
		t->result.by = WQ_FILED_ADDRESS;
		t->result.kept = true;
		t->result.renewed = t->filed.renewed;
		(void)snprintf(t->result.hash, sizeof(t->result.hash), "%s", t->hash);
		wq_metric_count(&t->shelf->reused_n, 1);
		return end_as(t, WQ_FILING_DONE);
	}
	wq_shelf_wait(t->shelf, &t->turn);
	return wq_flow_after(f, GET, 0);
}

static void on_answer(struct wq_call *c, int rc)
{
	wq_flow_resume(&WQ_OWNER(c, struct fetch, call)->flow, rc);
}

static void cut_call(struct wq_flow *f)
{
	wq_call_cancel(&self(f)->call);
}

static enum wq_flow_next run_get(struct wq_flow *f)
{
	struct fetch *t = self(f);

	if (f->last != 0 || f->cancelled)
		return end_as(t, WQ_FILING_LATER);
	wq_call_fini(&t->call);
	t->call = (struct wq_call){ .method = "GET",
		                    .url = t->url,
		                    .timeout_ms = WQ_FILE_FETCH_MS,
		                    .response_max_bytes = WQ_FILE_MAX_BYTES,
		                    .guarded = !t->shelf->o.private_too };
	wq_metric_count(&t->shelf->fetches_n, 1);
	return wq_flow_after(f, GOT, wq_call_start(t->shelf->client, &t->call, on_answer));
}

static enum wq_flow_next end_why(struct fetch *t, enum wq_filing_end end, const char *why)
{
	(void)snprintf(t->result.why, sizeof(t->result.why), "%s", why);
	return end_as(t, end);
}

/* Where no answer came. */
static enum wq_flow_next judge_failure(struct fetch *t, int rc)
{
	switch (rc) {
	case WQ_EDENIED:
		return end_why(
			t, WQ_FILING_WRONG,
			"leads to an address that is not public: such ones are never fetched");
	case WQ_EINVAL:
		return end_why(t, WQ_FILING_WRONG, "is no address that can be fetched");
	case WQ_ETOOBIG:
		(void)snprintf(
			t->result.why, sizeof(t->result.why),
			"is a file of more than %d bytes: such a one is passed on by its address "
			"alone (\"upload\": false)",
			WQ_FILE_MAX_BYTES);
		return end_as(t, WQ_FILING_WRONG);
	case WQ_ENOMEM:
	case WQ_EFULL:
	case WQ_ECANCELED:
		return end_as(t, WQ_FILING_LATER);
	default:
		(void)snprintf(t->result.why, sizeof(t->result.why), "could not be fetched: %s",
		               wq_err_text(rc));
		return end_as(t, WQ_FILING_RETRY);
	}
}

/* An address of its own, or a path at the same host; false: neither. */
static bool turn_to(struct fetch *t, struct wq_str to)
{
	size_t host = 0, scheme = wq_str_starts(wq_str(t->url), "https://") ? 8 : 7;
	char next[WQ_CLIENT_URL_MAX_BYTES + 1];
	int n;

	host = scheme + strcspn(t->url + scheme, "/?#");
	if (wq_str_starts(to, "http://") || wq_str_starts(to, "https://"))
		n = snprintf(next, sizeof(next), "%.*s", WQ_STR_ARG(to));
	else if (wq_str_starts(to, "/") && !wq_str_starts(to, "//"))
		n = snprintf(next, sizeof(next), "%.*s%.*s", (int)host, t->url, WQ_STR_ARG(to));
	else
		return false;
	if (n < 0 || (size_t)n >= sizeof(next))
		return false;
	memcpy(t->url, next, (size_t)n + 1);
	return true;
}

static bool is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static enum wq_flow_next judge_status(struct fetch *t, int status)
{
	bool passes = status == 408 || status == 425 || status == 429 || status >= 500;

	(void)snprintf(t->result.why, sizeof(t->result.why), "could not be fetched: it answered %d",
	               status);
	return end_as(t, passes ? WQ_FILING_RETRY : WQ_FILING_WRONG);
}

static void on_filed(struct wq_filing *w, const struct wq_filing_result *r)
{
	struct fetch *t = WQ_OWNER(w, struct fetch, filing);

	t->result = *r; /* its texts too live until we have told */
	wq_flow_resume(&t->flow, 0);
}

static void cut_filing(struct wq_flow *f)
{
	(void)f; /* the upload is asked to end as well, and tells */
}

static enum wq_flow_next upload(struct fetch *t)
{
	struct wq_str said = t->type[0] ? wq_str(t->type)
	                                : wq_call_header_in(&t->call, "Content-Type");
	struct wq_str type = wq_fetch_type(said, wq_buf_str(&t->call.body_in));
	bool turn = t->has_turn;

	if (!wq_fetch_fits(t->kind, type)) {
		(void)snprintf(t->result.why, sizeof(t->result.why),
		               "is a file of type %.*s, which can't be sent as %s",
		               (int)(type.n > 100 ? 100 : type.n), type.n ? type.p : "",
		               wq_message_kind_name(t->kind));
		return end_as(t, WQ_FILING_WRONG);
	}
	t->has_turn = false;
	return wq_flow_after(&t->flow, FILED,
	                     wq_upload_join(t->shelf, t->desk, &t->call.body_in, type,
	                                    wq_str(t->name), turn, &t->filing));
}

static enum wq_flow_next run_got(struct wq_flow *f)
{
	struct fetch *t = self(f);
	int status = t->call.status;

	if (f->cancelled)
		return end_as(t, WQ_FILING_LATER);
	if (f->last < 0)
		return judge_failure(t, f->last);
	if (is_redirect(status) && t->hops < WQ_FILE_HOPS_MAX &&
	    turn_to(t, wq_call_header_in(&t->call, "Location"))) {
		t->hops++;
		return wq_flow_go(f, GET);
	}
	return status >= 200 && status <= 299 ? upload(t) : judge_status(t, status);
}

static enum wq_flow_next run_filed(struct wq_flow *f)
{
	struct fetch *t = self(f);

	if (f->last < 0)
		return end_as(t, WQ_FILING_LATER);
	if (t->result.end != WQ_FILING_DONE || t->links != WQ_LINKS_ONCE)
		return wq_flow_end(f, 0);
	t->filed.id = wq_str(t->result.id);
	t->filed.at_ms = wq_loop_wall_ms(t->shelf->loop);
	return wq_flow_after(f, KEPT,
	                     wq_filed_keep_start(&t->desk->keys, &t->cmd, WQ_FILED_ADDRESS, t->hash,
	                                         &t->filed, on_cmd));
}

static enum wq_flow_next run_kept(struct wq_flow *f)
{
	return end_as(self(f), WQ_FILING_DONE);
}

static const struct wq_flow_step steps[] = {
	/*            name     run        cancel      may go to */
	[ASK] = { "ask", run_ask, NULL, WQ_BIT(TURN) },
	[TURN] = { "turn", run_turn, cut_turn, WQ_BIT(GET) },
	[GET] = { "get", run_get, cut_call, WQ_BIT(GOT) },
	[GOT] = { "got", run_got, cut_filing, WQ_BIT(GET) | WQ_BIT(FILED) },
	[FILED] = { "filed", run_filed, NULL, WQ_BIT(KEPT) },
	[KEPT] = { "kept", run_kept, NULL, 0 },
};

static void on_end(struct wq_flow *f, int rc)
{
	struct fetch *t = self(f);
	struct wq_shelf *s = t->shelf;

	(void)rc;
	wq_map_take(&s->fetches, &t->node);
	wq_list_remove(&t->link);
	if (t->has_turn)
		wq_shelf_give_back(s);
	wq_filing_tell(&t->waiters, &t->result);
	wq_call_fini(&t->call);
	wq_free(t);
	wq_shelf_one_gone(s);
}

/* What stands for the content: the address, and as what it is sent. */
static int hash_of(const struct wq_file *f, char out[static WQ_FILED_HASH_BYTES + 1])
{
	const struct wq_str pieces[] = { wq_str(wq_message_kind_name(f->kind)), wq_str("\n"),
		                         f->type.p ? f->type : wq_str(""), wq_str("\n"), f->at };

	return wq_filed_hash(pieces, WQ_COUNT(pieces), out);
}

static struct fetch *create(struct wq_shelf *s, struct wq_desk *d, const struct wq_file *f,
                            const char *key, const char *hash)
{
	struct fetch *t = wq_zalloc(sizeof(*t));

	if (!t) {
		(void)WQ_RAISE(WQ_ENOMEM);
		return NULL;
	}
	t->shelf = s;
	t->desk = d;
	t->kind = f->kind;
	t->links = f->links;
	t->turn.given = on_turn;
	t->filing.told = on_filed;
	(void)snprintf(t->key, sizeof(t->key), "%s", key);
	(void)snprintf(t->hash, sizeof(t->hash), "%s", hash);
	(void)snprintf(t->url, sizeof(t->url), "%.*s", WQ_STR_ARG(f->at));
	(void)snprintf(t->type, sizeof(t->type), "%.*s", WQ_STR_ARG(f->type));
	(void)snprintf(t->name, sizeof(t->name), "%.*s", WQ_STR_ARG(f->name));
	wq_list_init(&t->waiters);
	wq_list_init(&t->turn.link);
	wq_list_init(&t->filing.link);
	wq_list_push(&s->fetching, &t->link);
	wq_map_put(&s->fetches, &t->node, wq_str(t->key));
	wq_flow_init(&t->flow, s->loop, steps, on_end);
	wq_flow_start(&t->flow);
	return t;
}

int wq_fetch_join(struct wq_shelf *s, struct wq_desk *d, const struct wq_file *f,
                  struct wq_filing *w)
{
	char hash[WQ_FILED_HASH_BYTES + 1], key[KEY_BYTES];
	struct wq_map_node *node;
	struct fetch *t;
	int rc = hash_of(f, hash);

	if (rc < 0)
		return rc;
	(void)snprintf(key, sizeof(key), "%s %s%c", d->id, hash,
	               f->links == WQ_LINKS_ONCE ? 'o' : 'e');
	node = wq_map_get(&s->fetches, wq_str(key));
	t = node ? WQ_OWNER(node, struct fetch, node) : create(s, d, f, key, hash);
	if (!t)
		return WQ_ENOMEM;
	wq_list_push(&t->waiters, &w->link);
	return 0;
}

void wq_fetches_cancel(struct wq_shelf *s)
{
	for (struct wq_list *l = s->fetching.next, *next; l != &s->fetching; l = next) {
		next = l->next;
		wq_flow_cancel(&WQ_OWNER(l, struct fetch, link)->flow);
	}
}
