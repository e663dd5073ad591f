/* SPDX-License-Identifier: MIT */
#pragma once
/* alloc.h — the one allocator: ours and, by wq_alloc_adopt_*(), that of the libraries.
 *
 * Every function may return NULL and its caller copes: running out of memory is an ordinary input.
 * Tests make the n-th allocation fail through wq_alloc_fail_after(); release builds keep the switch
 * because it costs one predictable branch.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *wq_alloc(size_t size);
void *wq_zalloc(size_t size);
void *wq_calloc(size_t count, size_t size);
void *wq_realloc(void *ptr, size_t size);
char *wq_strdup(const char *text);
char *wq_strndup(const char *text, size_t n);
/* NULL is fine. */
void wq_free(void *ptr);

/* Overwrites `n` bytes before they are freed; the compiler cannot leave it out. */
void wq_wipe(void *ptr, size_t n);

/* Requests for memory that were not met, ever: tells a library's "out of memory" that is one from one that is not. */
uint64_t wq_alloc_refusals(void);

/* Tests: let `n` allocations pass, fail the next one, then pass all.  UINT64_MAX: never fail. */
void wq_alloc_fail_after(uint64_t n);
/* Tests: true once the armed failure was delivered. */
bool wq_alloc_failed(void);
/* Tests: blocks handed out and not yet freed. */
uint64_t wq_alloc_live(void);
