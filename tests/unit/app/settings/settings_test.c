/* SPDX-License-Identifier: MIT */
/* settings_test.c — where a value comes from: flags, environment, .env, files of secrets, defaults. */
#include "app/settings/settings.h"

#include <errno.h>

#include "app/settings/table.h"
#include "base/err.h"
#include "support/fault.h"
#include "support/test.h"

enum { ERRORS_MAX_BYTES = 65536, WORDS_MAX = 64 };

/* A file system of two files. */
struct disk {
	const char *env_file;              /* .env; NULL: there is none */
	const char *secret;                /* /run/secret */
	const char *refused_path;          /* opening this one … */
	int refused;                       /* … gives this errno */
};

static int disk_read(void *ctx, const char *path, size_t max_bytes, struct wq_buf *out)
{
	const struct disk *d = ctx;
	const char *text = NULL;

	if (d->refused_path && strcmp(path, d->refused_path) == 0)
		return d->refused;
	if (strcmp(path, ".env") == 0)
		text = d->env_file;
	else if (strcmp(path, "/run/secret") == 0)
		text = d->secret;
	if (!text)
		return ENOENT;
	if (strlen(text) > max_bytes)
		return EFBIG;
	return wq_buf_add_text(out, text) < 0 ? ENOMEM : 0;
}

static const struct wq_option options[] = {
	{ .name = "json", .help = "as JSON" },
	{ .name = "out", .value = "PATH", .help = "where to" },
	{ .name = "log", .value = "[PATH]", .help = "to stdout or there" },
	{ .name = NULL },
};

struct world {
	struct disk disk;
	struct wq_settings s;
	struct wq_args args;
	struct wq_buf errors;
	char *words[2][WORDS_MAX]; /* argv and envp: into `text` */
	char text[2][8192];
	int rc;
};

static void cut_words(struct world *w, int which, const char *line, char separator)
{
	struct wq_str rest, word;
	unsigned n = 0;

	WQ_REQUIRE(strlen(line) < sizeof(w->text[which]));
	memcpy(w->text[which], line, strlen(line) + 1);
	rest = wq_str(w->text[which]);
	while (*line && wq_str_next(&rest, separator, &word)) {
		WQ_REQUIRE(n < WORDS_MAX - 1);
		w->words[which][n++] = w->text[which] + (word.p - w->text[which]);
		w->text[which][word.p - w->text[which] + (ptrdiff_t)word.n] = '\0';
	}
	w->words[which][n] = NULL;
}

static void takers(uint32_t groups, struct wq_buf *out)
{
	(void)wq_buf_add_text(out, groups & WQ_BIT(WQ_GROUP_SANDBOX) ? "sandbox" : "");
}

/* Flags with a space between, variables with a "|"; all groups but the sandbox's. */
static void load(struct world *w, const char *flags, const char *env, const char *env_file)
{
	struct wq_settings_input in = {
		.command = "test",
		.groups = (WQ_BIT(WQ_GROUP_COUNT) - 1) & ~WQ_BIT(WQ_GROUP_SANDBOX),
		.options = options,
		.takers = takers,
		.read_file = disk_read,
		.ctx = &w->disk,
	};

	w->disk.env_file = env_file;
	cut_words(w, 0, flags, ' ');
	cut_words(w, 1, env, '|');
	while (w->words[0][in.argc])
		in.argc++;
	in.argv = w->words[0];
	in.envp = w->words[1];
	wq_buf_init(&w->errors, ERRORS_MAX_BYTES);
	w->rc = wq_settings_load(&w->s, &w->args, &in, &w->errors);
}

static void unload(struct world *w)
{
	wq_settings_fini(&w->s);
	wq_settings_fini(&w->s);
	wq_buf_fini(&w->errors);
}

WQ_TEST(precedence)
{
	static const struct {
		const char *what, *flags, *env, *file;
		int64_t want;
		const char *from;
	} cases[] = {
		{ "default", "", "", NULL, 8780, "default" },
		{ "file", "", "", "PORT=3", 3, ".env:1" },
		{ "file, ours before others", "", "", "WILLAQ_PORT=4\nPORT=3", 4, ".env:1" },
		{ "file, the last line", "", "", "PORT=3\nPORT=4", 4, ".env:2" },
		{ "environment before file", "", "PORT=2", "WILLAQ_PORT=3", 2, "env PORT" },
		{ "ours before others", "", "PORT=2|WILLAQ_PORT=5", NULL, 5, "env WILLAQ_PORT" },
		{ "empty is not set", "", "PORT=2|WILLAQ_PORT=", NULL, 2, "env PORT" },
		{ "all empty", "", "PORT=", "PORT=", 8780, "default" },
		{ "flag before all", "--port 1", "WILLAQ_PORT=2", "PORT=3", 1, "--port" },
		{ "flag with =", "--port=1", "", NULL, 1, "--port" },
		{ "the last flag", "--port x --port 7", "", NULL, 7, "--port" },
		{ "only the winner is judged", "--port 1", "PORT=x", "PORT=y", 1, "--port" },
		{ "an orchestrator's link", "", "WILLAQ_PORT=tcp://10.0.0.1:8780", NULL, 8780,
		  "default" },
		{ "a longer name is another", "", "PORTX=2|PORT", NULL, 8780, "default" },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct world w = { .rc = 0 };

		load(&w, cases[i].flags, cases[i].env, cases[i].file);
		WQ_CHECK_INT(cases[i].what, w.rc, 0);
		WQ_CHECK_INT(cases[i].what, wq_settings_int(&w.s, WQ_SET_PORT), cases[i].want);
		WQ_CHECK_STR(cases[i].what, w.s.values[WQ_SET_PORT].from, cases[i].from);
		WQ_CHECK_INT(cases[i].what, wq_settings_given(&w.s, WQ_SET_PORT),
		             strcmp(cases[i].from, "default") != 0);
		unload(&w);
	}
}

WQ_TEST(getters)
{
	struct world w = { .rc = 0 };

	load(&w, "--reuse-port --idle-timeout 90 --body-max 1m --no-color --unix-socket=",
	     "UNRELATED=x", "WILLAQ_UNIX_SOCKET=/x\nLOG_LEVEL=DEBUG\nLOG_FORMAT=JSON");
	WQ_CHECK_INT("loads", w.rc, 0);
	WQ_CHECK("switch on", wq_settings_bool(&w.s, WQ_SET_REUSE_PORT));
	WQ_CHECK("switch off", !wq_settings_bool(&w.s, WQ_SET_COLOR));
	WQ_CHECK_STR("as it was written", w.s.values[WQ_SET_COLOR].from, "--no-color");
	WQ_CHECK_INT("ms", wq_settings_ms(&w.s, WQ_SET_IDLE_TIMEOUT), 90000);
	WQ_CHECK_INT("bytes", wq_settings_bytes(&w.s, WQ_SET_BODY_MAX), 1 << 20);
	WQ_CHECK("none is NULL", wq_settings_text(&w.s, WQ_SET_CA_FILE) == NULL);
	WQ_CHECK("an empty flag takes a value back", !wq_settings_text(&w.s, WQ_SET_UNIX_SOCKET));
	WQ_CHECK_STR("text", wq_settings_text(&w.s, WQ_SET_HOST), "127.0.0.1");
	WQ_CHECK_INT("index of a choice", wq_settings_int(&w.s, WQ_SET_LOG_LEVEL), 3);
	WQ_CHECK_STR("spelling of a choice", wq_settings_text(&w.s, WQ_SET_LOG_FORMAT), "json");
	WQ_CHECK("percent of another command", wq_settings_double(&w.s, WQ_SET_FAIL) == 0.0);
	unload(&w);
}

WQ_TEST(switches)
{
	static const struct {
		const char *flags, *env;
		bool colour, reuse;
	} cases[] = {
		{ "", "", true, false },
		{ "", "NO_COLOR=1", false, false },
		{ "", "NO_COLOR=", true, false },
		{ "", "NO_COLOR=false", false, false }, /* set at all: no colours */
		{ "", "WILLAQ_COLOR=yes|NO_COLOR=1", true, false },
		{ "--color", "NO_COLOR=1", true, false },
		{ "--reuse-port=yes", "", true, true },
		{ "--reuse-port=false", "WILLAQ_REUSE_PORT=1", true, false },
		{ "--no-reuse-port", "WILLAQ_REUSE_PORT=1", true, false },
		{ "--no-reuse-port --reuse-port", "", true, true },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct world w = { .rc = 0 };

		load(&w, cases[i].flags, cases[i].env, NULL);
		WQ_CHECK_INT(cases[i].flags, w.rc, 0);
		WQ_CHECK_INT(cases[i].flags, wq_settings_bool(&w.s, WQ_SET_COLOR), cases[i].colour);
		WQ_CHECK_INT(cases[i].flags, wq_settings_bool(&w.s, WQ_SET_REUSE_PORT),
		             cases[i].reuse);
		unload(&w);
	}
}

WQ_TEST(lists)
{
	static const struct {
		const char *flags, *env, *want;
	} cases[] = {
		{ "--queue a,b", "", "a,b" },
		{ "--queue a --queue b", "", "a,b" },
		{ "--queue a,b --queue=c --queue d", "", "a,b,c,d" },
		{ "--queue a", "WILLAQ_QUEUE=x", "a" },
		{ "--queue a --queue= --queue b", "", "b" },
		{ "--queue a --queue=", "WILLAQ_QUEUE=x", NULL },
	};
	struct world w = { .rc = 0 };

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		load(&w, cases[i].flags, cases[i].env, NULL);
		WQ_CHECK_INT(cases[i].flags, w.rc, 0);
		if (cases[i].want)
			WQ_CHECK_STR(cases[i].flags, wq_settings_text(&w.s, WQ_SET_QUEUE),
			             cases[i].want);
		else
			WQ_CHECK(cases[i].flags, !wq_settings_text(&w.s, WQ_SET_QUEUE));
		unload(&w);
	}
	load(&w,
	     "--dns-servers 1.1.1.1 --dns-servers 8.8.8.8 --webhook-secret a --webhook-secret b "
	     "--no-proxy x --no-proxy y --host 127.0.0.1 --host 127.0.0.2",
	     "", NULL);
	WQ_CHECK_INT("loads", w.rc, 0);
	WQ_CHECK_STR("servers", wq_settings_text(&w.s, WQ_SET_DNS_SERVERS), "1.1.1.1,8.8.8.8");
	WQ_CHECK_STR("secrets", wq_settings_text(&w.s, WQ_SET_WEBHOOK_SECRET), "a,b");
	WQ_CHECK_STR("hosts", wq_settings_text(&w.s, WQ_SET_NO_PROXY), "x,y");
	WQ_CHECK_STR("no list", wq_settings_text(&w.s, WQ_SET_HOST), "127.0.0.2");
	unload(&w);
}

WQ_TEST(arguments)
{
	struct world w = { .rc = 0 };

	load(&w, "a --json - --out=x -- --port -h", "", NULL);
	WQ_CHECK_INT("loads", w.rc, 0);
	WQ_CHECK_INT("arguments", w.args.count, 4);
	WQ_CHECK_STR("first", w.args.at[0], "a");
	WQ_CHECK_STR("a dash alone", w.args.at[1], "-");
	WQ_CHECK_STR("behind --", w.args.at[2], "--port");
	WQ_CHECK_STR("switch", wq_args_option(&w.args, "json"), "");
	WQ_CHECK_STR("value", wq_args_option(&w.args, "out"), "x");
	WQ_CHECK("no help", !w.args.help);
	unload(&w);
	load(&w, "--log a", "", NULL);
	WQ_CHECK_STR("a value that may be missing is not the first argument",
	             wq_args_option(&w.args, "log"), "");
	WQ_CHECK_INT("which it leaves", w.args.count, 1);
	unload(&w);
	load(&w, "--log=x a", "", NULL);
	WQ_CHECK_STR("behind an =", wq_args_option(&w.args, "log"), "x");
	unload(&w);
	load(&w, "a --log x", "", NULL);
	WQ_CHECK_STR("behind the first argument", wq_args_option(&w.args, "log"), "x");
	unload(&w);
	load(&w, "a --log --json", "", NULL);
	WQ_CHECK_STR("missing", wq_args_option(&w.args, "log"), "");
	WQ_CHECK_STR("and the next flag is one", wq_args_option(&w.args, "json"), "");
	unload(&w);
	load(&w, "--port x --nonsense -h", "WILLAQ_NONSENSE=1", NULL);
	WQ_CHECK_INT("help comes first", w.rc, 0);
	WQ_CHECK("help", w.args.help);
	WQ_CHECK("not given", wq_args_option(&w.args, "json") == NULL);
	unload(&w);
}

static const struct {
	const char *flags, *env, *file, *want;
} refused[] = {
	{ "--prot 1", "", NULL, "unknown flag \"--prot\"; did you mean --port?\n" },
	{ "--no-colour", "", NULL,
	  "unknown flag \"--no-colour\"; did you mean --no-color?\n" },
	{ "--no-port", "", NULL, "unknown flag \"--no-port\"; did you mean --port?\n" },
	{ "--webhook-secret-fil x", "", NULL,
	  "unknown flag \"--webhook-secret-fil\"; did you mean --webhook-secret-file?\n" },
	{ "--jsno", "", NULL, "unknown flag \"--jsno\"; did you mean --json?\n" },
	{ "-p", "", NULL, "unknown flag \"-p\"\n" },
	{ "--=x", "", NULL, "unknown flag \"--\"\n" },
	{ "--webhook-secret hunter2 --webhook-secret-file /run/secret", "", NULL,
	  "--webhook-secret and a file of it, or two files: write all into one, commas between\n" },
	{ "--webhook-secret-file /run/secret --webhook-secret-file /run/other", "", NULL,
	  "--webhook-secret and a file of it, or two files: write all into one, commas between\n" },
	{ "--port", "", NULL, "--port needs a value\n" },
	{ "--port --reuse-port", "", NULL, "--port needs a value\n" },
	{ "--out", "", NULL, "--out needs a value: PATH\n" },
	{ "--json=1", "", NULL, "--json takes no value\n" },
	{ "--no-color=1", "", NULL,
	  "--no-color takes no value; write --color or --no-color\n" },
	{ "--latency 1", "", NULL,
	  "test does not take the flag --latency; it belongs to sandbox\n" },
	{ "--port 70000", "", NULL,
	  "setting port: \"70000\" (from --port) is not a port from 0 to 65535\n" },
	{ "--host=", "", NULL,
	  "setting host: \"\" (from --host) is not text without control characters: it must not be empty\n" },
	{ "", "PORT=x", NULL,
	  "setting port: \"x\" (from env PORT) is not a port from 0 to 65535\n" },
	{ "", "", "\nLOG_LEVEL=loud",
	  "setting log-level: \"loud\" (from .env:2) is not error, warn, info, debug or trace\n" },
	{ "", "REDIS_URL=redis://:hunter2@h:0", NULL,
	  "setting redis-url: \"redis://***@h:0\" (from env REDIS_URL) is not a URL that starts with "
	  "redis://, rediss:// or unix://: "
	  "the port must be a number from 1 to 65535\n" },
	{ "--timezone Europe/Berln", "", NULL,
	  "setting timezone: \"Europe/Berln\" (from --timezone) is not a time zone such as Europe/Berlin or UTC: "
	  "did you mean Europe/Berlin?" },
	{ "", "TZ=../../etc/passwd", NULL,
	  "setting timezone: \"../../etc/passwd\" (from env TZ) is not a time zone such as Europe/Berlin or UTC: "
	  "no known name comes near" },
	{ "--redis-url redis://h/x", "", NULL,
	  "setting redis-url: \"redis://h/x\" (from --redis-url) is not a URL that starts with "
	  "redis://, rediss:// or unix://: " },
	{ "", "WILLAQ_PROT=1", NULL,
	  "environment: unknown setting \"WILLAQ_PROT\"; did you mean WILLAQ_PORT?\n" },
	{ "", "WILLAQ_REDIS_HOST=h", NULL,
	  "environment: unknown setting \"WILLAQ_REDIS_HOST\"; did you mean REDIS_HOST?\n" },
	{ "", "WILLAQ_PORT_FILE=h", NULL,
	  "environment: unknown setting \"WILLAQ_PORT_FILE\"" },
	{ "", "", "#\nWILLAQ_PROT=1",
	  ".env:2: unknown setting \"WILLAQ_PROT\"; did you mean WILLAQ_PORT?\n" },
	{ "", "", "PORT",
	  ".env:1: a line is NAME=value or a comment that starts with #\n" },
	{ "", "REDIS_HOST=h|REDIS_PORT=x", NULL,
	  "REDIS_PORT: \"x\" (from env REDIS_PORT) is not a port from 1 to 65535\n" },
	{ "", "REDIS_HOST=h|REDIS_DB=-1", NULL,
	  "REDIS_DB: \"-1\" (from env REDIS_DB) is not a whole number from 0 to 1000000\n" },
};

WQ_TEST(problems)
{
	for (size_t i = 0; i < WQ_COUNT(refused); i++) {
		struct world w = { .rc = 0 };

		load(&w, refused[i].flags, refused[i].env, refused[i].file);
		WQ_CHECK_INT(refused[i].want, w.rc, WQ_EINVAL);
		if (!wq_str_starts(wq_buf_str(&w.errors), refused[i].want))
			WQ_CHECK_SLICE("one line", wq_buf_str(&w.errors), refused[i].want);
		WQ_CHECK("no secret", !strstr(wq_buf_text(&w.errors), "hunter2"));
		unload(&w);
	}
}

WQ_TEST(problems_are_bounded)
{
	struct world w = { .rc = 0 };
	unsigned lines = 0;

	load(&w,
	     "--a --b --c --d --e --f --g --h --i --j --k --l --m --n --o --p --q --r --s --t --u --v",
	     "", NULL);
	WQ_CHECK_INT("refused", w.rc, WQ_EINVAL);
	for (size_t i = 0; i < w.errors.n; i++)
		lines += w.errors.p[i] == '\n';
	WQ_CHECK_INT("lines", lines, WQ_SETTINGS_PROBLEMS_MAX + 1);
	WQ_CHECK("the rest is counted", strstr(wq_buf_text(&w.errors), "and 2 more\n"));
	unload(&w);
}

WQ_TEST(secrets_from_files)
{
	static const struct {
		const char *what, *flags, *env, *file, *secret, *want, *error;
	} cases[] = {
		{ "ours", "", "WILLAQ_WEBHOOK_SECRET_FILE=/run/secret", NULL, "s\n", "s", NULL },
		{ "another's", "", "WHATSAPP_APP_SECRET_FILE=/run/secret", NULL, "s\r\n", "s",
		  NULL },
		{ "in .env", "", "", "WEBHOOK_SECRET_FILE=/run/secret", "s\n\n", "s\n", NULL },
		{ "flag", "--webhook-secret-file /run/secret", "WEBHOOK_SECRET=e", NULL, "s", "s",
		  NULL },
		{ "an earlier name wins", "",
		  "WEBHOOK_SECRET=e|WHATSAPP_APP_SECRET_FILE=/run/secret", NULL, "s", "e", NULL },
		{ "environment before .env", "", "WEBHOOK_SECRET_FILE=/run/secret",
		  "WILLAQ_WEBHOOK_SECRET=x", "s", "s", NULL },
		{ "empty", "", "WEBHOOK_SECRET_FILE=/run/secret", NULL, "\n", NULL,
		  "WEBHOOK_SECRET: cannot read \"/run/secret\" (from env WEBHOOK_SECRET_FILE): it is empty\n" },
		{ "missing", "", "WEBHOOK_SECRET_FILE=/run/none", NULL, NULL, NULL,
		  "WEBHOOK_SECRET: cannot read \"/run/none\" (from env WEBHOOK_SECRET_FILE): "
		  "No such file or directory\n" },
		{ "missing, by flag", "--webhook-secret-file=/run/none", "", NULL, NULL, NULL,
		  "--webhook-secret-file: cannot read \"/run/none\" (from --webhook-secret-file): "
		  "No such file or directory\n" },
		{ "both", "", "WEBHOOK_SECRET=e|WEBHOOK_SECRET_FILE=/run/secret", NULL, "s", NULL,
		  "WEBHOOK_SECRET and WEBHOOK_SECRET_FILE are both set" },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct world w = { .disk.secret = cases[i].secret };

		load(&w, cases[i].flags, cases[i].env, cases[i].file);
		WQ_CHECK_INT(cases[i].what, w.rc, cases[i].error ? WQ_EINVAL : 0);
		if (cases[i].error)
			WQ_CHECK(cases[i].what,
			         wq_str_starts(wq_buf_str(&w.errors), cases[i].error));
		else
			WQ_CHECK_STR(cases[i].what, wq_settings_text(&w.s, WQ_SET_WEBHOOK_SECRET),
			             cases[i].want);
		unload(&w);
	}
}

WQ_TEST(redis_from_parts)
{
	static const struct {
		const char *what, *env, *file, *want;
	} cases[] = {
		{ "host", "REDIS_HOST=h", NULL, "redis://h:6379" },
		{ "all",
		  "REDIS_HOST=h|REDIS_PORT=1|REDIS_USERNAME=me|REDIS_PASSWORD=p|REDIS_DB=2|REDIS_TLS=true",
		  NULL, "rediss://me:p@h:1/2" },
		{ "password encoded", "REDIS_HOST=h|REDIS_PASSWORD=p@:/?#[ %\xc3\xa9", NULL,
		  "redis://:p%40%3A%2F%3F%23%5B%20%25%C3%A9@h:6379" },
		{ "password alone", "REDIS_PASSWORD=p", NULL, "redis://:p@127.0.0.1:6379" },
		{ "password in a file", "REDIS_HOST=h|REDIS_PASSWORD_FILE=/run/secret", NULL,
		  "redis://:s%20s@h:6379" },
		{ "IPv6", "REDIS_HOST=::1", NULL, "redis://[::1]:6379" },
		{ "IPv6 in brackets", "REDIS_HOST=[::1]", NULL, "redis://[::1]:6379" },
		{ "URL first", "REDIS_HOST=h|REDIS_URL=redis://u", NULL, "redis://u" },
		{ "environment before .env", "REDIS_HOST=h", "REDIS_URL=redis://u",
		  "redis://h:6379" },
		{ "a lone password is no host", "REDIS_PASSWORD=p", "REDIS_URL=redis://u",
		  "redis://u" },
		{ "from both", "REDIS_PASSWORD=p", "REDIS_HOST=h\nREDIS_PASSWORD=q",
		  "redis://:p@h:6379" },
		{ "an orchestrator's link", "REDIS_PORT=tcp://10.0.0.1:6379", NULL,
		  "redis://127.0.0.1:6379" },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct world w = { .disk.secret = "s s\n" };

		load(&w, "", cases[i].env, cases[i].file);
		WQ_CHECK_INT(cases[i].what, w.rc, 0);
		WQ_CHECK_STR(cases[i].what, wq_settings_text(&w.s, WQ_SET_REDIS_URL),
		             cases[i].want);
		unload(&w);
	}
}

WQ_TEST(env_file_itself)
{
	static const struct {
		const char *what, *flags, *env, *refused_path;
		int refused;
		const char *error;
	} cases[] = {
		{ "default missing", "", "", ".env", ENOENT, NULL },
		{ "default is a folder", "", "", ".env", EISDIR, NULL },
		{ "default unreadable", "", "", ".env", EACCES,
		  "settings: cannot read \".env\" (from default): Permission denied\n" },
		{ "default too large", "", "", ".env", EFBIG,
		  "settings: cannot read \".env\" (from default): File too large\n" },
		{ "named by flag, missing", "--env-file x", "", "x", ENOENT,
		  "settings: cannot read \"x\" (from --env-file): No such file or directory\n" },
		{ "named by variable, missing", "", "WILLAQ_ENV_FILE=x", "x", ENOENT,
		  "settings: cannot read \"x\" (from env WILLAQ_ENV_FILE): No such file or directory\n" },
		{ "a flag beats the variable", "--env-file .env", "WILLAQ_ENV_FILE=x", "x", ENOENT,
		  NULL },
	};

	for (size_t i = 0; i < WQ_COUNT(cases); i++) {
		struct world w = { .disk = { .refused_path = cases[i].refused_path,
			                     .refused = cases[i].refused } };

		load(&w, cases[i].flags, cases[i].env, "A=b");
		WQ_CHECK_INT(cases[i].what, w.rc, cases[i].error ? WQ_EINVAL : 0);
		WQ_CHECK_SLICE(cases[i].what, wq_buf_str(&w.errors),
		               cases[i].error ? cases[i].error : "");
		unload(&w);
	}
}

WQ_TEST(orchestrators_variables_are_known)
{
	static const char *const fine[] = {
		"WILLAQ_SERVICE_HOST=h", "WILLAQ_SERVICE_PORT=1", "WILLAQ_SERVICE_PORT_HTTP=1",
		"WILLAQ_PORT_8780_TCP=tcp://h:1", "WILLAQ_PORT_8780_TCP_ADDR=h", "WILLAQ_PORT_53_UDP_PORT=1",
		"WILLAQ_X_SERVICE_HOST=h", "WILLAQ_X_PORT=tcp://h:1", "WILLAQ_WEBHOOK_SECRET_FILE=/run/secret",
	};

	for (size_t i = 0; i < WQ_COUNT(fine); i++) {
		struct world w = { .disk.secret = "s" };

		load(&w, "", fine[i], NULL);
		WQ_CHECK_INT(fine[i], w.rc, 0);
		unload(&w);
	}
}

static void load_good(void)
{
	struct world w = { .disk.secret = "s" };

	load(&w, "--port 1 --webhook-secret-file /run/secret",
	     "REDIS_HOST=h|REDIS_PASSWORD=p|LOG_LEVEL=warn",
	     "WEBHOOK_VERIFY_TOKEN=\"a b\"\nWILLAQ_FAIL=2");
	/* The check of the URL of Redis is another's and tells of it in words. */
	WQ_CHECK("loaded, or out of memory",
	         w.rc == 0 || w.rc == WQ_ENOMEM ||
	                 strstr(wq_buf_text(&w.errors), ": out of memory\n") != NULL);
	unload(&w);
}

/* The only thing that is wrong: it must not get lost. */
static const struct {
	const char *flags, *env, *file;
} wrong[] = {
	{ "--prot 1", "", "" }, { "--latency 1", "", "" }, { "--port x", "", "" }, { "", "WILLAQ_PROT=1", "" },
	{ "", "REDIS_URL=x", "" }, { "", "REDIS_HOST=h|REDIS_PORT=x", "" }, { "", "WEBHOOK_SECRET_FILE=/none", "" },
	{ "", "", "A" }, { "--env-file /none", "", "" },
};
static size_t wrong_at;

static void load_wrong(void)
{
	struct world w = { .rc = 0 };

	load(&w, wrong[wrong_at].flags, wrong[wrong_at].env, wrong[wrong_at].file);
	WQ_CHECK("refused, or out of memory", w.rc == WQ_EINVAL || w.rc == WQ_ENOMEM);
	unload(&w);
}

WQ_TEST(every_allocation_may_fail)
{
	wq_fault_sweep("good settings", load_good, 1000);
	for (wrong_at = 0; wrong_at < WQ_COUNT(wrong); wrong_at++)
		wq_fault_sweep("wrong settings", load_wrong, 1000);
}

WQ_TEST_MAIN(WQ_CASE(precedence), WQ_CASE(getters), WQ_CASE(switches), WQ_CASE(lists),
             WQ_CASE(arguments), WQ_CASE(problems), WQ_CASE(problems_are_bounded),
             WQ_CASE(secrets_from_files), WQ_CASE(redis_from_parts), WQ_CASE(env_file_itself),
             WQ_CASE(orchestrators_variables_are_known), WQ_CASE(every_allocation_may_fail))
