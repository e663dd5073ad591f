/* SPDX-License-Identifier: MIT */
/* order.c — words to an order: what it is about, what befalls it, how often. */
#include "order.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 16, LINE_MAX_BYTES = 256 };

struct words {
	char text[LINE_MAX_BYTES];
	char *word[WORDS_MAX + 1]; /* NULL behind the last */
	unsigned at;
};

static const struct {
	const char *name;
	const char *second; /* word before its second number; NULL: it takes none */
	unsigned numbers;   /* that it must have */
} faults[FAULTS] = {
	[LATENCY]    = { "latency",    "jitter", 1 },
	[BANDWIDTH]  = { "bandwidth",  NULL,     1 },
	[SLICE]      = { "slice",      "every",  1 },
	[BLACKHOLE]  = { "blackhole",  NULL,     0 },
	[LOSE]       = { "lose",       NULL,     0 },
	[LIMIT]      = { "limit",      NULL,     1 },
	[RESET]      = { "reset",      "after",  0 },
	[CUT]        = { "cut",        "after",  0 },
	[SLOW_CLOSE] = { "slow-close", NULL,     1 },
	[TIMEOUT]    = { "timeout",    NULL,     1 },
	[HALF_OPEN]  = { "half-open",  NULL,     0 },
};

static bool split(struct words *w, const char *line)
{
	size_t n = strlen(line);
	unsigned count = 0;
	char *save = NULL;

	if (n >= sizeof(w->text))
		return false;
	memcpy(w->text, line, n + 1);
	for (char *word = strtok_r(w->text, " \t\r", &save); word;
	     word = strtok_r(NULL, " \t\r", &save)) {
		if (count == WORDS_MAX)
			return false;
		w->word[count++] = word;
	}
	w->word[count] = NULL;
	w->at = 0;
	return true;
}

static bool next_is(struct words *w, const char *word)
{
	if (!w->word[w->at] || strcmp(w->word[w->at], word) != 0)
		return false;
	w->at++;
	return true;
}

static bool number(struct words *w, uint64_t *out)
{
	const char *word = w->word[w->at];
	char *end;

	if (!word || *word < '0' || *word > '9' || strlen(word) > 15)
		return false;
	*out = strtoull(word, &end, 10);
	w->at++;
	return *end == '\0';
}

static const char *fault_read(struct order *o, struct words *w)
{
	unsigned kind;
	uint64_t pct = 100;

	for (kind = 0; kind < FAULTS; kind++)
		if (next_is(w, faults[kind].name))
			break;
	if (kind == FAULTS)
		return "no such order";
	o->verb = ORDER_FAULT;
	o->kind = (enum fault_kind)kind;
	o->fault = (struct fault){ .on = true, .times = UINT64_MAX };
	if (faults[kind].numbers && !number(w, &o->fault.a))
		return "it takes a number";
	if (faults[kind].second && next_is(w, faults[kind].second)) {
		if (!number(w, faults[kind].numbers ? &o->fault.b : &o->fault.a))
			return "a number is missing";
		if (!faults[kind].numbers)
			o->fault.b = 1;
	}
	if ((kind == BANDWIDTH || kind == SLICE) && o->fault.a == 0)
		return "at least one byte";
	if (next_is(w, "pct") && (!number(w, &pct) || pct > 100))
		return "pct takes a number up to 100";
	if (next_is(w, "times") && !number(w, &o->fault.times))
		return "times takes a number";
	o->fault.pct = (unsigned)pct;
	return NULL;
}

static const char *verb_read(struct order *o, struct words *w)
{
	if (next_is(w, "pass"))
		o->verb = ORDER_PASS;
	else if (next_is(w, "refuse"))
		o->verb = ORDER_REFUSE;
	else if (next_is(w, "stats"))
		o->verb = ORDER_STATS;
	else if (next_is(w, "wait"))
		return o->verb = ORDER_WAIT, number(w, &o->ms) ? NULL : "wait takes milliseconds";
	else if (next_is(w, "to")) {
		const char *to = w->word[w->at];

		if (!to || strlen(to) >= sizeof(o->to))
			return "to takes HOST:PORT";
		memcpy(o->to, to, strlen(to) + 1);
		o->verb = ORDER_TO;
		w->at++;
	} else
		return fault_read(o, w);
	return NULL;
}

const char *order_read(struct order *out, const char *line)
{
	struct words w;
	const char *why;

	memset(out, 0, sizeof(*out));
	if (!split(&w, line))
		return "too long";
	if (next_is(&w, "at") && !number(&w, &out->at_ms))
		return "at takes milliseconds";
	out->coming = out->there = true;
	if (next_is(&w, "new"))
		out->there = false;
	else if (next_is(&w, "old"))
		out->coming = false;
	out->direction[UP] = out->direction[DOWN] = true;
	if (next_is(&w, "up"))
		out->direction[DOWN] = false;
	else if (next_is(&w, "down"))
		out->direction[UP] = false;
	else
		next_is(&w, "both");
	why = verb_read(out, &w);
	if (!why && w.word[w.at])
		return "what is the last word?";
	return why;
}
