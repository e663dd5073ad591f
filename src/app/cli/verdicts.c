/* SPDX-License-Identifier: MIT */
/* verdicts.c — docs/verdicts.md from the tables of verdicts. */
#include <inttypes.h>

#include "app/cli/config.h"
#include "domain/provider/verdict_row.h"

static const char intro[] =
	"# Verdicts\n"
	"\n"
	"What is done about an error of a provider's. This page is printed by `willaq config --verdicts-markdown`.\n"
	"\n"
	"| action | what is done |\n"
	"|---|---|\n"
	"| retry | the same again after a wait, which doubles; uses an attempt of the job; "
	"a row with more than three tries is of an outage, and uses its own instead |\n"
	"| slow | the number slows down; the message waits and uses no attempt |\n"
	"| pair | the messages to this one person wait: 4, 16, 64 … 300 s; no attempt is used |\n"
	"| pause | nothing goes out of the account, until the wait is over or, without one, until somebody looks |\n"
	"| token | the same, until there is a new token |\n"
	"| template | the 24-hour window is closed: only a template can go |\n"
	"| stop-template | nobody of the account sends that template, for the wait or until it is approved again |\n"
	"| suppress | the person wants nothing more of us |\n"
	"| no-marketing | no marketing to that person for so long |\n"
	"| drop | this message will never arrive |\n"
	"| fix | the message is wrong: nobody can send it as it is |\n"
	"\n"
	"A retry waits between half and all of 2, 4, 8 … 30 s, or of what its row says; slow and pair up to a\n"
	"quarter longer than they say. `Retry-After` wins where it is longer, to a day. A message of which not one\n"
	"byte was sent waits for 1, 2, 4 … 300 s and uses no attempt.\n"
	"\n"
	"Certain are only an answer of 2xx with an id, an error that the provider declares in its own JSON, and that\n"
	"not one byte was written. All other answers leave open whether the message was sent, and the ledger settles\n"
	"that: no answer, a proxy's page whatever its status, an error of 5xx whose code is in no table, and the\n"
	"codes marked *open*, which only say that something went wrong (*open but for 4xx*: one of 4xx is certain).\n"
	"\n"
	"A code that is in no table: 401 token; 403 pause; 429 slow; 408, 5xx and what the provider calls transient\n"
	"retry, 5 tries; all others drop.\n"
	"\n"
	"`--verdicts FILE` puts rows of your own before these. A key is a code, a code and its subcode, or the word\n"
	"of a row of Evolution's; `waitMs`, `attempts` and `then` (what is done when these are used up) may be left\n"
	"out:\n"
	"\n"
	"```json\n"
	"{\"cloud\": {\"131026\": {\"action\": \"retry\", \"waitMs\": 60000, \"attempts\": 3, \"then\": \"drop\"},\n"
	"           \"190/463\": {\"action\": \"pause\"}},\n"
	" \"evolution\": {\"closed\": {\"action\": \"slow\", \"waitMs\": 30000}}}\n"
	"```\n";

static int add_wait(struct wq_buf *out, int64_t ms)
{
	if (ms % 3600000 == 0)
		return wq_buf_addf(out, "%" PRId64 " h", ms / 3600000);
	if (ms % 60000 == 0 && ms > 60000)
		return wq_buf_addf(out, "%" PRId64 " min", ms / 60000);
	return wq_buf_addf(out, "%" PRId64 " s", ms / 1000);
}

static int add_code(struct wq_buf *out, const struct wq_verdict_row *r)
{
	if (r->word)
		return wq_buf_addf(out, "| `%s` | ", r->word);
	if (r->code_to)
		return wq_buf_addf(out, "| %" PRId64 "–%" PRId64 " | ", r->code, r->code_to);
	if (r->subcode)
		return wq_buf_addf(out, "| %" PRId64 "/%" PRId64 " | ", r->code, r->subcode);
	return wq_buf_addf(out, "| %" PRId64 " | ", r->code);
}

static int add_waits(struct wq_buf *out, const struct wq_verdict_row *r)
{
	int rc = r->wait_ms ? add_wait(out, r->wait_ms) : 0;

	if (rc == 0 && r->wait_max_ms) {
		rc = wq_buf_add_text(out, " … ");
		if (rc == 0)
			rc = add_wait(out, r->wait_max_ms);
	}
	return rc;
}

static int add_row(struct wq_buf *out, const struct wq_verdict_row *r)
{
	static const char *const open[] = { "", "open but for 4xx", "open" };
	int rc = add_code(out, r);

	if (rc == 0)
		rc = wq_buf_addf(out, "%s | %s | ", r->meaning, wq_action_name(r->action));
	if (rc == 0)
		rc = add_waits(out, r);
	if (rc == 0 && r->attempts_max)
		rc = wq_buf_addf(out, " | %u%s%s", r->attempts_max,
		                 r->then != WQ_ACT_DONE ? ", then " : "",
		                 r->then != WQ_ACT_DONE ? wq_action_name(r->then) : "");
	else if (rc == 0)
		rc = wq_buf_add_text(out, " | ");
	return rc == 0 ? wq_buf_addf(out, " | %s |\n", open[r->vague]) : rc;
}

static int add_table(struct wq_buf *out, const char *title, enum wq_provider p)
{
	const struct wq_verdict_table *t = wq_verdict_table(p);
	int rc = wq_buf_addf(out,
	                     "\n## %s\n\n| code | meaning | action | wait | tries | certain? |\n"
	                     "|---|---|---|---|---|---|\n",
	                     title);

	for (size_t i = 0; rc == 0 && i < t->n; i++)
		rc = add_row(out, &t->rows[i]);
	return rc;
}

int wq_config_write_verdicts(struct wq_buf *out)
{
	int rc = wq_buf_add_text(out, intro);

	if (rc == 0)
		rc = add_table(out, "Cloud API", WQ_PROVIDER_CLOUD);
	if (rc == 0)
		rc = add_table(out, "Evolution", WQ_PROVIDER_EVOLUTION);
	return rc == 0 ? add_table(out, "Twilio", WQ_PROVIDER_TWILIO) : rc;
}
