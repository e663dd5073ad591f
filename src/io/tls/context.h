/* SPDX-License-Identifier: MIT */
#pragma once
/* context.h — what all TLS sessions to one kind of peer share: trust anchors, our certificate, the rules.
 *
 * TLS 1.2 and later, no renegotiation, no compression.  Files are read once, by create.
 */
#include <stdbool.h>

struct wq_tls_context;

struct wq_tls_opts {
	const char *ca_file;              /* PEM; NULL: the system's store */
	const char *cert_file, *key_file; /* ours, PEM, both or none */
	bool insecure;                    /* verify nothing; for tests */
};

/* A context for clients; 0 or a raised error that names the file. */
int wq_tls_context_create(struct wq_tls_context **out, const struct wq_tls_opts *o);
/* NULL is fine; sessions that live keep what they need. */
void wq_tls_context_destroy(struct wq_tls_context *c);

/* Only session.c looks behind it. */
struct ssl_ctx_st *wq_tls_context_ssl(struct wq_tls_context *c);
bool wq_tls_context_verifies(const struct wq_tls_context *c);
