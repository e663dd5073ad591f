/* SPDX-License-Identifier: MIT */
/* hooks.c — a table of providers: their bodies, and how they are signed. */
#include "app/bench/hooks.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/json.h"
#include "domain/sink/twilio_signature.h"

enum { RUN_BYTES = 6, SECRET_JSON_MAX_BYTES = 2048 };

const char *const wq_bench_providers[] = { "cloud", "evolution", "twilio", NULL };

/* clang-format off: bodies */
#define CLOUD(content)                                                                                        \
	"{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"900100200300401\",\"changes\":[{\"value\":{" \
	"\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":\"12025550100\","          \
	"\"phone_number_id\":\"<account>\"}," content "},\"field\":\"messages\"}]}]}"
#define EVOLUTION(event, data)                                                                                \
	"{\"event\":\"" event "\",\"instance\":\"<account>\",\"data\":{" data                                  \
	",\"instanceId\":\"7d6f1c22-0000-4000-8000-00000000a001\"},\"destination\":\"https://hooks.example.com/evo\"," \
	"\"date_time\":\"2026-06-09T05:13:20.123Z\",\"sender\":\"12025550100@s.whatsapp.net\","               \
	"\"server_url\":\"https://evo.example.com\",\"apikey\":<secret>}"
#define TWILIO(id) "&MessageSid=SM" id "<run><n>&SmsSid=SM" id "<run><n>&AccountSid=<account>&ApiVersion=2010-04-01"

static const struct provider {
	const char *media, *account, *message, *status;
	const char *statuses[WQ_BENCH_STATUS_COUNT];
} providers[] = {
	[WQ_BENCH_CLOUD] = { "application/json", "900200300400501",
		CLOUD("\"contacts\":[{\"profile\":{\"name\":\"Person <person>\"},\"wa_id\":\"5939<person>\"}],"
		      "\"messages\":[{\"from\":\"5939<person>\",\"id\":\"wamid.<run><n>\",\"timestamp\":\"<at>\","
		      "\"type\":\"text\",\"text\":{\"body\":\"Hello <pad>\"}}]"),
		CLOUD("\"statuses\":[{\"id\":\"wamid.<run>S<n>\",\"status\":\"<status>\",\"timestamp\":\"<at>\","
		      "\"recipient_id\":\"5939<person>\",\"biz_opaque_callback_data\":\"<pad>\","
		      "\"pricing\":{\"billable\":false,\"pricing_model\":\"PMP\","
		      "\"type\":\"free_customer_service\",\"category\":\"service\"}}]"),
		{ "sent", "delivered", "read" } },
	[WQ_BENCH_EVOLUTION] = { "application/json", "bench",
		EVOLUTION("messages.upsert",
			"\"key\":{\"remoteJid\":\"5939<person>@s.whatsapp.net\",\"fromMe\":false,"
			"\"id\":\"3EB0<run><n>\"},"
			"\"pushName\":\"Person <person>\",\"status\":\"DELIVERY_ACK\","
			"\"message\":{\"conversation\":\"Hello <pad>\"},\"messageType\":\"conversation\","
			"\"messageTimestamp\":<at>,\"source\":\"android\""),
		EVOLUTION("messages.update",
			"\"keyId\":\"3EB1<run><n>\",\"remoteJid\":\"5939<person>@s.whatsapp.net\",\"fromMe\":true,"
			"\"status\":\"<status>\",\"messageId\":\"cm<run><n><pad>\""),
		{ "SERVER_ACK", "DELIVERY_ACK", "READ" } },
	[WQ_BENCH_TWILIO] = { "application/x-www-form-urlencoded", "AC00000000000000000000000000000002",
		"NumMedia=0&ProfileName=Person+<person>&MessageType=text&WaId=5939<person>&SmsStatus=received"
		"&Body=Hello+<pad>&From=whatsapp%3A%2B5939<person>&To=whatsapp%3A%2B12025550100&NumSegments=1"
		TWILIO("00000000"),
		"SmsStatus=<status>&MessageStatus=<status>&ChannelPrefix=whatsapp&From=whatsapp%3A%2B12025550100"
		"&To=whatsapp%3A%2B5939<person>&StructuredMessage=<pad>" TWILIO("ffffffff"),
		{ "sent", "delivered", "read" } },
};
/* clang-format on */

/* It stands in JSON and in forms as it is. */
static bool is_plain(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.",
		            s.p[i]))
			return false;
	return s.n > 0 && s.n <= 64;
}

static int init_bodies(struct wq_bench_hooks *h, const struct provider *p, struct wq_str account)
{
	unsigned char bytes[RUN_BYTES];
	char run[2 * RUN_BYTES];
	struct wq_buf secret;
	struct wq_jsonw w;
	int rc = wq_random_bytes(bytes, sizeof(bytes));

	wq_buf_init(&secret, SECRET_JSON_MAX_BYTES);
	wq_hex_encode(bytes, sizeof(bytes), run);
	wq_jsonw_begin(&w, &secret);
	wq_jsonw_str(&w, h->o.secret);
	if (rc == 0)
		rc = wq_jsonw_end(&w);
	if (rc == 0) {
		const struct wq_bench_given given[] = { { "account", account },
			                                { "run", wq_strn(run, sizeof(run)) },
			                                { "secret", wq_buf_str(&secret) } };

		rc = wq_bench_body_init(&h->message, p->message, p->statuses, given,
		                        WQ_COUNT(given));
		if (rc == 0)
			rc = wq_bench_body_init(&h->status, p->status, p->statuses, given,
			                        WQ_COUNT(given));
	}
	if (secret.p)
		wq_wipe(secret.p, secret.cap);
	wq_buf_fini(&secret);
	return rc;
}

static int stretch(struct wq_bench_hooks *h, const char **why, char text[128])
{
	size_t least = wq_bench_body_least(&h->message), want = h->o.body_bytes;

	if (!want)
		want = least > WQ_BENCH_HOOK_BYTES ? least : WQ_BENCH_HOOK_BYTES;
	(void)wq_bench_body_stretch(&h->status, want); /* a status may be longer: it stays as it is */
	h->bytes = want;
	if (wq_bench_body_stretch(&h->message, want))
		return 0;
	(void)snprintf(text, 128,
	               "--body is too small: a message of this provider has %zu bytes at least",
	               least);
	*why = text;
	return WQ_EINVAL;
}

static int init(struct wq_bench_hooks *h, const char **why, char text[128])
{
	const struct provider *p = &providers[h->o.provider];
	struct wq_str account = h->o.account.p ? h->o.account : wq_str(p->account);
	int rc;

	if (!is_plain(account)) {
		*why = "--account takes letters, digits, \"-\", \"_\" and \".\", 64 at most";
		return WQ_EINVAL;
	}
	rc = init_bodies(h, p, account);
	if (rc == WQ_ETOOBIG)
		*why = "--secret is too long";
	if (rc == 0)
		rc = stretch(h, why, text);
	if (rc < 0 || h->o.provider != WQ_BENCH_CLOUD)
		return rc;
	h->key = wq_hmac_key_create(h->o.secret);
	return h->key ? 0 : WQ_ENOMEM;
}

int wq_bench_hooks_init(struct wq_bench_hooks *h, const struct wq_bench_hooks_opts *o,
                        const char **why, char text[128])
{
	int rc;

	*h = (struct wq_bench_hooks){ .o = *o };
	*why = "out of memory";
	wq_bench_stream_init(&h->stream, &o->stream);
	rc = init(h, why, text);
	if (rc < 0)
		wq_bench_hooks_fini(h);
	return rc;
}

void wq_bench_hooks_fini(struct wq_bench_hooks *h)
{
	wq_bench_body_fini(&h->message);
	wq_bench_body_fini(&h->status);
	wq_hmac_key_destroy(h->key);
	h->key = NULL;
}

size_t wq_bench_hooks_fields(const struct wq_bench_hooks *h,
                             struct wq_load_field out[WQ_BENCH_HOOK_FIELDS])
{
	static const char *const agents[] = { "facebookexternalua", "axios/1.7.9",
		                              "TwilioProxy/1.1" };
	size_t n = 0;

	out[n++] = (struct wq_load_field){ "Content-Type", wq_str(providers[h->o.provider].media) };
	out[n++] = (struct wq_load_field){ "User-Agent", wq_str(agents[h->o.provider]) };
	if (h->o.provider == WQ_BENCH_EVOLUTION && h->o.secret.n)
		out[n++] = (struct wq_load_field){ "apikey", h->o.secret };
	return n;
}

static int sign_cloud(struct wq_bench_hooks *h, struct wq_str body, struct wq_buf *head)
{
	static const struct wq_str name = WQ_STR("X-Hub-Signature-256: sha256=");
	unsigned char sum[WQ_SHA256_BYTES];
	char line[128];
	size_t n = name.n;
	int rc = wq_hmac(h->key, body, sum);

	memcpy(line, name.p, name.n);
	wq_hex_encode(sum, sizeof(sum), line + n);
	n += (size_t)2 * sizeof(sum);
	line[n++] = '\r';
	line[n++] = '\n';
	return rc < 0 ? rc : wq_buf_add(head, line, n);
}

static int sign_twilio(const struct wq_bench_hooks *h, struct wq_str body, struct wq_buf *head)
{
	char sum[WQ_TWILIO_SIGNATURE_BYTES + 1];
	int rc = wq_twilio_sign(h->o.secret, h->o.url, wq_str(providers[WQ_BENCH_TWILIO].media),
	                        body, sum);

	return rc < 0 ? rc : wq_buf_addf(head, "X-Twilio-Signature: %s\r\n", sum);
}

int wq_bench_hooks_next(struct wq_bench_hooks *h, int64_t at_s, struct wq_buf *head,
                        struct wq_buf *body)
{
	struct wq_bench_item i;
	int rc;

	wq_bench_stream_next(&h->stream, at_s, &i);
	rc = wq_bench_body_write(i.is_status ? &h->status : &h->message, &i, body);
	if (rc < 0 || h->o.provider == WQ_BENCH_EVOLUTION)
		return rc;
	return h->o.provider == WQ_BENCH_CLOUD ? sign_cloud(h, wq_buf_str(body), head)
	                                       : sign_twilio(h, wq_buf_str(body), head);
}

bool wq_bench_hooks_taken(const struct wq_bench_hooks *h, int status)
{
	return h->o.provider == WQ_BENCH_CLOUD ? status == 200 : status >= 200 && status < 300;
}
