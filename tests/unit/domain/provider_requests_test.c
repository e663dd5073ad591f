/* SPDX-License-Identifier: MIT */
/* provider_requests_test.c — what each provider is asked for every message of the samples, and for some more, beside
 * what is written down of it in tests/golden/outbound/.
 *
 * WQ_GOLDEN=write in the environment writes that anew: to be read before it is committed. */
#include <dirent.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "provider_world.h"
#include "support/fault.h"
#include "support/test.h"

enum { ARENA_BYTES = 1048576, OUT_BYTES = 1048576, PATH_BYTES = 1024, SAMPLES_MAX = 100, SAMPLES = 37 };

#define TO "{\"to\":\"+593900000011\","
#define INTERACTIVE(type, more) TO "\"type\":\"interactive\",\"interactive\":{\"type\":\"" type "\"," more "}}"
#define PICTURE "{\"type\":\"image\",\"image\":{\"link\":\"https://cdn.example.com/a.jpg\"}}"
#define FILM "{\"type\":\"video\",\"video\":{\"link\":\"https://cdn.example.com/a.mp4\"}}"
#define TEMPLATE(name, components) TO "\"type\":\"template\",\"template\":{\"name\":\"" name \
	"\",\"language\":{\"code\":\"es\"}," \
	"\"components\":" components "}}"
#define TEXT(text) "{\"type\":\"text\",\"text\":\"" text "\"}"

static const struct {
	const char *what, *body;
} more[] = {
	{ "a text with a quotation", TO
	  "\"context\":{\"message_id\":\"ABC\"},\"type\":\"text\",\"text\":{\"body\":\"¿Sí? a&b=c\"}}" },
	{ "a voice message",
	  TO "\"type\":\"audio\",\"audio\":{\"link\":\"https://cdn.example.com/v.ogg\",\"voice\":true}}" },
	{ "an audio file", TO "\"type\":\"audio\",\"audio\":{\"link\":\"https://cdn.example.com/m.mp3\"}}" },
	{ "a video", TO "\"type\":\"video\",\"video\":{\"link\":\"https://cdn.example.com/v.mp4\"}}" },
	{ "a video and its caption",
	  TO "\"type\":\"video\",\"video\":{\"link\":\"https://cdn.example.com/v.mp4\",\"caption\":\"Tour\"}}" },
	{ "a sticker", TO "\"type\":\"sticker\",\"sticker\":{\"link\":\"https://cdn.example.com/s.webp\"}}" },
	{ "a bare place", TO "\"type\":\"location\",\"location\":{\"latitude\":-2,\"longitude\":-79.5}}" },
	{ "a contact with all", TO "\"type\":\"contacts\",\"contacts\":[{\"name\":{\"formatted_name\":\"Ana\"},"
	  "\"phones\":[{\"phone\":\"+12025550100\"}],\"org\":{\"company\":\"Demo\"},"
	  "\"emails\":[{\"email\":\"ana@example.com\"}],\"urls\":[{\"url\":\"https://example.com\"}]}]}" },
	{ "a contact without a phone",
	  TO "\"type\":\"contacts\",\"contacts\":[{\"name\":{\"formatted_name\":\"Ana\"}}]}" },
	{ "buttons under a picture",
	  INTERACTIVE("button", "\"header\":" PICTURE ",\"body\":{\"text\":\"¿Qué hora?\"},\"action\":{\"buttons\":["
	              "{\"type\":\"reply\",\"reply\":{\"id\":\"a\",\"title\":\"10:00\"}},"
	              "{\"type\":\"reply\",\"reply\":{\"id\":\"b\",\"title\":\"11:00\"}}]}") },
	{ "buttons under a film",
	  INTERACTIVE("button", "\"header\":" FILM ",\"body\":{\"text\":\"¿Qué hora?\"},\"action\":{\"buttons\":["
	              "{\"type\":\"reply\",\"reply\":{\"id\":\"a\",\"title\":\"10:00\"}}]}") },
	{ "a list without titles",
	  INTERACTIVE("list",
	              "\"body\":{\"text\":\"Elija\"},\"footer\":{\"text\":\"Demo\"},\"action\":{\"button\":\"Ver\","
	              "\"sections\":[{\"rows\":[{\"id\":\"1\",\"title\":\"Uno\"},"
	              "{\"id\":\"2\",\"title\":\"Dos\"}]}]}") },
	{ "a template of Twilio's",
	  TEMPLATE("HX0123456789abcdef0123456789abcdef",
	           "[{\"type\":\"header\",\"parameters\":"
	           "[{\"type\":\"image\",\"image\":{\"link\":\"https://cdn.example.com/a.jpg\"}}]},"
	           "{\"type\":\"body\",\"parameters\":[" TEXT("Ana \\\"B\\\"") "," TEXT("10:00") ","
	           "{\"type\":\"currency\",\"currency\":"
	           "{\"fallback_value\":\"$5\",\"code\":\"USD\",\"amount_1000\":5000}}]},"
	           "{\"type\":\"button\",\"sub_type\":\"url\",\"index\":0,\"parameters\":[" TEXT("abc") "]}]") },
	{ "one with names",
	  TEMPLATE("HX0123456789abcdef0123456789abcdef",
	           "[{\"type\":\"body\",\"parameters\":"
	           "[{\"type\":\"text\",\"text\":\"Ana\",\"parameter_name\":\"nombre\"}]}]") },
	{ "one without parameters", TEMPLATE("HX0123456789abcdef0123456789abcdef", "[]") },
	{ "an empty parameter", TEMPLATE("HX0123456789abcdef0123456789abcdef",
	                                 "[{\"type\":\"body\",\"parameters\":[" TEXT(" ") "]}]") },
	{ "a parameter of two lines", TEMPLATE("HX0123456789abcdef0123456789abcdef",
	                                       "[{\"type\":\"body\",\"parameters\":[" TEXT("a\\nb") "]}]") },
	{ "an offer", TEMPLATE("HX0123456789abcdef0123456789abcdef",
	                       "[{\"type\":\"limited_time_offer\","
	                       "\"parameters\":[{\"type\":\"limited_time_offer\"}]}]") },
	{ "a carousel", TEMPLATE("HX0123456789abcdef0123456789abcdef", "[{\"type\":\"carousel\",\"cards\":[]}]") },
};

static struct wq_account accounts[] = {
	{ .provider = WQ_PROVIDER_CLOUD, .number = WQ_STR("900200"),
	  .base_url = WQ_STR("https://graph.example.com/v23.0"), .secret = WQ_STR("token") },
	{ .provider = WQ_PROVIDER_EVOLUTION, .number = WQ_STR("aurora 01/x"),
	  .base_url = WQ_STR("http://evo.example.com:8080"), .secret = WQ_STR("key") },
	{ .provider = WQ_PROVIDER_EVOLUTION, .number = WQ_STR("aurora-01"), .native_buttons = true,
	  .base_url = WQ_STR("http://evo.example.com:8080"), .secret = WQ_STR("key") },
	{ .provider = WQ_PROVIDER_TWILIO, .number = WQ_STR("+12025550100"),
	  .base_url = WQ_STR("https://api.twilio.com"),
	  .user = WQ_STR("AC00000000000000000000000000000002"), .secret = WQ_STR("token") },
	{ .provider = WQ_PROVIDER_TWILIO, .number = WQ_STR("MG00000000000000000000000000000001"),
	  .base_url = WQ_STR("http://127.0.0.1:9/2010-04-01"), .user = WQ_STR("SK1"), .secret = WQ_STR("s"),
	  .portfolio = WQ_STR("AC00000000000000000000000000000002"),
	  .status_url = WQ_STR("https://hooks.example.com/tw?x=1") },
};

static void show(const struct wq_account *account, const char *what, yyjson_val *body,
                 struct wq_buf *out)
{
	const struct wq_provider_ops *ops = wq_providers[account->provider];
	struct wq_message m = message_of_graph(body);
	struct wq_message_problem p;
	struct wq_provider_request r;
	struct wq_arena a;

	if (!m.to.p) /* a sample of a signal; Meta's needs none */
		m.to = wq_str("+593900000011");
	wq_arena_init(&a, ARENA_BYTES);
	(void)wq_buf_addf(out, "== %s\n", what);
	if (ops->check(&m, &p)) {
		(void)wq_buf_addf(out, "refused: %s %s\n\n", p.field, p.what);
	} else {
		WQ_CHECK_INT(what, ops->request(&a, account, &m, wq_str("op"), &r), 0);
		show_request(&r, out);
		(void)wq_buf_add_text(out, "\n\n");
	}
	wq_arena_fini(&a);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static size_t list_samples(char names[SAMPLES_MAX][NAME_MAX + 1])
{
	DIR *dir = opendir(WQ_TESTS_DIR "/samples/cloud");
	struct dirent *entry;
	size_t n = 0;

	WQ_CHECK("samples", dir != NULL);
	while (dir && n < SAMPLES_MAX && (entry = readdir(dir)))
		if (wq_str_starts(wq_str(entry->d_name), "request_") &&
		    !strstr(entry->d_name, "block_users") && !strstr(entry->d_name, "register") &&
		    !strstr(entry->d_name, "identity_check"))
			(void)snprintf(names[n++], NAME_MAX + 1, "%s", entry->d_name);
	(void)closedir(dir);
	qsort(names, n, sizeof(names[0]), by_name);
	return n;
}

static void show_all(const struct wq_account *account, struct wq_buf *out)
{
	static char names[SAMPLES_MAX][NAME_MAX + 1];
	size_t n = list_samples(names);

	WQ_CHECK_INT("samples", n, SAMPLES);
	for (size_t i = 0; i < n; i++) {
		char path[PATH_BYTES];
		yyjson_doc *doc;

		(void)snprintf(path, sizeof(path), "cloud/%s", names[i]);
		doc = sample_json(path);
		show(account, names[i], yyjson_doc_get_root(doc), out);
		wq_json_free(doc);
	}
	for (size_t i = 0; i < WQ_COUNT(more); i++) {
		yyjson_doc *doc = wq_json_read(wq_str(more[i].body), 64, NULL);

		WQ_CHECK(more[i].what, doc != NULL);
		show(account, more[i].what, yyjson_doc_get_root(doc), out);
		wq_json_free(doc);
	}
}

static void check_golden(const char *name, const struct wq_account *account)
{
	char path[PATH_BYTES];
	struct wq_buf got, want;

	wq_buf_init(&got, OUT_BYTES);
	show_all(account, &got);
	(void)snprintf(path, sizeof(path), WQ_TESTS_DIR "/golden/outbound/%s.txt", name);
	if (getenv("WQ_GOLDEN")) {
		FILE *f = fopen(path, "wb");

		WQ_CHECK(path, f && fwrite(got.p, 1, got.n, f) == got.n && fclose(f) == 0);
	}
	(void)snprintf(path, sizeof(path), "../golden/outbound/%s.txt", name);
	sample_load(path, &want);
	wq_check_str(wq_buf_str(&got), wq_buf_str(&want), name, __FILE__, __LINE__);
	wq_buf_fini(&got);
	wq_buf_fini(&want);
}

WQ_TEST(as_written_down)
{
	check_golden("cloud", &accounts[0]);
	check_golden("evolution", &accounts[1]);
	check_golden("evolution_native", &accounts[2]);
	check_golden("twilio", &accounts[3]);
	check_golden("twilio_service", &accounts[4]);
}

/* The n-th message fails, if it fails, for want of memory. */
static void sweep(void)
{
	for (size_t i = 0; i < WQ_COUNT(more) * WQ_COUNT(accounts); i++) {
		const struct wq_account *account = &accounts[i % WQ_COUNT(accounts)];
		const struct wq_provider_ops *ops = wq_providers[account->provider];
		yyjson_doc *doc = wq_json_read(wq_str(more[i / WQ_COUNT(accounts)].body), 64, NULL);
		struct wq_message_problem p;
		struct wq_provider_request r;
		struct wq_message m;
		struct wq_arena a;

		if (!doc)
			continue;
		m = message_of_graph(yyjson_doc_get_root(doc));
		wq_arena_init(&a, ARENA_BYTES);
		if (ops->check(&m, &p) == 0) {
			int rc = ops->request(&a, account, &m, wq_str("op"), &r);

			WQ_CHECK("made, or out of memory", rc == 0 || rc == WQ_ENOMEM);
		}
		wq_arena_fini(&a);
		wq_json_free(doc);
	}
}

WQ_TEST(without_memory)
{
	(void)wq_fault_sweep("requests", sweep, 2000);
}

WQ_TEST(twilio_has_bounds)
{
	static char text[8192], body[16384];
	struct wq_message_problem p;
	struct wq_message m;
	yyjson_doc *doc;

	for (int i = 0; i < 2; i++) {
		text[0] = 0;
		for (size_t n = 0; n < (size_t)1600 + (size_t)i; n++)
			memcpy(text + n * 2, "ñ", 3);
		(void)snprintf(body, sizeof(body),
		               TO "\"type\":\"text\",\"text\":{\"body\":\"%s\"}}", text);
		doc = wq_json_read(wq_str(body), 8, NULL);
		m = message_of_graph(yyjson_doc_get_root(doc));
		WQ_CHECK_INT("1,600 and 1,601", wq_providers[WQ_PROVIDER_TWILIO]->check(&m, &p),
		             i ? WQ_MESSAGE_INVALID : 0);
		wq_json_free(doc);
	}
	WQ_CHECK_STR("which", p.field, "text.body");
	WQ_CHECK_INT("limit", p.limit, 1600);
	(void)snprintf(body, sizeof(body),
	               INTERACTIVE("list",
	                           "\"body\":{\"text\":\"%s\"},\"action\":{\"sections\":[]}"),
	               text);
	doc = wq_json_read(wq_str(body), 8, NULL);
	m = message_of_graph(yyjson_doc_get_root(doc));
	WQ_CHECK_INT("a long list", wq_providers[WQ_PROVIDER_TWILIO]->check(&m, &p),
	             WQ_MESSAGE_INVALID);
	WQ_CHECK_STR("which", p.field, "interactive");
	wq_json_free(doc);
}

WQ_TEST(twilio_needs_its_id)
{
	struct wq_account account = accounts[4];
	struct wq_provider_request r;
	struct wq_message m;
	struct wq_arena a;
	yyjson_doc *doc = wq_json_read(wq_str(more[0].body), 8, NULL);

	account.portfolio = wq_strn(NULL, 0);
	m = message_of_graph(yyjson_doc_get_root(doc));
	wq_arena_init(&a, ARENA_BYTES);
	WQ_CHECK_INT("a key alone",
	             wq_providers[WQ_PROVIDER_TWILIO]->request(&a, &account, &m, wq_str(""), &r),
	             WQ_EINVAL);
	wq_arena_fini(&a);
	wq_json_free(doc);
}

WQ_TEST_MAIN(WQ_CASE(as_written_down), WQ_CASE(without_memory), WQ_CASE(twilio_has_bounds),
             WQ_CASE(twilio_needs_its_id))
