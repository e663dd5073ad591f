/* SPDX-License-Identifier: MIT */
/* twilio_signature_test.c — the samples' signatures; spellings of a URL by a table; forgeries; without memory. */
#include "domain/sink/twilio_signature.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/hmac.h"
#include "support/fault.h"
#include "support/test.h"

#define FORM    "application/x-www-form-urlencoded"
#define TOKEN   "demo-auth-token"
#define PUBLIC  "https://hooks.example.com/twilio/in?tenant=1"
#define CALL    "CallSid=CA1234567890ABCDE&Caller=%2B12349013030&Digits=1234&From=%2B12349013030&To=%2B18005551212"
#define CALL_MIXED                                                                  \
	"To=%2B18005551212&To=%2B18005551212&From=%2B12349013030&&Digits=1234&Call" \
	"er=%2B12349013030&CallSid=CA1234567890ABCDE"
#define CALL_OK "0/KCTR6DLpKmkAf8muzZqo1nDgQ="

enum { BODY_MAX_BYTES = 65536, SIGNATURE_BYTES = 28 };

/* With commas between the tokens. */
static int judge(const char *tokens, const char *public, const struct wq_twilio_asked *a)
{
	struct wq_str rest = wq_str(tokens), list[WQ_WEBHOOK_SECRETS_MAX];
	size_t n = 0;

	while (wq_str_next(&rest, ',', &list[n]))
		n++;
	return wq_twilio_signed(list, n, wq_str(public), a);
}

static size_t read_sample(struct wq_str name, char *out, size_t max)
{
	char path[512];
	FILE *f;
	size_t n;

	(void)snprintf(path, sizeof(path), WQ_TESTS_DIR "/samples/%.*s", WQ_STR_ARG(name));
	f = fopen(path, "rb");
	WQ_CHECK(path, f != NULL);
	n = fread(out, 1, max, f);
	fclose(f);
	return n;
}

/* As it came to us: behind a proxy that passes the query on, and maps the path. */
static int judge_sample(struct wq_str name, struct wq_str signature, struct wq_str url)
{
	static char body[BODY_MAX_BYTES];
	size_t at = wq_str_find(url, '?');
	struct wq_twilio_asked a = { .host = wq_str("127.0.0.1:8780"),
		                     .path = wq_str("/webhooks/twilio"),
		                     .query = wq_strn(url.p + at + 1, url.n - at - 1),
		                     .type = wq_str(wq_str_ends(name, ".form") ? FORM : "application/json"),
		                     .signature = signature };

	a.body = wq_strn(body, read_sample(name, body, sizeof(body)));
	WQ_CHECK_INT("another token", judge("other", PUBLIC, &a), 0);
	WQ_CHECK_INT("another place", judge(TOKEN, "https://hooks.example.com", &a), 0);
	body[a.body.n / 2] ^= 1;
	WQ_CHECK_INT("another body", judge(TOKEN, PUBLIC, &a), 0);
	body[a.body.n / 2] ^= 1;
	return judge("first,demo-auth-token,third", PUBLIC, &a);
}

WQ_TEST(samples)
{
	static char table[BODY_MAX_BYTES];
	struct wq_str rest = wq_strn(table,
	                             read_sample(wq_str("signatures.tsv"), table, sizeof(table)));
	struct wq_str row, cell[4];
	unsigned n = 0;

	while (wq_str_next(&rest, '\n', &row)) {
		if (!wq_str_starts(row, "twilio/"))
			continue;
		for (size_t i = 0; i < WQ_COUNT(cell); i++)
			WQ_CHECK("cells", wq_str_next(&row, '\t', &cell[i]));
		WQ_CHECK_INT(cell[0].p, judge_sample(cell[0], cell[2], cell[3]), 1);
		n++;
	}
	WQ_CHECK_INT("samples", n, 27);
}

WQ_TEST(spellings)
{
	static const struct {
		const char *what, *public, *host, *path, *query, *body, *signature;
		int want;
	} rows[] = {
		{ "from the setting", "https://mycompany.com", "x", "/myapp.php", "foo=1&bar=2",
		  CALL, CALL_OK, 1 },
		{ "with a slash", "https://mycompany.com/", "x", "/myapp.php", "foo=1&bar=2", CALL,
		  CALL_OK, 1 },
		{ "with overrides", "https://mycompany.com#rc=3&rp=all", "x", "/myapp.php",
		  "foo=1&bar=2", CALL, CALL_OK, 1 },
		{ "the path from it", "https://mycompany.com/myapp.php", "x", "/webhooks/twilio",
		  "foo=1&bar=2", CALL, CALL_OK, 1 },
		{ "our path behind its own", "https://mycompany.com/myapp.php", "x", "/in",
		  "foo=1&bar=2", CALL, CALL_OK, 1 },
		{ "our path behind a prefix", "https://mycompany.com/", "x", "/myapp.php",
		  "foo=1&bar=2", CALL, CALL_OK, 1 },
		{ "the query from it", "https://mycompany.com/myapp.php?foo=1&bar=2", "x",
		  "/webhooks/twilio", NULL, CALL, CALL_OK, 1 },
		{ "a port", "https://mycompany.com:443", "x", "/myapp.php", "foo=1&bar=2", CALL,
		  CALL_OK, 1 },
		{ "from the Host header", "", "mycompany.com", "/myapp.php", "foo=1&bar=2", CALL,
		  CALL_OK, 1 },
		{ "other order, a parameter twice", "https://mycompany.com", "x", "/myapp.php",
		  "foo=1&bar=2", CALL_MIXED, CALL_OK, 1 },
		{ "http", "http://mycompany.com", "x", "/myapp.php", "foo=1&bar=2", CALL, CALL_OK,
		  0 },
		{ "another host", "https://yourcompany.com", "mycompany.com", "/myapp.php",
		  "foo=1&bar=2", CALL, CALL_OK, 0 },
		{ "a slash more", "https://mycompany.com", "x", "/myapp.php/", "foo=1&bar=2", CALL,
		  CALL_OK, 0 },
		{ "no query", "https://mycompany.com", "x", "/myapp.php", NULL, CALL, CALL_OK, 0 },
		{ "a parameter more", "https://mycompany.com", "x", "/myapp.php", "foo=1&bar=2",
		  CALL "&A=", CALL_OK, 0 },
		{ "an empty header", "https://mycompany.com", "x", "/myapp.php", "foo=1&bar=2",
		  CALL, "", 0 },
		{ "one character less", "https://mycompany.com", "x", "/myapp.php", "foo=1&bar=2",
		  CALL, "0/KCTR6DLpKmkAf8muzZqo1nDgQ", 0 },
		{ "one more", "https://mycompany.com", "x", "/myapp.php", "foo=1&bar=2", CALL,
		  CALL_OK "=", 0 },
		{ "unused bits", "https://mycompany.com", "x", "/myapp.php", "foo=1&bar=2", CALL,
		  "0/KCTR6DLpKmkAf8muzZqo1nDgR=", 0 },
		{ "no base64", "https://mycompany.com", "x", "/myapp.php", "foo=1&bar=2", CALL,
		  "0/KCTR6DLpKmkAf8muzZqo1nDg_=", 0 },
		{ "a Host that is none", "", "my company", "/myapp.php", "foo=1&bar=2", CALL,
		  CALL_OK, 0 },
	};

	for (size_t i = 0; i < WQ_COUNT(rows); i++) {
		const struct wq_twilio_asked a = { .host = wq_str(rows[i].host),
			                           .path = wq_str(rows[i].path),
			                           .query = wq_str(rows[i].query),
			                           .type = wq_str(FORM "; charset=UTF-8"),
			                           .body = wq_str(rows[i].body),
			                           .signature = wq_str(rows[i].signature) };

		WQ_CHECK_INT(rows[i].what, judge("12345", rows[i].public, &a), rows[i].want);
	}
}

static void sign(const char *url, const char *parameters, char out[SIGNATURE_BYTES + 1])
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char sum[WQ_SHA1_BYTES + 1] = { 0 };
	char text[512];

	(void)snprintf(text, sizeof(text), "%s%s", url, parameters);
	WQ_CHECK_INT("sum", wq_hmac_sha1(wq_str("12345"), wq_str(text), sum), 0);
	for (size_t i = 0; i < SIGNATURE_BYTES - 1; i++) {
		unsigned bits = (unsigned)sum[i * 6 / 8] << 8 | sum[i * 6 / 8 + 1];

		out[i] = digits[bits >> (10 - i * 6 % 8) & 63];
	}
	out[SIGNATURE_BYTES - 1] = '=';
	out[SIGNATURE_BYTES] = '\0';
}

/* Twilio signs one of four spellings, whichever it is. */
WQ_TEST(ports_and_encodings)
{
	static const char *const texts[] = {
		"https://example.com/in?it's=a+b%7E",
		"https://example.com:443/in?it's=a+b%7E",
		"https://example.com/in?it's=a%20b~",
		"https://example.com:443/in?it's=a%20b~",
	};
	static const char *const others[] = {
		"https://example.com:8443/in?it's=a+b%7E",
		"https://example.com/in?it%27s=a+b~",
		"https://example.com/in",
	};
	char signature[SIGNATURE_BYTES + 1];
	struct wq_twilio_asked a = { .host = wq_str("x"),
		                     .path = wq_str("/in"),
		                     .query = wq_str("it's=a+b%7E"),
		                     .type = wq_str(FORM),
		                     .body = wq_str("A=b"),
		                     .signature = wq_strn(signature, SIGNATURE_BYTES) };

	for (size_t i = 0; i < WQ_COUNT(texts); i++) {
		sign(texts[i], "Ab", signature);
		WQ_CHECK_INT(texts[i], judge("12345", "https://example.com", &a), 1);
	}
	for (size_t i = 0; i < WQ_COUNT(others); i++) {
		sign(others[i], "Ab", signature);
		WQ_CHECK_INT(others[i], judge("12345", "https://example.com", &a), 0);
	}
}

WQ_TEST(json_needs_its_hash)
{
	static const char hash[] =
		"bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
	char signature[SIGNATURE_BYTES + 1], url[256];
	struct wq_twilio_asked a = { .host = wq_str("x"),
		                     .path = wq_str("/in"),
		                     .query = wq_str(hash),
		                     .type = wq_str("application/json"),
		                     .body = wq_str("{}"),
		                     .signature = wq_strn(signature, SIGNATURE_BYTES) };

	(void)snprintf(url, sizeof(url), "https://example.com/in?%s", hash);
	sign(url, "", signature);
	WQ_CHECK_INT("its hash", judge("12345", "https://example.com", &a), 1);
	a.body = wq_str("[]");
	WQ_CHECK_INT("another's", judge("12345", "https://example.com", &a), 0);
	a.query = wq_str("bodySHA256=44136f");
	sign("https://example.com/in?bodySHA256=44136f", "", signature);
	WQ_CHECK_INT("half of one", judge("12345", "https://example.com", &a), 0);
	a.query = wq_str(NULL);
	sign("https://example.com/in", "", signature);
	WQ_CHECK_INT("none", judge("12345", "https://example.com", &a), 0);
}

WQ_TEST(too_many_parameters)
{
	static char body[2 * (WQ_FORM_PARAMETERS_MAX + 1)];
	const struct wq_twilio_asked a = { .host = wq_str("x"),
		                           .path = wq_str("/in"),
		                           .type = wq_str(FORM),
		                           .body = wq_strn(body, sizeof(body)),
		                           .signature = wq_str(CALL_OK) };

	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = i % 2 ? '&' : 'a';
	WQ_CHECK_INT("too many", judge("12345", "https://example.com", &a), WQ_ETOOBIG);
}

static void run_without_memory(void)
{
	const struct wq_twilio_asked a = { .host = wq_str("mycompany.com"),
		                           .path = wq_str("/myapp.php"),
		                           .query = wq_str("foo=1&bar=2"),
		                           .type = wq_str(FORM),
		                           .body = wq_str(CALL),
		                           .signature = wq_str(CALL_OK) };
	int rc = judge("12345", "", &a);

	WQ_CHECK("signed, or nobody knows", rc == 1 || rc == WQ_ENOMEM);
}

WQ_TEST(without_memory)
{
	WQ_CHECK("runs", wq_fault_sweep("twilio signature", run_without_memory, 200).runs > 3);
}

WQ_TEST_MAIN(WQ_CASE(samples), WQ_CASE(spellings), WQ_CASE(ports_and_encodings),
             WQ_CASE(json_needs_its_hash), WQ_CASE(too_many_parameters), WQ_CASE(without_memory))
