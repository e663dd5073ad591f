/* SPDX-License-Identifier: MIT */
#pragma once
/* decide.h — what becomes of a step that is due: pure, with the clock as an argument.
 *
 *   opted out             ──► stop
 *   blocked               ──► pause
 *   no name to write to   ──► pending
 *   outside its hours     ──► wait
 *   may be sent           ──► send
 *   the window is closed  ──► pending | skip | send the fallback | stop | send, forced
 */
#include "domain/sequence/definition.h"
#include "domain/window/can_send.h"
#include "store/enrol.h"

struct wq_step_facts {
	struct wq_can_facts can;
	int64_t now_ms;
	bool reachable;       /* there is a name that a message can go to */
	int64_t open_ms;      /* when the hours of the step begin, or now_ms */
	bool template;        /* its message is one */
	bool blocked_probable;
};
struct wq_step_decision {
	enum wq_enrol_what what;
	int64_t until_ms;
	const char *why; /* a word, static */
	bool fallback, forced;
};
struct wq_step_decision wq_step_decide(const struct wq_step_facts *f, enum wq_seq_closed closed);
