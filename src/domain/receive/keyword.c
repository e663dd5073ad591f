/* SPDX-License-Identifier: MIT */
/* keyword.c — the table, and the comparison. */
#include "domain/receive/keyword.h"

#include "base/assert.h"
#include "base/fold.h"
#include "base/limits.h"

/* As wq_fold has them.  Words that answer other questions as well ("cancel", "salir", "weiter") are not among them. */
static const char *const stop_words[] = {
	"stop", "stopall", "stop all", "unsubscribe", "opt out", "optout", "remove me", /* en */
	"baja", "darme de baja", "dar de baja", "dame de baja", "deme de baja", "no mas mensajes",
	"desuscribir", "desuscribirme", "cancelar suscripcion", /* es */
	"sair", "descadastrar", "cancelar inscricao", "nao quero mais mensagens", "parar de receber", /* pt */
	"stopp", "abmelden", "abbestellen", "austragen", "keine nachrichten mehr", /* de */
};
static const char *const start_words[] = {
	"start", "unstop", "subscribe", "opt in", "optin", /* en */
	"alta", "darme de alta", "dar de alta", "dame de alta", "deme de alta", "suscribir", "suscribirme", /* es */
	"assinar", "inscrever", "quero receber", /* pt */
	"anmelden", "abonnieren", /* de */
};

const char *wq_wish_name(enum wq_wish w)
{
	static const char *const names[] = { "", "stop", "start" };

	return names[w];
}

static bool is_of_table(struct wq_str folded, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (wq_str_is(folded, words[i]))
			return true;
	return false;
}

static bool is_of_list(struct wq_str folded, struct wq_str words)
{
	struct wq_str word;
	char text[WQ_KEYWORD_MAX_BYTES];

	while (words.n > 0 && wq_str_next(&words, ',', &word))
		if (wq_str_eq(folded, wq_strn(text, wq_fold(word, text, sizeof(text)))))
			return true;
	return false;
}

enum wq_wish wq_keyword_wish(struct wq_str text, const struct wq_keywords *own)
{
	char out[WQ_KEYWORD_MAX_BYTES + 1];
	struct wq_str folded = { out, 0 };

	if (text.n > 4 * WQ_KEYWORD_MAX_BYTES) /* most are no such word: that costs nothing */
		return WQ_WISH_NONE;
	folded.n = wq_fold(text, out, sizeof(out));
	if (!folded.n || folded.n > WQ_KEYWORD_MAX_BYTES)
		return WQ_WISH_NONE;
	if (own && own->stop.p ? is_of_list(folded, own->stop)
	                       : is_of_table(folded, stop_words, WQ_COUNT(stop_words)))
		return WQ_WISH_STOP;
	if (own && own->start.p ? is_of_list(folded, own->start)
	                        : is_of_table(folded, start_words, WQ_COUNT(start_words)))
		return WQ_WISH_START;
	return WQ_WISH_NONE;
}
