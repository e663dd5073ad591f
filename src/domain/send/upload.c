/* SPDX-License-Identifier: MIT */
/* upload.c — the steps, in the order in which they run. */
#include "domain/send/upload.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"
#include "base/random.h"
#include "domain/account/directory.h"
#include "io/loop/flow.h"

enum { ASK, ASKED, POST, POSTED, KEPT };
enum { KEY_BYTES = WQ_ACCOUNT_ID_MAX_BYTES + 1 + WQ_FILED_HASH_BYTES + 1, MEMORY_MAX_BYTES = 65536,
       FORM_BYTES = 2048 };

struct upload {
	struct wq_flow flow;
	struct wq_list link;      /* of the shelf */
	struct wq_map_node node;
	struct wq_list waiters;
	struct wq_shelf *shelf;
	struct wq_desk *desk;
	struct wq_buf bytes, form; /* owned */
	struct wq_arena arena;     /* the request's and the answer's */
	struct wq_shelf_turn turn;
	bool has_turn;
	struct wq_redis_cmd cmd;
	struct wq_call call;
	struct wq_filed filed;
	struct wq_filing_result result;
	char key[KEY_BYTES];
	char type[WQ_MEDIA_TYPE_MAX_BYTES + 1], name[WQ_MEDIA_NAME_MAX_BYTES + 1];
};

static struct upload *self(struct wq_flow *f)
{
	return WQ_OWNER(f, struct upload, flow);
}

static enum wq_flow_next end_as(struct upload *u, enum wq_filing_end end)
{
	u->result.end = end;
	return wq_flow_end(&u->flow, 0);
}

static void on_cmd(struct wq_redis_cmd *cmd, int rc)
{
	struct upload *u = WQ_OWNER(cmd, struct upload, cmd);
	struct wq_filing_result *r = &u->result;

	if (rc == 0 && u->flow.from == ASK) {
		wq_filed_answer(cmd, wq_loop_wall_ms(u->shelf->loop), &u->filed);
		(void)snprintf(r->id, sizeof(r->id), "%.*s", WQ_STR_ARG(u->filed.id));
	}
	wq_flow_resume(&u->flow, rc);
}

static enum wq_flow_next run_ask(struct wq_flow *f)
{
	struct upload *u = self(f);

	return wq_flow_after(f, ASKED,
	                     wq_filed_ask_start(&u->desk->keys, &u->cmd, WQ_FILED_CONTENT,
	                                        u->result.hash, on_cmd));
}

static void on_turn(struct wq_shelf_turn *t)
{
	struct upload *u = WQ_OWNER(t, struct upload, turn);

	u->has_turn = true;
	wq_flow_resume(&u->flow, 0);
}

static void cut_turn(struct wq_flow *f)
{
	struct upload *u = self(f);

	wq_shelf_leave(&u->turn);
	wq_flow_resume(f, WQ_ECANCELED);
}

static enum wq_flow_next run_asked(struct wq_flow *f)
{
	struct upload *u = self(f);

	if (f->last != 0 || f->cancelled)
		return end_as(u, WQ_FILING_LATER);
	u->result.renewed = u->filed.renewed;
	if (u->filed.id.p) {
		u->result.kept = true;
		wq_metric_count(&u->shelf->reused_n, 1);
		return end_as(u, WQ_FILING_DONE);
	}
	if (u->has_turn)
		return wq_flow_go(f, POST);
	wq_shelf_wait(u->shelf, &u->turn);
	return wq_flow_after(f, POST, 0);
}

static void on_answer(struct wq_call *c, int rc)
{
	wq_flow_resume(&WQ_OWNER(c, struct upload, call)->flow, rc);
}

static void cut_call(struct wq_flow *f)
{
	wq_call_cancel(&self(f)->call);
}

/* 0, a condition of wq_media_upload, or < 0. */
static int fill_call(struct upload *u, const struct wq_account *a)
{
	const struct wq_media_file file = { .bytes = wq_buf_str(&u->bytes),
		                            .type = wq_str(u->type),
		                            .name = wq_str(u->name) };
	unsigned char random[WQ_MEDIA_BOUNDARY_BYTES];
	struct wq_provider_request r = { .headers_n = 0 };
	int rc = wq_random_bytes(random, sizeof(random));

	if (rc == 0)
		rc = wq_media_upload(&u->arena, &u->form, a, &file, random, &r);
	if (rc != 0)
		return rc;
	wq_buf_fini(&u->bytes);
	u->call = (struct wq_call){ .method = r.method,
		                    .url = r.url,
		                    .headers_n = r.headers_n,
		                    .body = r.body,
		                    .timeout_ms = WQ_FILE_UPLOAD_MS,
		                    .response_max_bytes = WQ_PROVIDER_ANSWER_MAX_BYTES,
		                    .guarded = a->guarded };
	for (unsigned i = 0; i < r.headers_n; i++)
		u->call.headers[i] = r.headers[i];
	return 0;
}

static enum wq_flow_next wrong(struct upload *u, int condition)
{
	size_t max = wq_media_bytes_max(wq_str(u->type));

	(void)snprintf(u->result.why, sizeof(u->result.why),
	               condition == WQ_MEDIA_TYPE
	                       ? "is a file of type %s, which WhatsApp does not take"
	                       : "is a file of type %s that is empty, or larger than %zu bytes",
	               u->type, max);
	return end_as(u, WQ_FILING_WRONG);
}

static enum wq_flow_next run_post(struct wq_flow *f)
{
	struct upload *u = self(f);
	const struct wq_account *a;
	int rc = f->last;

	if (rc == 0 && (f->cancelled || wq_accounts_find(u->shelf->accounts, wq_strn(NULL, 0),
	                                                 wq_str(u->desk->id), &a) != 0))
		rc = WQ_ECANCELED;
	if (rc == 0)
		rc = fill_call(u, a);
	if (rc > 0)
		return wrong(u, rc);
	if (rc < 0)
		return end_as(u, WQ_FILING_LATER);
	wq_metric_count(&u->shelf->uploads_n, 1);
	return wq_flow_after(f, POSTED, wq_call_start(u->shelf->client, &u->call, on_answer));
}

static enum wq_flow_next run_posted(struct wq_flow *f)
{
	struct upload *u = self(f);
	struct wq_filing_result *r = &u->result;

	if (wq_media_uploaded(&u->arena, f->last, &u->call, &r->answer) < 0)
		return end_as(u, WQ_FILING_LATER);
	wq_debug("file_uploaded", WQ_S("account", u->desk->id), WQ_S("type", u->type),
	         WQ_I("status", r->answer.status), WQ_I("code", r->answer.code));
	if (r->answer.as != WQ_SENT)
		return end_as(u, f->cancelled ? WQ_FILING_LATER : WQ_FILING_JUDGE);
	(void)snprintf(r->id, sizeof(r->id), "%.*s", WQ_STR_ARG(r->answer.id));
	u->filed.id = wq_str(r->id);
	u->filed.at_ms = wq_loop_wall_ms(u->shelf->loop);
	return wq_flow_after(f, KEPT,
	                     wq_filed_keep_start(&u->desk->keys, &u->cmd, WQ_FILED_CONTENT, r->hash,
	                                         &u->filed, on_cmd));
}

/* Not kept: the next one uploads it again. */
static enum wq_flow_next run_kept(struct wq_flow *f)
{
	return end_as(self(f), WQ_FILING_DONE);
}

static const struct wq_flow_step steps[] = {
	/*            name      run         cancel    may go to */
	[ASK] = { "ask", run_ask, NULL, WQ_BIT(ASKED) },
	[ASKED] = { "asked", run_asked, cut_turn, WQ_BIT(POST) },
	[POST] = { "post", run_post, cut_call, WQ_BIT(POSTED) },
	[POSTED] = { "posted", run_posted, NULL, WQ_BIT(KEPT) },
	[KEPT] = { "kept", run_kept, NULL, 0 },
};

static void on_end(struct wq_flow *f, int rc)
{
	struct upload *u = self(f);
	struct wq_shelf *s = u->shelf;

	(void)rc;
	wq_map_take(&s->uploads, &u->node);
	wq_list_remove(&u->link);
	if (u->has_turn)
		wq_shelf_give_back(s);
	wq_filing_tell(&u->waiters, &u->result);
	wq_call_fini(&u->call);
	wq_buf_fini(&u->bytes);
	wq_buf_fini(&u->form);
	wq_arena_fini(&u->arena);
	wq_free(u);
	wq_shelf_one_gone(s);
}

int wq_filed_hash(const struct wq_str *pieces, size_t n, char out[static WQ_FILED_HASH_BYTES + 1])
{
	unsigned char sum[WQ_SHA256_BYTES];
	struct wq_sha256 *h = wq_sha256_create();
	int rc = h ? wq_sha256_of(h, pieces, n, sum) : WQ_ENOMEM;

	wq_sha256_destroy(h);
	if (rc == 0)
		wq_hex_encode(sum, sizeof(sum), out);
	out[WQ_FILED_HASH_BYTES] = '\0';
	return rc;
}

static struct upload *create(struct wq_shelf *s, struct wq_desk *d, const char *hash,
                             struct wq_str type, struct wq_str name)
{
	struct upload *u = wq_zalloc(sizeof(*u));

	if (!u) {
		(void)WQ_RAISE(WQ_ENOMEM);
		return NULL;
	}
	u->shelf = s;
	u->desk = d;
	u->turn.given = on_turn;
	u->result.by = WQ_FILED_CONTENT;
	(void)snprintf(u->result.hash, sizeof(u->result.hash), "%s", hash);
	(void)snprintf(u->key, sizeof(u->key), "%s %s", d->id, hash);
	(void)snprintf(u->type, sizeof(u->type), "%.*s", WQ_STR_ARG(type));
	(void)snprintf(u->name, sizeof(u->name), "%.*s", WQ_STR_ARG(name));
	wq_list_init(&u->waiters);
	wq_list_init(&u->turn.link);
	wq_arena_init(&u->arena, MEMORY_MAX_BYTES);
	wq_buf_init(&u->form, WQ_FILE_MAX_BYTES + FORM_BYTES);
	wq_list_push(&s->uploading, &u->link);
	wq_map_put(&s->uploads, &u->node, wq_str(u->key));
	wq_flow_init(&u->flow, s->loop, steps, on_end);
	wq_flow_start(&u->flow);
	return u;
}

static int join(struct wq_shelf *s, struct wq_desk *d, struct wq_buf *bytes, struct wq_str type,
                struct wq_str name, bool *turn, struct wq_filing *w)
{
	/* The same bytes under another type are another file. */
	const struct wq_str pieces[] = { type, wq_str("\n"), wq_buf_str(bytes) };
	char hash[WQ_FILED_HASH_BYTES + 1], key[KEY_BYTES];
	struct wq_map_node *node;
	struct upload *u;
	int rc = wq_filed_hash(pieces, WQ_COUNT(pieces), hash);

	if (rc < 0)
		return rc;
	(void)snprintf(key, sizeof(key), "%s %s", d->id, hash);
	node = wq_map_get(&s->uploads, wq_str(key));
	u = node ? WQ_OWNER(node, struct upload, node) : create(s, d, hash, type, name);
	if (!u)
		return WQ_ENOMEM;
	if (!node) {
		u->bytes = *bytes;
		*bytes = (struct wq_buf){ .p = NULL };
		u->has_turn = *turn;
		*turn = false;
	}
	wq_list_push(&u->waiters, &w->link);
	return 0;
}

int wq_upload_join(struct wq_shelf *s, struct wq_desk *d, struct wq_buf *bytes, struct wq_str type,
                   struct wq_str name, bool has_turn, struct wq_filing *w)
{
	int rc = join(s, d, bytes, type, name, &has_turn, w);

	wq_buf_fini(bytes);
	if (has_turn)
		wq_shelf_give_back(s);
	return rc;
}

void wq_uploads_cancel(struct wq_shelf *s)
{
	for (struct wq_list *l = s->uploading.next, *next; l != &s->uploading; l = next) {
		next = l->next;
		wq_flow_cancel(&WQ_OWNER(l, struct upload, link)->flow);
	}
}
