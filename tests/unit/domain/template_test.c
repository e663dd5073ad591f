/* SPDX-License-Identifier: MIT */
/* template_test.c — what texts become, by tables; and what is wrong with those that can't. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"
#include "domain/template/library.h"
#include "support/test.h"

static const char values[] =
	"{\"name\":\"Ana Ñáñez\",\"n\":3,\"one\":1,\"zero\":0,\"price\":125000,\"cents\":\"1234.5\","
	"\"day\":\"2026-11-21\",\"at\":\"2026-11-21T16:30\",\"utc\":\"2026-11-21T16:30:00Z\","
	"\"ms\":1795278600000,\"phone\":\"+593991234567\",\"yes\":true,\"no\":false,\"empty\":\"\","
	"\"nothing\":null,\"cur\":\"EUR\",\"tags\":[\"a\",\"b\",\"c\"],"
	"\"contact\":{\"name\":\"Eva\"},\"dotted.name\":\"Dot\","
	"\"homes\":[{\"title\":\"Loft\",\"price\":90000,\"rooms\":[1,2]},{\"title\":\"Casa\"}],\"none\":[]}";

/* clang-format off: read by row */
static const struct {
	const char *what, *language, *source, *want;
} good[] = {
	{ "plain text", "es", "hola", "hola" },
	{ "a variable", "es", "Hola {{name}}!", "Hola Ana Ñáñez!" },
	{ "spaces do not matter", "es", "{{  name  }}", "Ana Ñáñez" },
	{ "a path", "es", "{{contact.name}}", "Eva" },
	{ "a key with a dot", "es", "{{dotted.name}}", "Dot" },
	{ "upper", "es", "{{name|upper}}", "ANA ÑÁÑEZ" },
	{ "lower then capital", "de", "{{name | lower | capitalize}}", "Ana ñáñez" },
	{ "title", "es", "{{\"calle mayor\" | title}}", "Calle Mayor" },
	{ "sharp s", "de", "{{\"straße\" | upper}}", "STRASSE" },
	{ "a number is as it is", "es", "{{price}}", "125000" },
	{ "number es", "es", "{{price | number}}", "125.000" },
	{ "number en", "en", "{{price | number 2}}", "125,000.00" },
	{ "number ch", "de_CH", "{{price | number}}", "125’000" },
	{ "money es_EC", "es_EC", "{{price | money \"USD\"}}", "$125.000" },
	{ "money es_MX", "es_MX", "{{price | money \"MXN\"}}", "$125,000" },
	{ "money es_ES", "es_ES", "{{price | money \"EUR\"}}", "125.000\xc2\xa0€" },
	{ "money de", "de", "{{cents | money \"EUR\"}}", "1.234,50\xc2\xa0€" },
	{ "money en", "en", "{{cents | money \"EUR\"}}", "€1,234.50" },
	{ "money by a name", "en", "{{price | money cur}}", "€125,000" },
	{ "money below zero", "en", "{{-3 | money \"USD\"}}", "-$3" },
	{ "date es", "es", "{{day | date}}", "21/11/2026" },
	{ "date en", "en", "{{day | date}}", "21 Nov 2026" },
	{ "date us", "en_US", "{{day | date \"long\"}}", "Saturday, November 21, 2026" },
	{ "date long es", "es", "{{day | date \"long\"}}", "sábado, 21 de noviembre de 2026" },
	{ "date long de", "de", "{{day | date \"long\"}}", "Samstag, 21. November 2026" },
	{ "date day", "es", "{{at | date \"day\"}}", "21 de noviembre" },
	{ "time es", "es", "{{at | time}}", "16:30" },
	{ "time en", "en", "{{at | time}}", "4:30 pm" },
	{ "time de", "de", "{{at | date \"time\"}}", "16:30 Uhr" },
	{ "datetime", "en_GB", "{{at | date \"datetime\"}}", "Saturday, 21 November 2026, 16:30" },
	{ "a moment", "es", "{{ms | time}}", "16:30" },
	{ "phone", "es", "{{phone | phone}}", "+593 99 123 4567" },
	{ "plural many", "es", "{{n | plural \"una casa\" \"# casas\"}}", "3 casas" },
	{ "plural one", "es", "{{one | plural \"una casa\" \"# casas\"}}", "una casa" },
	{ "plural none", "es", "{{zero | plural \"una\" \"# casas\" \"ninguna\"}}", "ninguna" },
	{ "plural of a list", "en", "{{homes | plural \"one home\" \"# homes\"}}", "2 homes" },
	{ "zero is many in en", "en", "{{zero | plural \"one\" \"many\"}}", "many" },
	{ "zero is one in fr", "fr", "{{zero | plural \"one\" \"many\"}}", "one" },
	{ "default of none", "es", "{{nobody | default \"x\"}}", "x" },
	{ "default of null", "es", "{{nothing | default \"x\"}}", "x" },
	{ "default of empty", "es", "{{empty | default name}}", "Ana Ñáñez" },
	{ "a default behind others", "es", "{{nobody | upper | default \"x\"}}", "x" },
	{ "truncate", "es", "{{\"añadir más\" | truncate 5}}", "añad…" },
	{ "a list", "es", "{{tags}}", "a, b y c" },
	{ "a list joined", "es", "{{tags | join \"/\"}}", "a/b/c" },
	{ "how many", "es", "{{tags | count}}", "3" },
	{ "yes or no", "de", "{{yes}} {{no}}", "ja nein" },
	{ "words for yes", "es", "{{no | yesno \"con\" \"sin\"}}", "sin" },
	{ "if", "es", "{{#if name}}a{{else}}b{{/if}}", "a" },
	{ "if none", "es", "{{#if nobody}}a{{else}}b{{/if}}", "b" },
	{ "empty is false", "es", "{{#if empty}}a{{else}}b{{/if}}", "b" },
	{ "an empty list is false", "es", "{{#if none}}a{{else}}b{{/if}}", "b" },
	{ "unless", "es", "{{#unless empty}}a{{/unless}}", "a" },
	{ "else if", "es", "{{#if n == 1}}a{{else if n == 3}}b{{else}}c{{/if}}", "b" },
	{ "compare texts", "es", "{{#if name == \"Ana Ñáñez\"}}a{{/if}}", "a" },
	{ "compare numbers as texts", "es", "{{#if cents > 1000}}a{{/if}}", "a" },
	{ "none is not equal", "es", "{{#if nobody != \"x\"}}a{{/if}}", "a" },
	{ "none is not less", "es", "{{#if nobody < 5}}a{{else}}b{{/if}}", "b" },
	{ "and before or", "es", "{{#if yes or no and no}}a{{/if}}", "a" },
	{ "brackets", "es", "{{#if (yes or no) and no}}a{{else}}b{{/if}}", "b" },
	{ "not", "es", "{{#if not no}}a{{/if}}", "a" },
	{ "each", "es", "{{#each homes}}{{@index}} {{title}};{{/each}}", "1 Loft;2 Casa;" },
	{ "each of texts", "es", "{{#each tags}}{{this}}{{#if not @last}}-{{/if}}{{/each}}", "a-b-c" },
	{ "each else", "es", "{{#each none}}x{{else}}nada{{/each}}", "nada" },
	{ "each in each", "es", "{{#each homes}}{{#each rooms}}{{title}}{{this}} {{/each}}{{/each}}.",
	  "Loft1 Loft2 ." },
	{ "outer names within", "es", "{{#each tags}}{{n}}{{/each}}", "333" },
	{ "a tag alone takes its line", "es", "a\n{{#if yes}}\nb\n{{/if}}\nc", "a\nb\nc" },
	{ "not if it shows", "es", "a\n{{name}}\nb", "a\nAna Ñáñez\nb" },
	{ "a comment", "es", "a\n{{! nobody sees }}\nb", "a\nb" },
	{ "escaped braces", "es", "\\{{name}} {{name}}", "{{name}} Ana Ñáñez" },
	{ "closing braces are text", "es", "a }} b", "a }} b" },
	{ "quotes within quotes", "es", "{{\"a \\\"b\\\" }} c\"}}", "a \"b\" }} c" },
	{ "declared money", "es_EC", "title: x\nvar: price money\n---\n{{price}}", "$125.000" },
	{ "declared date", "de", "title: x\nvar: day date\n---\n{{day}}", "21.11.2026" },
	{ "declared number", "de", "var: price number\n---\n{{price}}", "125.000" },
	{ "declared default", "es", "var: who text = \"amigo\" eg \"Ana\" # nombre\n---\nHola {{who}}",
	  "Hola amigo" },
	{ "default of an item", "es",
	  "var: homes list\nvar: homes.price money = 5\n---\n{{#each homes}}{{price}} {{/each}}", "$90.000 $5" },
	{ "dashes without a head", "es", "hola\n---\nadiós", "hola\n---\nadiós" },
	{ "windows line ends", "es", "title: x\r\n---\r\n{{#if yes}}\r\nhola\r\n{{/if}}\r\n", "hola" },
};
/* clang-format on */

static int fill(struct wq_arena *a, yyjson_doc *doc, const char *language, const char *source,
                struct wq_str *out, struct wq_template_problem *p)
{
	struct wq_template_scope s = wq_template_scope_json(yyjson_doc_get_root(doc), NULL);
	struct wq_template_ask ask = { .language = wq_str(language), .scope = &s };

	*p = (struct wq_template_problem){ .line = 0 };
	return wq_template_fill(wq_str(source), &ask, a, out, p);
}

WQ_TEST(texts_become_what_they_say)
{
	yyjson_doc *doc = wq_json_read(wq_str(values), 16, NULL);
	struct wq_template_problem p;
	struct wq_arena a;
	struct wq_str out;

	WQ_CHECK("values", doc != NULL);
	for (size_t i = 0; i < WQ_COUNT(good); i++) {
		wq_arena_init(&a, WQ_TEMPLATE_MEMORY_MAX_BYTES);
		WQ_CHECK_INT(good[i].what,
		             fill(&a, doc, good[i].language, good[i].source, &out, &p), 0);
		WQ_CHECK_SLICE(good[i].what, out, good[i].want);
		wq_arena_fini(&a);
	}
	wq_json_free(doc);
}

/* clang-format off: read by row */
static const struct {
	const char *what, *source;
	int rc;
	unsigned line, column;
	const char *name, *problem;
} bad[] = {
	{ "missing", "hola\n  {{nobody}}", WQ_TEMPLATE_MISSING, 2, 3, "nobody", "is missing" },
	{ "missing with a format", "{{nobody | upper}}", WQ_TEMPLATE_MISSING, 1, 1, "nobody", "is missing" },
	{ "null is missing", "{{nothing}}", WQ_TEMPLATE_MISSING, 1, 1, "nothing", "is missing" },
	{ "not closed", "a {{name", WQ_TEMPLATE_INVALID, 1, 3, "", "{{ has no closing }}" },
	{ "columns are characters", "áé {{", WQ_TEMPLATE_INVALID, 1, 6, "",
	  "a name, a text in quotes or a number should stand here" },
	{ "if not closed", "a\n{{#if name}}b", WQ_TEMPLATE_INVALID, 2, 1, "", "#if has no closing /if" },
	{ "closed otherwise", "{{#if name}}b{{/each}}", WQ_TEMPLATE_INVALID, 1, 14, "",
	  "/each closes nothing here: #if is open" },
	{ "closes nothing", "a{{/if}}", WQ_TEMPLATE_INVALID, 1, 2, "", "/if belongs to no open block" },
	{ "else alone", "a{{else}}", WQ_TEMPLATE_INVALID, 1, 2, "", "else belongs to no open block" },
	{ "two else", "{{#if yes}}a{{else}}b{{else}}c{{/if}}", WQ_TEMPLATE_INVALID, 1, 22, "",
	  "/if should close #if first" },
	{ "one = ", "{{#if n = 3}}a{{/if}}", WQ_TEMPLATE_INVALID, 1, 9, "", "to compare, write ==" },
	{ "curly quotes", "{{name | default “x”}}", WQ_TEMPLATE_INVALID, 1, 18, "",
	  "texts stand between straight double quotes: \"" },
	{ "text not closed", "{{name | default \"x}}", WQ_TEMPLATE_INVALID, 1, 18, "",
	  "a text that begins here has no closing \" in its line" },
	{ "a date style", "{{day | date \"huge\"}}", WQ_TEMPLATE_INVALID, 1, 9, "",
	  "a date is shown as short, medium, long, day, weekday, month, year, time or datetime" },
	{ "too few values", "{{n | plural \"a\"}}", WQ_TEMPLATE_INVALID, 1, 7, "",
	  "plural takes 2 to 3 values behind it" },
	{ "no number", "{{name | money}}", WQ_TEMPLATE_REFUSED, 1, 1, "name",
	  "is no amount: write it as 125000 or 125000.50" },
	{ "no date", "{{name | date}}", WQ_TEMPLATE_REFUSED, 1, 1, "name",
	  "is no date: write it as 2026-11-21 or 2026-11-21T16:30" },
	{ "no time", "{{day | time}}", WQ_TEMPLATE_REFUSED, 1, 1, "day",
	  "has no time of day: write it as 2026-11-21T16:30" },
	{ "no list", "{{#each name}}x{{/each}}", WQ_TEMPLATE_REFUSED, 1, 1, "name", "is no list" },
	{ "an object", "{{contact}}", WQ_TEMPLATE_REFUSED, 1, 1, "contact",
	  "is an object: name the member that shall be shown" },
	{ "nothing is left", "{{#if no}}a{{/if}}", WQ_TEMPLATE_REFUSED, 1, 1, "", "makes no text at all" },
	{ "no text", "title: x\n---\n \n", WQ_TEMPLATE_INVALID, 3, 1, "", "there is no text" },
	{ "a type that is none", "var: x string\n---\na", WQ_TEMPLATE_INVALID, 1, 8, "x",
	  "needs a type: text, number, money, date, phone, bool or list" },
	{ "twice", "var: x text\nvar: x text\n---\na", WQ_TEMPLATE_INVALID, 2, 6, "x", "is declared twice" },
	{ "a default of its type", "var: x money = \"much\"\n---\na", WQ_TEMPLATE_INVALID, 1, 16, "x",
	  "is of type money: this is none" },
	{ "another line in the head", "title: x\nfoo: y\n---\na", WQ_TEMPLATE_INVALID, 2, 1, "",
	  "a line of the head begins with title:, about:, category: or var:" },
	{ "a value of the wrong type", "var: name money\n---\n{{name}}", WQ_TEMPLATE_REFUSED, 3, 1, "name",
	  "is no number" },
	{ "outside of each", "{{@index}}", WQ_TEMPLATE_INVALID, 1, 3, "@index",
	  "is known between #each and /each only" },
	{ "not UTF-8", "\xff", WQ_TEMPLATE_INVALID, 1, 1, "", "is no UTF-8 text" },
};
/* clang-format on */

WQ_TEST(what_is_wrong_is_told_with_its_place)
{
	yyjson_doc *doc = wq_json_read(wq_str(values), 16, NULL);
	struct wq_template_problem p;
	struct wq_arena a;
	struct wq_str out;

	for (size_t i = 0; i < WQ_COUNT(bad); i++) {
		wq_arena_init(&a, WQ_TEMPLATE_MEMORY_MAX_BYTES);
		WQ_CHECK_INT(bad[i].what, fill(&a, doc, "es", bad[i].source, &out, &p), bad[i].rc);
		WQ_CHECK_STR(bad[i].what, p.what, bad[i].problem);
		WQ_CHECK_STR(bad[i].what, p.name, bad[i].name);
		WQ_CHECK_INT(bad[i].what, p.line, bad[i].line);
		WQ_CHECK_INT(bad[i].what, p.column, bad[i].column);
		wq_arena_fini(&a);
	}
	wq_json_free(doc);
}

WQ_TEST(undeclared_names_are_found_before_anything_is_sent)
{
	struct wq_template_rules rules = { .declared = true };
	struct wq_template_problem p = { .line = 0 };
	struct wq_template base, t;
	struct wq_arena a;

	wq_arena_init(&a, WQ_TEMPLATE_MEMORY_MAX_BYTES);
	WQ_CHECK_INT(
		"declared",
		wq_template_read(&base,
	                         wq_str("var: name text\nvar: homes list\nvar: homes.title text\n"
	                                "---\n{{name}}{{#each homes}}{{title}}{{/each}}"),
	                         &rules, &a, &p),
		0);
	rules.others = base.variables;
	WQ_CHECK_INT("of others", wq_template_read(&t, wq_str("{{name}}"), &rules, &a, &p), 0);
	WQ_CHECK_INT("a slip", wq_template_read(&t, wq_str("a {{nmae}}"), &rules, &a, &p),
	             WQ_TEMPLATE_INVALID);
	WQ_CHECK_STR("a slip", p.what, "is not declared; did you mean name?");
	WQ_CHECK_INT("a slip", p.column, 5);
	WQ_CHECK_INT("a member alone", wq_template_read(&t, wq_str("{{title}}"), &rules, &a, &p),
	             WQ_TEMPLATE_INVALID);
	WQ_CHECK_INT("in a condition",
	             wq_template_read(&t, wq_str("{{#if other}}a{{/if}}"), &rules, &a, &p),
	             WQ_TEMPLATE_INVALID);
	wq_arena_fini(&a);
}

WQ_TEST(nothing_grows_without_end)
{
	char deep[1024] = "", wide[40000];
	yyjson_doc *doc;
	struct wq_template_problem p;
	struct wq_arena a;
	struct wq_str out;
	size_t n = 0;

	for (int i = 0; i < 40; i++)
		strcat(deep, "{{#if name}}");
	wq_arena_init(&a, WQ_TEMPLATE_MEMORY_MAX_BYTES);
	WQ_CHECK_INT("depth", fill(&a, NULL, "es", deep, &out, &p), WQ_TEMPLATE_INVALID);
	memset(wide, 'x', sizeof(wide) - 1);
	wide[sizeof(wide) - 1] = '\0';
	WQ_CHECK_INT("source", fill(&a, NULL, "es", wide, &out, &p), WQ_TEMPLATE_INVALID);
	n = (size_t)snprintf(wide, sizeof(wide), "{\"l\":[");
	for (int i = 0; i < 100; i++)
		n += (size_t)snprintf(wide + n, sizeof(wide) - n, "%s1", i ? "," : "");
	snprintf(wide + n, sizeof(wide) - n, "]}");
	doc = wq_json_read(wq_str(wide), 16, NULL);
	WQ_CHECK_INT(
		"steps",
		fill(&a, doc, "es",
	             "{{#each l}}{{#each l}}{{#each l}}{{#if no}}{{/if}}{{/each}}{{/each}}{{/each}}",
	             &out, &p),
		WQ_TEMPLATE_REFUSED);
	WQ_CHECK_STR("steps", p.what, "goes through too many items");
	WQ_CHECK_INT("text",
	             fill(&a, doc, "es", "{{#each l}}{{#each l}}0123456789{{/each}}{{/each}}", &out,
	                  &p),
	             WQ_TEMPLATE_REFUSED);
	wq_json_free(doc);
	wq_arena_fini(&a);
}

/* The example's text of a kind, or of the bare minimum that it asks for. */
static void check_text(const struct wq_template_text *text, bool bare)
{
	struct wq_template_found f;
	struct wq_template_problem p = { .what = "" };
	struct wq_template_scope s;
	struct wq_template_ask ask = { .language = wq_str(text->language), .scope = &s };
	struct wq_template t;
	struct wq_arena a;
	struct wq_buf b;
	struct wq_jsonw w;
	struct wq_str out;
	yyjson_doc *doc;
	int rc;

	wq_arena_init(&a, WQ_TEMPLATE_MEMORY_MAX_BYTES);
	wq_buf_init(&b, WQ_TEMPLATE_SOURCE_MAX_BYTES);
	wq_jsonw_begin(&w, &b);
	WQ_CHECK(text->kind, wq_templates_find(NULL, wq_str("b"), wq_str("a"), wq_str(text->kind),
	                                       wq_str(text->language), &f));
	WQ_CHECK_STR(text->kind, f.source.p, text->source);
	rc = wq_template_found_read(&f, &t, &a, &p);
	if (rc != 0)
		print_error("%s.%s:%u:%u: %s %s\n", text->kind, text->language, p.line, p.column,
		            p.name, p.what);
	WQ_CHECK_INT(text->kind, rc, 0);
	WQ_CHECK(text->kind, t.title.n && t.about.n && t.category.n && t.variables);
	for (struct wq_template_variable *v = t.variables; v; v = v->next)
		if (bare && v->otherwise.p)
			v->example = wq_strn(NULL, 0);
	WQ_CHECK_INT(text->kind, wq_template_examples(t.variables, &w), 0);
	doc = wq_json_read(wq_buf_str(&b), 16, NULL);
	WQ_CHECK(text->kind, doc != NULL);
	s = wq_template_scope_json(yyjson_doc_get_root(doc), NULL);
	rc = wq_template_found_render(&f, &ask, &a, &out, &p);
	if (rc != 0)
		print_error("%s.%s:%u:%u: %s %s\n", text->kind, text->language, p.line, p.column,
		            p.name, p.what);
	WQ_CHECK_INT(text->kind, rc, 0);
	for (const char *const *no = (const char *const[]){ "{{", "\n\n\n", "  ", " .", NULL }; *no;
	     no++)
		WQ_CHECK(text->kind, !strstr(out.p ? out.p : *no, *no));
	WQ_CHECK(text->kind, out.n > 40 && out.n < 1024);
	if (getenv("SHOW_TEXTS"))
		print_message("=== %s.%s\n%.*s\n", text->kind, text->language, WQ_STR_ARG(out));
	wq_json_free(doc);
	wq_buf_fini(&b);
	wq_arena_fini(&a);
}

WQ_TEST(each_of_ours_is_whole)
{
	size_t n = 0;

	for (; wq_template_text_at(n); n++) {
		check_text(wq_template_text_at(n), false);
		check_text(wq_template_text_at(n), true);
	}
	WQ_CHECK_INT("18 kinds in 3 languages", n, 54);
}

WQ_TEST(a_language_that_is_not_there_is_the_nearest)
{
	struct wq_template_found f;

	WQ_CHECK("es_EC", wq_templates_find(NULL, wq_str(""), wq_str(""), wq_str("greeting"),
	                                    wq_str("es_EC"), &f));
	WQ_CHECK_SLICE("es_EC", f.language, "es");
	WQ_CHECK("fr", wq_templates_find(NULL, wq_str(""), wq_str(""), wq_str("greeting"),
	                                 wq_str("fr"), &f));
	WQ_CHECK_SLICE("fr", f.language, "en");
	WQ_CHECK("none", wq_templates_find(NULL, wq_str(""), wq_str(""), wq_str("greeting"),
	                                   wq_str(""), &f));
	WQ_CHECK("no such kind", !wq_templates_find(NULL, wq_str(""), wq_str(""), wq_str("greting"),
	                                            wq_str("es"), &f));
}

/* The n-th allocation fails, for every n: nothing is lost but the text. */
WQ_TEST(no_memory_is_told_and_nothing_leaks)
{
	static const char source[] =
		"var: l list eg [{\"a\":1}]\nvar: l.a number\nvar: n text = \"x\\\"y\"\n---\n"
		"{{#each l}}{{a | money \"EUR\"}}{{else}}{{n | upper}}{{/each}}{{n}}";
	uint64_t live = wq_alloc_live();
	int rc = WQ_ENOMEM;

	for (uint64_t n = 0; rc != 0; n++) {
		struct wq_template_ask ask = { .language = wq_str("es") };
		struct wq_template_problem p;
		struct wq_arena a;
		struct wq_str out;

		WQ_CHECK("it ends", n < 1000);
		wq_arena_init(&a, WQ_TEMPLATE_MEMORY_MAX_BYTES);
		wq_alloc_fail_after(n);
		rc = wq_template_fill(wq_str(source), &ask, &a, &out, &p);
		wq_alloc_fail_after(UINT64_MAX);
		WQ_CHECK("told", rc == 0 || rc == WQ_ENOMEM);
		wq_arena_fini(&a);
		WQ_CHECK_INT("nothing leaks", wq_alloc_live(), live);
	}
}

WQ_TEST_MAIN(WQ_CASE(no_memory_is_told_and_nothing_leaks), WQ_CASE(each_of_ours_is_whole),
             WQ_CASE(a_language_that_is_not_there_is_the_nearest),
             WQ_CASE(texts_become_what_they_say), WQ_CASE(what_is_wrong_is_told_with_its_place),
             WQ_CASE(undeclared_names_are_found_before_anything_is_sent),
             WQ_CASE(nothing_grows_without_end))
