/* SPDX-License-Identifier: MIT */
/* token.c — what stands between {{ and }}, and in a line of the head: names, texts in quotes, numbers, signs. */
#include "base/assert.h"
#include "domain/template/parse.h"

static const char *const signs[] = { "==", "!=", "<=", ">=", "<", ">", "|",
	                             "(",  ")",  "=",  "#",  "/", "!" };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool begins_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '@';
}

static bool goes_on_name(char c)
{
	return begins_name(c) || is_digit(c) || c == '.';
}

static char at(const struct wq_template_parser *r, size_t i)
{
	return i < r->end ? r->t->source.p[i] : '\0';
}

static bool give(struct wq_template_parser *r, enum wq_token_kind kind, size_t n)
{
	r->token = kind;
	r->word = wq_strn(r->t->source.p + r->word_at, n);
	r->at = r->word_at + n;
	return true;
}

/* \" \\ \n stand for what they do elsewhere. */
static bool unescape(struct wq_template_parser *r, struct wq_str raw)
{
	char *text = wq_template_room(r, raw.n + 1);
	size_t n = 0;

	if (!text)
		return false;
	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i];

		if (c == '\\' && i + 1 < raw.n) {
			c = raw.p[++i];
			if (c == 'n')
				c = '\n';
			else if (c != '"' && c != '\\')
				return wq_template_fail(r, r->word_at, wq_str(""),
				                        "has a \\ before something else than "
				                        "\", \\ and n");
		}
		text[n++] = c;
	}
	r->word = wq_strn(text, n);
	return true;
}

static bool take_text(struct wq_template_parser *r)
{
	size_t from = r->word_at + 1, i = from;
	bool escapes = false;

	while (i < r->end && r->t->source.p[i] != '"' && r->t->source.p[i] != '\n') {
		if (r->t->source.p[i] == '\\') {
			escapes = true;
			i++;
		}
		i++;
	}
	if (at(r, i) != '"')
		return wq_template_fail(r, r->word_at, wq_str(""),
		                        "a text that begins here has no closing \" in its line");
	r->token = WQ_TOKEN_TEXT;
	r->word = wq_strn(r->t->source.p + from, i - from);
	r->at = i + 1;
	return escapes ? unescape(r, r->word) : true;
}

static bool take_number(struct wq_template_parser *r)
{
	size_t i = r->word_at;

	if (at(r, i) == '-')
		i++;
	while (is_digit(at(r, i)))
		i++;
	if (at(r, i) == '.' && is_digit(at(r, i + 1)))
		for (i++; is_digit(at(r, i));)
			i++;
	if (i - r->word_at > 20)
		return wq_template_fail(r, r->word_at, wq_str(""), "is too long for a number");
	return give(r, WQ_TOKEN_NUMBER, i - r->word_at);
}

static bool take_name(struct wq_template_parser *r)
{
	size_t i = r->word_at;

	while (goes_on_name(at(r, i)))
		i++;
	if (i - r->word_at > WQ_TEMPLATE_NAME_MAX_BYTES)
		return wq_template_fail(r, r->word_at, wq_str(""), "a name has up to %d characters",
		                        WQ_TEMPLATE_NAME_MAX_BYTES);
	return give(r, WQ_TOKEN_NAME, i - r->word_at);
}

static bool take_sign(struct wq_template_parser *r)
{
	struct wq_str rest = wq_strn(r->t->source.p + r->at, r->end - r->at);

	for (size_t i = 0; i < WQ_COUNT(signs); i++)
		if (wq_str_starts(rest, signs[i]))
			return give(r, WQ_TOKEN_SIGN, strlen(signs[i]));
	if (wq_str_starts(rest, "\xe2\x80\x9c") || wq_str_starts(rest, "\xe2\x80\x9d") ||
	    rest.p[0] == '\'')
		return wq_template_fail(r, r->at, wq_str(""),
		                        "texts stand between straight double quotes: \"");
	return wq_template_fail(r, r->at, wq_str(""), "this sign means nothing here");
}

bool wq_template_next(struct wq_template_parser *r)
{
	if (r->rc != 0)
		return false;
	while (at(r, r->at) == ' ' || at(r, r->at) == '\t' || at(r, r->at) == '\r' ||
	       at(r, r->at) == '\n')
		r->at++;
	r->word_at = r->at;
	if (r->at >= r->end)
		return give(r, WQ_TOKEN_END, 0);
	if (at(r, r->at) == '}' && at(r, r->at + 1) == '}')
		return give(r, WQ_TOKEN_END, 2);
	if (at(r, r->at) == '"')
		return take_text(r);
	if (is_digit(at(r, r->at)) || (at(r, r->at) == '-' && is_digit(at(r, r->at + 1))))
		return take_number(r);
	if (begins_name(at(r, r->at)))
		return take_name(r);
	return take_sign(r);
}

bool wq_template_is_sign(const struct wq_template_parser *r, const char *sign)
{
	return r->token == WQ_TOKEN_SIGN && wq_str_is(r->word, sign);
}

bool wq_template_is_name(const struct wq_template_parser *r, const char *name)
{
	return r->token == WQ_TOKEN_NAME && wq_str_is(r->word, name);
}

bool wq_template_take_operand(struct wq_template_parser *r, struct wq_template_operand *o)
{
	*o = (struct wq_template_operand){ .at = (uint32_t)r->word_at };
	o->flag = wq_template_is_name(r, "true") || wq_template_is_name(r, "false");
	o->number = r->token == WQ_TOKEN_NUMBER;
	if (r->token == WQ_TOKEN_NAME && !o->flag)
		o->name = r->word;
	else if (o->flag || o->number || r->token == WQ_TOKEN_TEXT)
		o->text = r->word;
	else
		return wq_template_fail(r, r->word_at, wq_str(""),
		                        "a name, a text in quotes or a number should stand here");
	return (!o->name.p || wq_template_check_name(r, o)) && wq_template_next(r);
}
