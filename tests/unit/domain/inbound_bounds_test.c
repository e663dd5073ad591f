/* SPDX-License-Identifier: MIT */
/* inbound_bounds_test.c — webhooks that are too large, too deep, too many; cut or altered anywhere; without memory. */
#include <dirent.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "support/fault.h"
#include "support/test.h"
#include "support/webhook_check.h"

#define META_FRONT "{\"entry\":[{\"changes\":[{\"field\":\"messages\",\"value\":{\"messages\":["
#define META_BACK  "]}}]}]}"
#define FORM       "AccountSid=AC1&MessageSid=SM1&From=whatsapp%3A%2B593&To=whatsapp%3A%2B1202&SmsStatus=received&Body="

enum { BODY_MAX_BYTES = 8388608, PATH_BYTES = 1024, ID_BYTES = 65536, ALTER_MAX_BYTES = 2048, ALTER_STEP = 13 };

static struct wq_webhook_check c;
static struct wq_buf body;

static void begin(void)
{
	wq_webhook_check_init(&c);
	wq_buf_init(&body, BODY_MAX_BYTES);
}

static void end(void)
{
	wq_buf_fini(&body);
	wq_webhook_check_fini(&c);
}

/* body = front, n items with `between` between them, back. */
static void lay(const char *front, const char *item, size_t n, const char *between,
                const char *back)
{
	int rc = 0;

	wq_buf_clear(&body);
	rc |= wq_buf_add_text(&body, front);
	for (size_t i = 0; i < n; i++) {
		rc |= wq_buf_add_text(&body, i ? between : "");
		rc |= wq_buf_add_text(&body, item);
	}
	rc |= wq_buf_add_text(&body, back);
	WQ_CHECK_INT("room", rc, 0);
}

static int read_body(wq_webhook_read_fn read)
{
	return wq_webhook_check(&c, read, wq_buf_str(&body));
}

WQ_TEST(so_many_updates_and_not_one_more)
{
	static const struct {
		const char *what;
		wq_webhook_read_fn read;
		const char *front, *item, *back;
	} rows[] = {
		{ "messages", wq_cloud_webhook_read, META_FRONT, "{\"id\":\"a\"}", META_BACK },
		{ "no messages", wq_cloud_webhook_read, META_FRONT, "7", META_BACK },
		{ "changes", wq_cloud_webhook_read, "{\"entry\":[{\"changes\":[",
		  "{\"value\":{\"statuses\":[{}]}}", "]}]}" },
		{ "entries", wq_cloud_webhook_read, "{\"entry\":[", "{\"changes\":[{}]}", "]}" },
		{ "elements", wq_evolution_webhook_read,
		  "{\"event\":\"messages.update\",\"data\":[", "{\"keyId\":\"a\"}", "]}" },
		{ "events", wq_twilio_webhook_read, "[", "{\"type\":\"x\"}", "]" },
	};

	begin();
	for (size_t i = 0; i < WQ_COUNT(rows); i++) {
		lay(rows[i].front, rows[i].item, WQ_WEBHOOK_UPDATES_MAX, ",", rows[i].back);
		WQ_CHECK_INT(rows[i].what, read_body(rows[i].read), 0);
		WQ_CHECK_INT(rows[i].what, c.n, WQ_WEBHOOK_UPDATES_MAX);
		lay(rows[i].front, rows[i].item, WQ_WEBHOOK_UPDATES_MAX + 1, ",", rows[i].back);
		WQ_CHECK_INT(rows[i].what, read_body(rows[i].read), WQ_INBOUND_TOO_MANY);
	}
	lay(FORM, "a=b", WQ_FORM_PARAMETERS_MAX - 6, "&", "");
	WQ_CHECK_INT("parameters", read_body(wq_twilio_webhook_read), 0);
	lay(FORM, "&a=b", WQ_FORM_PARAMETERS_MAX - 5, "", "");
	WQ_CHECK_INT("a parameter more", read_body(wq_twilio_webhook_read), WQ_INBOUND_TOO_MANY);
	end();
}

/* One item of n bytes of text, in `text`. */
static const char *filled(struct wq_buf *text, const char *front, size_t n, const char *back)
{
	wq_buf_init(text, BODY_MAX_BYTES);
	WQ_CHECK_INT("room", wq_buf_add_text(text, front), 0);
	WQ_CHECK_INT("room", wq_buf_reserve(text, n), 0);
	memset(text->p + text->n, '7', n);
	text->n += n;
	WQ_CHECK_INT("room", wq_buf_add_text(text, back), 0);
	return wq_buf_text(text);
}

WQ_TEST(a_thousand_updates_in_three_megabytes)
{
	struct wq_buf text;

	begin();
	lay(META_FRONT,
	    filled(&text, "{\"id\":\"a\",\"from\":\"593\",\"type\":\"text\",\"text\":{\"body\":\"",
	           3000, "\"}}"),
	    WQ_WEBHOOK_UPDATES_MAX, ",", META_BACK);
	wq_buf_fini(&text);
	WQ_CHECK("3 MB", body.n > 3000000 && body.n < WQ_CLOUD_BODY_MAX_BYTES);
	WQ_CHECK_INT("Meta's", read_body(wq_cloud_webhook_read), 0);
	WQ_CHECK_INT("all of it", c.n, WQ_WEBHOOK_UPDATES_MAX);
	WQ_CHECK_INT("whole", c.text_n, 3000);
	WQ_CHECK_INT("cut",
	             wq_webhook_check(&c, wq_cloud_webhook_read, wq_strn(body.p, body.n - 1)),
	             WQ_INBOUND_NOT_JSON);
	end();
}

/* However few bytes each of them has, what is made of them is bounded. */
WQ_TEST(a_thousand_changes_of_a_thousand_contacts)
{
	struct wq_buf text, contacts;

	begin();
	wq_buf_init(&contacts, BODY_MAX_BYTES);
	lay("{\"value\":{\"contacts\":[", "{}", 1300, ",", "],\"messages\":[{\"from\":\"1\"}]}}");
	WQ_CHECK_INT("room", wq_buf_add_str(&contacts, wq_buf_str(&body)), 0);
	lay("{\"entry\":[{\"changes\":[", wq_buf_text(&contacts), 1000, ",", "]}]}");
	WQ_CHECK_INT("held", read_body(wq_cloud_webhook_read), 0);
	WQ_CHECK_INT("all of them", c.n, 1000);
	wq_buf_fini(&contacts);
	lay(FORM, filled(&text, "", 1, ""), 1, "", "");
	wq_buf_fini(&text);
	WQ_CHECK_INT("room", wq_buf_reserve(&body, WQ_CLOUD_BODY_MAX_BYTES), 0);
	memset(body.p + body.n, 0xff, WQ_CLOUD_BODY_MAX_BYTES - body.n);
	body.n = WQ_CLOUD_BODY_MAX_BYTES;
	WQ_CHECK_INT("a form where each byte becomes three", read_body(wq_twilio_webhook_read), 0);
	WQ_CHECK("three for one", c.text_n > (size_t)3 * (WQ_CLOUD_BODY_MAX_BYTES - 200));
	end();
}

WQ_TEST(too_large)
{
	static char many[WQ_CLOUD_BODY_MAX_BYTES + 1];
	const struct wq_str large = { many, sizeof(many) };

	begin();
	memset(many, ' ', sizeof(many));
	many[0] = '[';
	WQ_CHECK_INT("Meta's", wq_webhook_check(&c, wq_cloud_webhook_read, large),
	             WQ_INBOUND_TOO_LARGE);
	WQ_CHECK_INT("events", wq_webhook_check(&c, wq_twilio_webhook_read, large),
	             WQ_INBOUND_TOO_LARGE);
	many[0] = 'a';
	many[1] = '=';
	WQ_CHECK_INT("a form", wq_webhook_check(&c, wq_twilio_webhook_read, large),
	             WQ_INBOUND_TOO_LARGE);
	/* Not one byte of it is looked at. */
	WQ_CHECK_INT("Evolution's",
	             wq_webhook_check(&c, wq_evolution_webhook_read,
	                              wq_strn(many, (size_t)WQ_EVOLUTION_BODY_MAX_BYTES + 1)),
	             WQ_INBOUND_TOO_LARGE);
	end();
}

WQ_TEST(too_deep)
{
	static const struct {
		const char *what;
		wq_webhook_read_fn read;
		const char *front, *back;
		size_t levels; /* of front */
	} rows[] = {
		{ "a value", wq_cloud_webhook_read,
		  "{\"entry\":[{\"changes\":[{\"value\":", "}]}]}", 5 },
		{ "a message", wq_cloud_webhook_read, META_FRONT "{\"x\":", "}" META_BACK, 8 },
		{ "data", wq_evolution_webhook_read, "{\"event\":\"call\",\"data\":", "}", 1 },
		{ "an event", wq_twilio_webhook_read, "[{\"data\":", "}]", 2 },
	};

	begin();
	for (size_t i = 0; i < WQ_COUNT(rows); i++) {
		for (size_t more = 0; more < 2; more++) {
			size_t n = WQ_WEBHOOK_DEPTH_MAX - rows[i].levels + more;

			lay(rows[i].front, "[", n, "", "");
			for (size_t k = 0; k < n; k++)
				WQ_CHECK_INT("room", wq_buf_add_char(&body, ']'), 0);
			WQ_CHECK_INT("room", wq_buf_add_text(&body, rows[i].back), 0);
			WQ_CHECK_INT(rows[i].what, read_body(rows[i].read),
			             more ? WQ_INBOUND_TOO_DEEP : 0);
			WQ_CHECK_INT(rows[i].what, c.n, !more);
		}
	}
	lay("", "[", 1048576, "", "");
	WQ_CHECK("a million brackets", read_body(wq_cloud_webhook_read) > 0);
	WQ_CHECK("a million brackets", read_body(wq_evolution_webhook_read) > 0);
	WQ_CHECK("a million brackets", read_body(wq_twilio_webhook_read) > 0);
	lay("", "{\"entry\":", 100000, "", "");
	WQ_CHECK("not closed", read_body(wq_cloud_webhook_read) > 0);
	lay("AccountSid=AC1&Payload=", "[", 100000, "", "");
	WQ_CHECK_INT("a debugger's payload", read_body(wq_twilio_webhook_read), 0);
	WQ_CHECK_STR("a debugger's payload", c.kinds, "error");
	end();
}

WQ_TEST(ids_of_64_kilobytes)
{
	static const struct {
		const char *what;
		wq_webhook_read_fn read;
		const char *front, *back, *kinds, *chat;
	} rows[] = {
		{ "a message's", wq_cloud_webhook_read, META_FRONT "{\"from\":\"1\",\"id\":\"",
		  "\"}" META_BACK, "message", "cloud::phone:1" },
		{ "a person's", wq_cloud_webhook_read, META_FRONT "{\"from_user_id\":\"",
		  "\"}" META_BACK, "message", "cloud::user:" },
		{ "a phone", wq_cloud_webhook_read, META_FRONT "{\"from\":\"", "\"}" META_BACK,
		  "message", "cloud::phone:" },
		{ "a number of digits", wq_cloud_webhook_read, META_FRONT "{\"from\":1",
		  "}" META_BACK, "message", "cloud::phone:" },
		{ "a group's", wq_cloud_webhook_read, META_FRONT "{\"group_id\":\"",
		  "\"}" META_BACK, "message", "cloud::group:" },
		{ "a type", wq_cloud_webhook_read, META_FRONT "{\"type\":\"", "\"}" META_BACK,
		  "message", "" },
		{ "a field", wq_cloud_webhook_read, "{\"entry\":[{\"changes\":[{\"field\":\"",
		  "\"}]}]}", "other", "" },
		{ "a key", wq_cloud_webhook_read, META_FRONT "{\"", "\":1}" META_BACK, "message",
		  "" },
		{ "an event", wq_evolution_webhook_read, "{\"event\":\"", "\"}", "other", "" },
		{ "an instance", wq_evolution_webhook_read,
		  "{\"event\":\"messages.upsert\",\"data\":{\"key\":{\"remoteJid\":\"1@lid\"}},\"instance\":\"",
		  "\"}", "message", "evolution::lid:" },
		{ "a chat", wq_evolution_webhook_read,
		  "{\"event\":\"messages.upsert\",\"data\":{\"key\":{\"remoteJid\":\"", "@lid\"}}}",
		  "message", "evolution::lid:" },
		{ "a message's", wq_evolution_webhook_read,
		  "{\"event\":\"messages.upsert\",\"data\":{\"key\":{\"id\":\"", "\"}}}", "message",
		  "" },
		{ "a message's", wq_twilio_webhook_read, "Body=x&From=whatsapp:1&MessageSid=", "",
		  "message", "twilio::phone:1" },
		{ "a phone", wq_twilio_webhook_read, "MessageSid=SM1&Body=x&From=whatsapp:%2B", "",
		  "message", "twilio::phone:" },
		{ "a name", wq_twilio_webhook_read, "MessageSid=SM1&Body=x&", "=1", "message", "" },
		{ "a place", wq_twilio_webhook_read,
		  "MessageSid=SM1&Body=x&Latitude=1&Longitude=", "", "message", "" },
		{ "a code", wq_twilio_webhook_read,
		  "MessageSid=SM1&MessageStatus=failed&ErrorCode=", "", "status", "" },
	};
	struct wq_buf text;

	begin();
	for (size_t i = 0; i < WQ_COUNT(rows); i++) {
		lay("", filled(&text, rows[i].front, ID_BYTES, rows[i].back), 1, "", "");
		wq_buf_fini(&text);
		WQ_CHECK_INT(rows[i].what, read_body(rows[i].read), 0);
		WQ_CHECK_STR(rows[i].what, c.kinds, rows[i].kinds);
		WQ_CHECK(rows[i].what, wq_str_starts(wq_str(c.conversation), rows[i].chat));
		WQ_CHECK_INT(rows[i].what, c.error, 0);
	}
	end();
}

static const struct folder {
	const char *name;
	wq_webhook_read_fn read;
} folders[] = {
	{ "cloud", wq_cloud_webhook_read },
	{ "evolution", wq_evolution_webhook_read },
	{ "twilio", wq_twilio_webhook_read },
};

static void load(const char *folder, const char *name)
{
	char path[PATH_BYTES];
	FILE *f;

	(void)snprintf(path, sizeof(path), WQ_TESTS_DIR "/samples/%s/%s", folder, name);
	f = fopen(path, "rb");
	WQ_CHECK(path, f != NULL);
	wq_buf_clear(&body);
	WQ_CHECK_INT("room", wq_buf_reserve(&body, ID_BYTES), 0);
	body.n = fread(body.p, 1, ID_BYTES, f);
	(void)fclose(f);
	while (body.n > 0 && strchr(" \r\n", body.p[body.n - 1]))
		body.n--;
}

/* JSON ends with its last byte; a form is one of fewer parameters. */
static void cut_everywhere(const struct folder *folder, const char *name)
{
	bool form = wq_str_ends(wq_str(name), ".form");
	size_t step = 1 + body.n / 2048;
	char *exact;

	for (size_t n = 0; n < body.n; n += step) {
		int rc;

		exact = wq_alloc(n + 1); /* so that one byte too far is seen */
		WQ_CHECK(name, exact != NULL);
		memcpy(exact + 1, body.p, n);
		rc = wq_webhook_check(&c, folder->read, wq_strn(exact + 1, n));
		wq_free(exact);
		if (form)
			WQ_CHECK(name, rc == 0 ? c.n == 1 : rc <= WQ_INBOUND_NOT_OURS);
		else
			WQ_CHECK_INT(name, rc, WQ_INBOUND_NOT_JSON);
	}
}

/* Each thirteenth byte, as something else. */
static void alter_everywhere(const struct folder *folder, const char *name)
{
	static const char others[] = { 0,    '"', '{', '[', ']', '}', '-',       '9',
		                       '\\', '%', '&', '=', ',', ':', (char)0xff };
	static size_t which;
	size_t n = body.n < ALTER_MAX_BYTES ? body.n : ALTER_MAX_BYTES;

	for (size_t i = 0; i < n; i += ALTER_STEP) {
		char was = body.p[i];

		body.p[i] = others[which++ % sizeof(others)];
		WQ_CHECK(name, read_body(folder->read) <= WQ_INBOUND_TOO_DEEP);
		body.p[i] = was;
	}
}

static size_t with_samples(void (*what)(const struct folder *folder, const char *name))
{
	size_t n = 0;

	begin();
	for (size_t i = 0; i < WQ_COUNT(folders); i++) {
		char path[PATH_BYTES];
		struct dirent *entry;
		DIR *dir;

		(void)snprintf(path, sizeof(path), WQ_TESTS_DIR "/samples/%s", folders[i].name);
		dir = opendir(path);
		WQ_CHECK(path, dir != NULL);
		while (dir && (entry = readdir(dir))) {
			if (entry->d_name[0] == '.')
				continue;
			load(folders[i].name, entry->d_name);
			what(&folders[i], entry->d_name);
			n++;
		}
		(void)closedir(dir);
	}
	end();
	return n;
}

WQ_TEST(samples_cut_at_every_byte)
{
	WQ_CHECK("all", with_samples(cut_everywhere) > 200);
}

WQ_TEST(samples_with_another_byte)
{
	WQ_CHECK("all", with_samples(alter_everywhere) > 200);
}

/* Of webhooks of one provider, each with all that its reader allocates for. */
static const struct hungry {
	const char *what;
	wq_webhook_read_fn read;
	struct wq_str bodies[4];
	size_t updates[4];
} hungry[] = {
	{ "Meta's",
	  wq_cloud_webhook_read,
	  { WQ_STR("{\"entry\":[{\"id\":7,\"changes\":[{\"field\":\"messages\","
	      "\"value\":{\"metadata\":{\"phone_number_id\":9},"
	           "\"contacts\":[{\"wa_id\":593}],\"messages\":[{\"from\":593,\"id\":\"a\"}],"
	           "\"statuses\":[{\"id\":\"b\"}]}}]}]}"),
	    WQ_STR(META_FRONT "{\"id\":\"\\ud800\",\"from\":\"\xff\"},{}" META_BACK),
	    WQ_STR("{\"field\":\"security\",\"value\":{\"event\":\"X\"}}"), WQ_STR("{\"entry\":[{\"changes\":[7]}]}") },
	  { 2, 2, 1, 1 } },
	{ "Evolution's",
	  wq_evolution_webhook_read,
	  { WQ_STR("{\"event\":\"messages.upsert\",\"instance\":\"s\","
	      "\"data\":{\"key\":{\"remoteJid\":\"593@s.whatsapp.net\","
	           "\"id\":\"a\"},\"message\":{\"conversation\":\"\\udfff\"}}}"),
	    WQ_STR("{\"event\":\"messages.update\",\"data\":[{\"fromMe\":true,\"keyId\":\"a\",\"status\":3,"
	    "\"remoteJid\":"
	           "\"5@lid\"},{}]}"),
	    WQ_STR("{\"event\":\"connection.update\",\"data\":{\"statusReason\":401}}"),
	    WQ_STR("{\"event\":\"x\",\"data\":7}") },
	  { 1, 2, 1, 1 } },
	{ "Twilio's",
	  wq_twilio_webhook_read,
	  { WQ_STR(FORM "%FF"), WQ_STR("AccountSid=AC1&Payload=%7B%22error_code%22:1%7D"),
	    WQ_STR("[{\"data\":{\"messageSid\":\"SM1\",\"messageStatus\":\"read\",\"from\":\"whatsapp:+1\","
	    "\"to\":\"x\"}},7]"),
	    WQ_STR("MessageSid=SM1&MessageStatus=sent&To=whatsapp:%2B1") },
	  { 1, 1, 2, 1 } },
};
static const struct hungry *eater;

static int count_update(void *user, const struct wq_inbound *u)
{
	(void)u;
	++*(size_t *)user;
	return 0;
}

/* One allocation fails: one webhook may be lost, and is told of; all behind it are read. */
static void without_memory(void)
{
	struct wq_inbound_reader r;
	unsigned failed = 0;

	wq_inbound_reader_init(&r);
	for (size_t i = 0; i < WQ_COUNT(eater->bodies); i++) {
		struct wq_webhook hook = { .body = eater->bodies[i], .now_ms = 1782000000000 };
		size_t n = 0;
		int rc = eater->read(&r, &hook, count_update, &n);

		WQ_CHECK(eater->what, rc == 0 ? n == eater->updates[i] : rc == WQ_ENOMEM);
		failed += rc != 0;
	}
	WQ_CHECK(eater->what, failed <= 1 && (!failed || wq_alloc_failed()));
	wq_inbound_reader_fini(&r);
}

WQ_TEST(any_allocation_may_fail)
{
	for (size_t i = 0; i < WQ_COUNT(hungry); i++) {
		eater = &hungry[i];
		WQ_CHECK(eater->what, wq_fault_sweep(eater->what, without_memory, 200).runs > 3);
	}
}

WQ_TEST_MAIN(WQ_CASE(so_many_updates_and_not_one_more),
             WQ_CASE(a_thousand_updates_in_three_megabytes),
             WQ_CASE(a_thousand_changes_of_a_thousand_contacts), WQ_CASE(too_large),
             WQ_CASE(too_deep), WQ_CASE(ids_of_64_kilobytes), WQ_CASE(samples_cut_at_every_byte),
             WQ_CASE(samples_with_another_byte), WQ_CASE(any_allocation_may_fail))
