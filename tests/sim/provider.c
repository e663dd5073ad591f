/* SPDX-License-Identifier: MIT */
/* provider.c — what the provider does with requests, and tells of messages afterwards. */
#include "sim/provider.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "sim/hook.h"
#include "sim/world.h"

enum { STATUS_BYTES = 1024, OPAQUE_BYTES = 256, LATE_US = 60000000, PERCENT = 100 };

const char *const sim_fate_names[SIM_FATES] = {
	"taken",       "taken and 500",     "taken and reset",     "taken without an id",
	"taken late",  "refused with 500",  "forgotten and reset", "forgotten and hung",
	"rate limit",  "pair limit",        "refused for good",
};

struct sim_mood sim_mood;
uint64_t sim_posts_n;
static struct wq_list posts;

void sim_provider_calm(void)
{
	sim_mood =
		(struct sim_mood){ .least_us = 1000, .most_us = 50000, .status_most_us = 2000000 };
	sim_mood.weights[SIM_TAKEN] = 1;
}

void sim_provider_begin(bool calm)
{
	sim_posts_n = 0;
	wq_list_init(&posts);
	sim_provider_calm();
	if (calm)
		return;
	for (unsigned i = 0; i < SIM_FATES; i++)
		sim_mood.weights[i] = sim_one_in(3) ? (unsigned)sim_below(12) : 0;
	sim_mood.weights[SIM_TAKEN] = 20 + (unsigned)sim_below(60);
	if (sim_one_in(6)) { /* hardly a try tells what became of it, and many have to be made again */
		sim_mood.weights[SIM_TAKEN_RESET] = sim_mood.weights[SIM_TAKEN_500] = 20;
		sim_mood.weights[SIM_REFUSED_PAIR] = 30;
	}
	sim_mood.no_connection = sim_one_in(3) ? (unsigned)sim_below(20) : 0;
	sim_mood.most_us = sim_one_in(2) ? 2000000 : 50000;
	sim_mood.status_lost = sim_one_in(3) ? (unsigned)sim_below(60) : 0;
	sim_mood.status_doubled = sim_one_in(2) ? (unsigned)sim_below(50) : 0;
	sim_mood.status_most_us = sim_one_in(sim_world.size->late_one_in) ? 60000000 : 3000000;
}

static enum sim_fate draw(void)
{
	unsigned all = 0, at;

	for (unsigned i = 0; i < SIM_FATES; i++)
		all += sim_mood.weights[i];
	at = (unsigned)sim_below(all);
	for (unsigned i = 0; i < SIM_FATES; i++) {
		if (at < sim_mood.weights[i])
			return (enum sim_fate)i;
		at -= sim_mood.weights[i];
	}
	return SIM_TAKEN;
}

int sim_provider_connect(void)
{
	return sim_below(PERCENT) < sim_mood.no_connection ? WQ_ECONNECT : 0;
}

static void member(const struct sim_post *p, const char *name, char *out, size_t max)
{
	const char *at = strstr(p->body, name), *end;

	out[0] = '\0';
	if (!at)
		return;
	at += strlen(name);
	end = strchr(at, '"');
	if (end)
		snprintf(out, max, "%.*s", (int)(end - at), at);
}

static void tell_status(const char *word, const char *wamid, const char *to, const char *opaque,
                        uint64_t delay_us)
{
	char value[STATUS_BYTES], body[SIM_HOOK_BYTES], id[96];
	int64_t at_s = (sim_wall_ms() + (int64_t)(delay_us / 1000)) / 1000;

	if (sim_below(PERCENT) < sim_mood.status_lost) {
		sim_tell("provider: status %s of %s is lost", word, wamid);
		return;
	}
	snprintf(value, sizeof(value),
	         "\"statuses\":[{\"id\":\"%s\",\"status\":\"%s\",\"timestamp\":\"%lld\","
	         "\"recipient_id\":\"%s\",\"biz_opaque_callback_data\":\"%s\"}]",
	         wamid, word, (long long)at_s, to + (to[0] == '+'), opaque);
	sim_hook_write(body, value);
	snprintf(id, sizeof(id), "%s.%s", wamid, word);
	sim_hook_post(delay_us, id, wq_str(body));
	if (sim_below(PERCENT) < sim_mood.status_doubled)
		sim_hook_post(delay_us + sim_below(sim_mood.status_most_us), id, wq_str(body));
}

static void tell_statuses(const char *wamid, const char *to, const char *opaque)
{
	static const char *const words[] = { "sent", "delivered", "read" };
	uint64_t at = 0;

	for (size_t i = 0; i < WQ_COUNT(words); i++) {
		at += sim_below(sim_mood.status_most_us / 3);
		/* One that overtakes another. */
		tell_status(words[i], wamid, to, opaque, sim_one_in(6) ? sim_below(at + 1) : at);
	}
}

/* The referee. */
static void take(struct sim_post *p, char wamid[64])
{
	char key[32], opaque[OPAQUE_BYTES], to[32];

	member(p, "\"body\":\"", key, sizeof(key));
	member(p, "\"biz_opaque_callback_data\":\"", opaque, sizeof(opaque));
	member(p, "\"to\":\"", to, sizeof(to));
	snprintf(wamid, 64, "wamid.%llu", (unsigned long long)++sim_posts_n);
	sim_tell("provider: takes %s as %s", key, wamid);
	sim_world_accepted(key, opaque);
	tell_statuses(wamid, to, opaque);
}

static void free_post(struct sim_post *p)
{
	sim_event_cancel(&p->arrive);
	sim_event_cancel(&p->answer);
	sim_event_cancel(&p->tell);
	wq_list_remove(&p->of_proc);
	wq_list_remove(&p->of_all);
	wq_free(p);
}

void sim_posts_end(void)
{
	while (!wq_list_empty(&posts))
		free_post(WQ_OWNER(posts.next, struct sim_post, of_all));
}

static void say_error(struct sim_post *p, int status, int code)
{
	p->status = status;
	snprintf(p->reply, sizeof(p->reply),
	         "{\"error\":{\"message\":\"no\",\"type\":\"OAuthException\",\"code\":%d}}", code);
}

/* What is said of it; false: nothing, ever. */
static bool say(struct sim_post *p, const char *wamid)
{
	static const int rates[] = { 130429, 80007 };

	switch (p->fate) {
	case SIM_TAKEN:
		p->status = 200;
		snprintf(p->reply, sizeof(p->reply),
		         "{\"messaging_product\":\"whatsapp\",\"messages\":[{\"id\":\"%s\"}]}",
		         wamid);
		break;
	case SIM_TAKEN_500:
	case SIM_REFUSED_500:
		p->status = 500 + (int)sim_below(4);
		break;
	case SIM_TAKEN_EMPTY:
		p->status = 200;
		snprintf(p->reply, sizeof(p->reply), "%s", sim_one_in(2) ? "{}" : "<html>");
		break;
	case SIM_REFUSED_RATE:
		say_error(p, 429, rates[sim_below(WQ_COUNT(rates))]);
		break;
	case SIM_REFUSED_PAIR:
		say_error(p, 400, 131056);
		break;
	case SIM_REFUSED_GOOD:
		say_error(p, 400, 131026);
		break;
	case SIM_TAKEN_RESET:
	case SIM_REFUSED_RESET:
		break;
	default:
		return false;
	}
	return true;
}

static void on_tell(struct sim_event *e)
{
	struct sim_post *p = WQ_OWNER(e, struct sim_post, tell);
	struct wq_call_state *call = p->call;

	if (call)
		sim_call_told(call, p->status, p->reply);
	p->call = NULL;
	sim_post_orphan(p);
}

static void on_answer(struct sim_event *e)
{
	struct sim_post *p = WQ_OWNER(e, struct sim_post, answer);

	if (p->call)
		sim_event_at(&p->tell, sim.now_us);
	else
		free_post(p);
}

bool sim_posts_open(void)
{
	return !wq_list_empty(&posts);
}

static void on_arrive(struct sim_event *e)
{
	struct sim_post *p = WQ_OWNER(e, struct sim_post, arrive);
	char wamid[64] = "";

	sim_tell("provider: a request of %s: %s", p->proc->name, sim_fate_names[p->fate]);
	if (p->fate <= SIM_TAKEN_LATE)
		take(p, wamid);
	if (say(p, wamid))
		sim_event_at(&p->answer,
		             sim.now_us + sim_between(sim_mood.least_us, sim_mood.most_us));
	else if (!p->call)
		free_post(p);
}

static void check_lease(const struct sim_post *p)
{
	char opaque[OPAQUE_BYTES];

	member(p, "\"biz_opaque_callback_data\":\"", opaque, sizeof(opaque));
	sim_world_posted(p->proc, opaque);
}

struct sim_post *sim_post_send(struct wq_call_state *call, struct wq_str body)
{
	struct sim_proc *in = sim.in;
	struct sim_post *p;

	if (!sim_proc_may_write(in))
		return NULL;
	sim.in = NULL;
	p = wq_zalloc(sizeof(*p) + body.n + 1);
	p->proc = in;
	p->call = call;
	p->fate = draw();
	p->n = body.n;
	memcpy(p->body, body.p, body.n);
	wq_list_init(&p->of_proc);
	wq_list_push(&in->posts, &p->of_proc);
	wq_list_init(&p->of_all);
	wq_list_push(&posts, &p->of_all);
	sim_event_init(&p->arrive, NULL, on_arrive);
	sim_event_init(&p->answer, NULL, on_answer);
	sim_event_init(&p->tell, in, on_tell);
	check_lease(p);
	sim_event_at(&p->arrive,
	             sim.now_us + (p->fate == SIM_TAKEN_LATE ? sim_below(LATE_US)
	                                                     : sim_between(200, 20000)));
	sim.in = in;
	return p;
}

void sim_post_orphan(struct sim_post *p)
{
	p->call = NULL;
	sim_event_cancel(&p->tell);
	wq_list_remove(&p->of_proc);
	if (!p->arrive.queued && !p->answer.queued)
		free_post(p);
}
