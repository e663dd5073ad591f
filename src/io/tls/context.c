/* SPDX-License-Identifier: MIT */
/* context.c — an SSL_CTX with our rules. */
#include "io/tls/context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"

struct wq_tls_context {
	SSL_CTX *ssl;
	bool verifies;
};

/* The first of a pile is the nearest to the cause: "No such file or directory" below "system lib". */
static const char *reason(void)
{
	unsigned long e = ERR_peek_error();
	const char *text = ERR_SYSTEM_ERROR(e) ? strerror(ERR_GET_REASON(e))
	                                       : ERR_reason_error_string(e);

	return text ? text : "no reason given";
}

static int load_trust(SSL_CTX *ssl, const struct wq_tls_opts *o)
{
	if (o->insecure)
		return 0;
	if (!o->ca_file && SSL_CTX_set_default_verify_paths(ssl) != 1)
		return WQ_RAISE_MSG(WQ_ETLS, "the system's certificates: %s", reason());
	if (o->ca_file && SSL_CTX_load_verify_file(ssl, o->ca_file) != 1)
		return WQ_RAISE_MSG(WQ_ETLS, "CA file %s: %s", o->ca_file, reason());
	return 0;
}

static int load_ours(SSL_CTX *ssl, const struct wq_tls_opts *o)
{
	if (!o->cert_file != !o->key_file)
		return WQ_RAISE_MSG(WQ_EINVAL, "a client certificate and its key go together");
	if (!o->cert_file)
		return 0;
	if (SSL_CTX_use_certificate_chain_file(ssl, o->cert_file) != 1)
		return WQ_RAISE_MSG(WQ_ETLS, "certificate file %s: %s", o->cert_file, reason());
	if (SSL_CTX_use_PrivateKey_file(ssl, o->key_file, SSL_FILETYPE_PEM) != 1)
		return WQ_RAISE_MSG(WQ_ETLS, "key file %s: %s", o->key_file, reason());
	if (SSL_CTX_check_private_key(ssl) != 1)
		return WQ_RAISE_MSG(WQ_ETLS, "key file %s does not belong to %s", o->key_file,
		                    o->cert_file);
	return 0;
}

static int set_up(SSL_CTX *ssl, const struct wq_tls_opts *o)
{
	int rc;

	SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION);
	SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_verify(ssl, o->insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, NULL);
	rc = load_trust(ssl, o);
	return rc < 0 ? rc : load_ours(ssl, o);
}

int wq_tls_context_create(struct wq_tls_context **out, const struct wq_tls_opts *o)
{
	struct wq_tls_context *c = wq_zalloc(sizeof(*c));
	int rc;

	WQ_REQUIRE(out && o);
	if (!c)
		return WQ_RAISE(WQ_ENOMEM);
	ERR_clear_error();
	c->verifies = !o->insecure;
	c->ssl = SSL_CTX_new(TLS_client_method());
	if (!c->ssl) {
		rc = WQ_RAISE_MSG(WQ_ENOMEM, "SSL_CTX_new: %s", reason());
		goto free_context;
	}
	rc = set_up(c->ssl, o);
	if (rc < 0)
		goto free_ssl;
	*out = c;
	return 0;

free_ssl:
	SSL_CTX_free(c->ssl);
free_context:
	ERR_clear_error();
	wq_free(c);
	return rc;
}

void wq_tls_context_destroy(struct wq_tls_context *c)
{
	if (!c)
		return;
	SSL_CTX_free(c->ssl);
	wq_free(c);
}

struct ssl_ctx_st *wq_tls_context_ssl(struct wq_tls_context *c)
{
	return c->ssl;
}

bool wq_tls_context_verifies(const struct wq_tls_context *c)
{
	return c->verifies;
}
