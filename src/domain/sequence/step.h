/* SPDX-License-Identifier: MIT */
#pragma once
/* step.h — one step that is due: from what was taken to what is settled, and to the job of its message. */
#include "domain/account/account.h"
#include "domain/send/letter_job.h"
#include "domain/send/person.h"
#include "domain/window/hours.h"
#include "store/enrol.h"

struct wq_templates;

struct wq_step_world {
	const struct wq_templates *templates; /* own versions; NULL: none */
	const struct wq_account *account;
	const struct wq_hours *hours; /* of the account; NULL: always open */
	struct wq_zones *zones;
	int64_t now_ms;
	struct wq_arena *arena;
};
struct wq_step {
	struct wq_enrol_settle settle; /* borrows from what was taken, and from the arena */
	struct wq_letter_job job;      /* SEND: of the arena */
	struct wq_str opts;
	char person[WQ_PERSON_HEX_BYTES + 1];
};
/* 0, WQ_ETOOBIG (the arena is full; not raised), WQ_ENOMEM. */
int wq_step_make(struct wq_step *s, const struct wq_step_world *w, const struct wq_enrol_due *due);
