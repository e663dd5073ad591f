/* SPDX-License-Identifier: MIT */
/* copy.c — copies of texts, and memory that nobody shall read again. */
#include <string.h>

#include "base/alloc.h"

char *wq_strdup(const char *text)
{
	return wq_strndup(text, strlen(text));
}

char *wq_strndup(const char *text, size_t n)
{
	char *copy = wq_alloc(n + 1);

	if (!copy)
		return NULL;
	memcpy(copy, text, n);
	copy[n] = '\0';
	return copy;
}

void wq_wipe(void *ptr, size_t n)
{
	if (n == 0)
		return;
	memset(ptr, 0, n);
	__asm__ volatile("" : : "r"(ptr) : "memory"); /* the bytes count as read: the store stays */
}
