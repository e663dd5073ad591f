/* SPDX-License-Identifier: MIT */
#pragma once
/* instances.h — the instances of the sandbox's Evolution API: a list and a map of them.  evolution.h has the calls. */
#include "base/list.h"
#include "base/map.h"

struct wq_instances {
	struct wq_list all; /* the oldest first */
	struct wq_map map;
	size_t n;
};

/* 0 or a raised error. */
int wq_instances_init(struct wq_instances *i);
void wq_instances_clear(struct wq_instances *i);
/* Twice is fine, zeroed is fine. */
void wq_instances_fini(struct wq_instances *i);
