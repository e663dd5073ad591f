/* SPDX-License-Identifier: MIT */
#pragma once
/* stream.h — the half of sse.c that the connection calls. */
struct wq_exchange;

/* The line was silent for a while: says something that is no event. */
void wq_sse_tick(struct wq_exchange *x);
