/* SPDX-License-Identifier: MIT */
/* proxy_test.c — which proxy, from settings and environment, and the forms of exceptions. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"
#include "io/client/client.h"
#include "io/client/proxy.h"
#include "support/fault.h"
#include "support/test.h"

static const struct {
	const char *no_proxy, *host;
	bool direct;
} exceptions[] = {
	{ "", "example.com", false },
	{ "*", "example.com", true },
	{ "a.test,*", "example.com", true },
	{ "example.com", "example.com", true },
	{ "EXAMPLE.com", "example.COM", true },
	{ "example.com", "www.example.com", true },
	{ ".example.com", "www.example.com", true },
	{ ".example.com", "example.com", true },
	{ "example.com.", "example.com", true },
	{ "example.com", "example.com.", true },
	{ "example.com", "myexample.com", false },
	{ "example.com", "example.com.evil.test", false },
	{ "www.example.com", "example.com", false },
	{ "com", "example.com", true },
	{ "a.test, example.com ,b.test", "example.com", true },
	{ "a.test example.com", "example.com", true },
	{ ",,  ,", "example.com", false },
	{ ".", "example.com", false },
	{ "localhost", "localhost", true },
	{ "localhost", "127.0.0.1", false },
	{ "127.0.0.1", "127.0.0.1", true },
	{ "127.0.0.1", "127.0.0.11", false },
	{ "0.0.1", "127.0.0.1", false }, /* the end of an address is no domain */
	{ "10.0.0.0/8", "10.200.3.4", true },
	{ "10.0.0.0/8", "11.0.0.1", false },
	{ "192.168.4.0/22", "192.168.7.255", true },
	{ "192.168.4.0/22", "192.168.8.0", false },
	{ "0.0.0.0/0", "8.8.8.8", true },
	{ "10.0.0.0/33", "10.0.0.1", false },
	{ "10.0.0.0/x", "10.0.0.1", false },
	{ "10.0.0.0/", "10.0.0.1", false },
	{ "::1", "::1", true },
	{ "[::1]", "::1", true },
	{ "2001:db8::/32", "2001:db8:1::1", true },
	{ "2001:db8::/33", "2001:db8:8000::1", false },
	{ "fe80::/10", "10.0.0.1", false },
	{ "10.0.0.0/8", "10.example.com", false },
};

WQ_TEST(exceptions_table)
{
	for (size_t i = 0; i < WQ_COUNT(exceptions); i++) {
		struct wq_client_opts o = { .http_proxy = "proxy.test:3128",
			                    .no_proxy = exceptions[i].no_proxy };
		struct wq_proxies p;
		char what[128];

		snprintf(what, sizeof(what), "\"%s\" and %s", o.no_proxy, exceptions[i].host);
		WQ_CHECK_INT(what, wq_proxies_init(&p, &o), 0);
		WQ_CHECK_INT(what, !wq_proxies_choose(&p, false, wq_str(exceptions[i].host)),
		             exceptions[i].direct);
		WQ_CHECK("none for https", !wq_proxies_choose(&p, true, wq_str("example.com")));
		wq_proxies_fini(&p);
		wq_proxies_fini(&p);
	}
}

static const struct {
	const char *text, *url, *host, *user, *password;
	int port;
} forms[] = {
	{ "proxy.test", "http://proxy.test:1080", "proxy.test", NULL, NULL, 1080 },
	{ "proxy.test:3128", "http://proxy.test:3128", "proxy.test", NULL, NULL, 3128 },
	{ "http://proxy.test:80/", "http://proxy.test:80", "proxy.test", NULL, NULL, 80 },
	{ "https://proxy.test", "https://proxy.test:443", "proxy.test", NULL, NULL, 443 },
	{ "socks5h://10.0.0.1", "socks5h://10.0.0.1:1080", "10.0.0.1", NULL, NULL, 1080 },
	{ "http://[::1]:8080", "http://[::1]:8080", "::1", NULL, NULL, 8080 },
	{ "http://me:a%40b@proxy.test", "http://proxy.test:1080", "proxy.test", "me", "a@b", 1080 },
	{ "http://me@proxy.test", "http://proxy.test:1080", "proxy.test", "me", NULL, 1080 },
};

WQ_TEST(forms_of_a_proxy)
{
	for (size_t i = 0; i < WQ_COUNT(forms); i++) {
		struct wq_client_opts o = { .https_proxy = forms[i].text };
		const struct wq_proxy *chosen;
		struct wq_proxies p;

		WQ_CHECK_INT(forms[i].text, wq_proxies_init(&p, &o), 0);
		chosen = wq_proxies_choose(&p, true, wq_str("example.com"));
		WQ_CHECK(forms[i].text, chosen);
		WQ_CHECK_STR(forms[i].text, chosen->url, forms[i].url);
		WQ_CHECK_STR(forms[i].text, chosen->host, forms[i].host);
		WQ_CHECK_INT(forms[i].text, chosen->port, forms[i].port);
		WQ_CHECK_STR(forms[i].text, chosen->user, forms[i].user);
		WQ_CHECK_STR(forms[i].text, chosen->password, forms[i].password);
		wq_proxies_fini(&p);
	}
}

WQ_TEST(proxies_that_are_refused)
{
	static const char *const bad[] = {
		"socks5://proxy.test", "socks4://proxy.test",   "ftp://p", "http://", "http://a b",
		"proxy.test:99999",    "http://a%ZZ@proxy.test"
	};

	for (size_t i = 0; i < WQ_COUNT(bad); i++) {
		struct wq_client_opts o = { .http_proxy = bad[i] };
		struct wq_proxies p;

		WQ_CHECK(bad[i], wq_proxies_init(&p, &o) < 0);
	}
}

static const struct {
	const char *what, *set, *http, *https, *no;
} environments[] = {
	{ "nothing", "", NULL, NULL, NULL },
	{ "lower case", "http_proxy=a https_proxy=b no_proxy=c", "a", "b", "c" },
	{ "upper case", "HTTP_PROXY=a HTTPS_PROXY=b NO_PROXY=c", "a", "b", "c" },
	{ "lower wins", "http_proxy=a HTTP_PROXY=x https_proxy=b HTTPS_PROXY=y", "a", "b", NULL },
	{ "all", "ALL_PROXY=a", "a", "a", NULL },
	{ "all fills gaps", "all_proxy=a https_proxy=b", "a", "b", NULL },
	{ "inside of CGI", "HTTP_PROXY=a HTTPS_PROXY=b REQUEST_METHOD=GET", NULL, "b", NULL },
	{ "inside of CGI, lower case", "http_proxy=a REQUEST_METHOD=GET", "a", NULL, NULL },
	{ "empty is none", "http_proxy= HTTP_PROXY=x", NULL, NULL, NULL },
};

static void set_environment(const char *pairs)
{
	static const char *const all[] = { "http_proxy", "https_proxy", "all_proxy",
		                           "no_proxy",   "HTTP_PROXY",  "HTTPS_PROXY",
		                           "ALL_PROXY",  "NO_PROXY",    "REQUEST_METHOD" };
	struct wq_str rest = wq_str(pairs), pair;
	char text[64], *eq;

	for (size_t i = 0; i < WQ_COUNT(all); i++)
		unsetenv(all[i]);
	while (rest.n > 0 && wq_str_next(&rest, ' ', &pair)) {
		snprintf(text, sizeof(text), "%.*s", WQ_STR_ARG(pair));
		eq = strchr(text, '=');
		*eq = '\0';
		setenv(text, eq + 1, 1);
	}
}

WQ_TEST(the_environment)
{
	for (size_t i = 0; i < WQ_COUNT(environments); i++) {
		struct wq_client_opts o;

		set_environment(environments[i].set);
		wq_client_opts_init(&o);
		WQ_CHECK_STR(environments[i].what, o.http_proxy, environments[i].http);
		WQ_CHECK_STR(environments[i].what, o.https_proxy, environments[i].https);
		WQ_CHECK_STR(environments[i].what, o.no_proxy, environments[i].no);
	}
	set_environment("");
}

static void open_and_close(void)
{
	struct wq_client_opts o = { .http_proxy = "http://me:secret@proxy.test",
		                    .https_proxy = "https://proxy.test",
		                    .no_proxy = "localhost" };
	struct wq_proxies p;

	if (wq_proxies_init(&p, &o) == 0)
		wq_proxies_fini(&p);
}

WQ_TEST(memory_may_run_out)
{
	wq_fault_sweep("proxies", open_and_close, 100);
}

WQ_TEST_MAIN(WQ_CASE(exceptions_table), WQ_CASE(forms_of_a_proxy),
             WQ_CASE(proxies_that_are_refused), WQ_CASE(the_environment),
             WQ_CASE(memory_may_run_out))
