/* SPDX-License-Identifier: MIT */
/* library.c — which text it is: the nearest owner's, in the nearest language. */
#include "domain/template/library.h"

#include "base/err.h"
#include "domain/template/own.h"
#include "domain/template/texts.h"

const struct wq_template_text *wq_template_text_at(size_t i)
{
	return i < wq_template_texts_n ? &wq_template_texts[i] : NULL;
}

static const struct wq_template_text *ours(struct wq_str kind, struct wq_str language)
{
	for (size_t i = 0; i < wq_template_texts_n; i++)
		if (wq_str_is(kind, wq_template_texts[i].kind) &&
		    wq_str_is(language, wq_template_texts[i].language))
			return &wq_template_texts[i];
	return NULL;
}

static bool is_ours(struct wq_str kind)
{
	return ours(kind, wq_str("en")) != NULL;
}

/* Declarations are the same in all languages, but for the examples. */
static void set_base(struct wq_template_found *f, struct wq_str kind)
{
	const struct wq_template_text *t =
		ours(kind, wq_strn(f->language.p, f->language.n < 2 ? f->language.n : 2));

	if (!t)
		t = ours(kind, wq_str("en"));
	f->base = wq_str(t ? t->source : NULL);
}

static bool find_in(const struct wq_templates *t, struct wq_str business, struct wq_str account,
                    struct wq_str kind, struct wq_str language, struct wq_template_found *out)
{
	const struct wq_template_text *text;

	if (wq_templates_own(t, WQ_TEMPLATE_ACCOUNT, account, kind, language, out) ||
	    wq_templates_own(t, WQ_TEMPLATE_BUSINESS, business, kind, language, out) ||
	    wq_templates_own(t, WQ_TEMPLATE_ALL, wq_str(""), kind, language, out)) {
		set_base(out, kind);
		return true;
	}
	text = ours(kind, language);
	if (!text)
		return false;
	*out = (struct wq_template_found){ WQ_TEMPLATE_OURS, wq_str(text->language),
		                           wq_str(text->source), wq_strn(NULL, 0) };
	return true;
}

bool wq_templates_find(const struct wq_templates *t, struct wq_str business, struct wq_str account,
                       struct wq_str kind, struct wq_str language, struct wq_template_found *out)
{
	struct wq_str bare = wq_strn(language.p, language.n < 2 ? language.n : 2);
	char norm[8] = "";

	if (language.n == 5) { /* "es-EC" is "es_EC" */
		memcpy(norm, language.p, 5);
		norm[2] = '_';
		if (find_in(t, business, account, kind, wq_str(norm), out))
			return true;
	}
	if ((bare.n == 2 && find_in(t, business, account, kind, bare, out)) ||
	    find_in(t, business, account, kind, wq_str("en"), out))
		return true;
	if (!wq_templates_any(t, business, account, kind, out))
		return false;
	if (is_ours(kind))
		set_base(out, kind);
	return true;
}

int wq_template_found_read(const struct wq_template_found *f, struct wq_template *t,
                           struct wq_arena *a, struct wq_template_problem *p)
{
	struct wq_template_rules rules = { .declared = true };
	struct wq_template *base = NULL;
	int rc;

	if (f->base.p) {
		base = wq_arena_alloc(a, sizeof(*base));
		rc = base ? wq_template_read(base, f->base, NULL, a, p) : WQ_ENOMEM;
		if (rc != 0)
			return rc;
		rules.others = base->variables;
	}
	rc = wq_template_read(t, f->source, &rules, a, p);
	if (rc == 0 && !t->variables && base)
		t->variables = base->variables;
	return rc;
}

int wq_template_found_render(const struct wq_template_found *f, const struct wq_template_ask *ask,
                             struct wq_arena *a, struct wq_str *out, struct wq_template_problem *p)
{
	struct wq_template_ask own = *ask;
	struct wq_template t;
	int rc = wq_template_found_read(f, &t, a, p);

	/* "es_MX" of a text in "es" writes as Mexico does; English asked for German is shown in neither's way. */
	if (own.language.n < 2 || f->language.n < 2 ||
	    memcmp(own.language.p, f->language.p, 2) != 0)
		own.language = f->language;
	return rc == 0 ? wq_template_render(&t, &own, a, out, p) : rc;
}
