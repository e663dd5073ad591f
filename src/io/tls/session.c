/* SPDX-License-Identifier: MIT */
/* session.c — SSL between two memory BIOs. */
#include "io/tls/session.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"

struct wq_tls_session {
	SSL *ssl;
	BIO *in, *out; /* owned by ssl */
	char why[160];
};

/* An address is checked against the certificate's addresses and is never sent as SNI. */
static bool set_host(SSL *ssl, const char *host)
{
	X509_VERIFY_PARAM *rules = SSL_get0_param(ssl);

	X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (X509_VERIFY_PARAM_set1_ip_asc(rules, host) == 1)
		return true;
	/* What SSL_set_tlsext_host_name does, without its cast that drops a const. */
	return SSL_set1_host(ssl, host) == 1 &&
	       SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
	                (void *)(uintptr_t)host) == 1;
}

static bool set_pipes(struct wq_tls_session *s)
{
	s->in = BIO_new(BIO_s_mem());
	s->out = BIO_new(BIO_s_mem());
	if (!s->in || !s->out) {
		BIO_free(s->in);
		BIO_free(s->out);
		return false;
	}
	BIO_set_mem_eof_return(s->in, -1); /* empty means later, not never */
	SSL_set_bio(s->ssl, s->in, s->out);
	return true;
}

int wq_tls_session_create(struct wq_tls_session **out, struct wq_tls_context *c, const char *host)
{
	struct wq_tls_session *s = wq_zalloc(sizeof(*s));

	WQ_REQUIRE(out && c && host);
	if (!s)
		return WQ_RAISE(WQ_ENOMEM);
	s->ssl = SSL_new(wq_tls_context_ssl(c));
	if (!s->ssl || !set_pipes(s) || !set_host(s->ssl, host)) {
		wq_tls_session_destroy(s);
		ERR_clear_error();
		return WQ_RAISE_MSG(WQ_ENOMEM, "TLS session");
	}
	ERR_clear_error(); /* a name is no address: set_host's first try leaves a note */
	SSL_set_connect_state(s->ssl);
	*out = s;
	return 0;
}

void wq_tls_session_destroy(struct wq_tls_session *s)
{
	if (!s)
		return;
	SSL_free(s->ssl);
	wq_free(s);
}

int wq_tls_session_feed(struct wq_tls_session *s, const char *p, size_t n)
{
	WQ_REQUIRE(n <= INT_MAX);
	if (n > 0 && BIO_write(s->in, p, (int)n) != (int)n) {
		ERR_clear_error();
		return WQ_RAISE(WQ_ENOMEM);
	}
	return 0;
}

static int refuse(struct wq_tls_session *s)
{
	long verdict = SSL_get_verify_result(s->ssl);
	const char *text = ERR_reason_error_string(ERR_peek_last_error());

	if (verdict != X509_V_OK && SSL_get_verify_mode(s->ssl) != SSL_VERIFY_NONE)
		snprintf(s->why, sizeof(s->why), "the server's certificate is refused: %s",
		         X509_verify_cert_error_string(verdict));
	else
		snprintf(s->why, sizeof(s->why), "TLS: %s", text ? text : "broken off");
	ERR_clear_error();
	return WQ_ETLS;
}

int wq_tls_session_step(struct wq_tls_session *s)
{
	int n, err;

	ERR_clear_error();
	n = SSL_do_handshake(s->ssl);
	if (n == 1)
		return 1;
	err = SSL_get_error(s->ssl, n);
	return err == SSL_ERROR_WANT_READ || err == SSL_ERROR_WANT_WRITE ? 0 : refuse(s);
}

ssize_t wq_tls_session_read(struct wq_tls_session *s, char *p, size_t n)
{
	int got;

	ERR_clear_error();
	got = SSL_read(s->ssl, p, n < INT_MAX ? (int)n : INT_MAX);
	if (got > 0)
		return got;
	switch (SSL_get_error(s->ssl, got)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return 0;
	case SSL_ERROR_ZERO_RETURN:
		return WQ_ELOST;
	default:
		return refuse(s);
	}
}

int wq_tls_session_write(struct wq_tls_session *s, const char *p, size_t n)
{
	size_t done;

	if (n == 0)
		return 0;
	ERR_clear_error();
	if (SSL_write_ex(s->ssl, p, n, &done) != 1 || done != n)
		return refuse(s);
	return 0;
}

int wq_tls_session_take(struct wq_tls_session *s, struct wq_buf *out)
{
	size_t n = BIO_ctrl_pending(s->out);
	int rc;

	if (n == 0)
		return 0;
	rc = wq_buf_reserve(out, n);
	if (rc < 0)
		return rc;
	WQ_REQUIRE(n <= INT_MAX && BIO_read(s->out, out->p + out->n, (int)n) == (int)n);
	out->n += n;
	return 0;
}

const char *wq_tls_session_why(const struct wq_tls_session *s)
{
	return s->why;
}
