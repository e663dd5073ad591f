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

static size_t folded_as(struct wq_str word, char out[WQ_KEYWORD_MAX_BYTES + 1])
{
	return wq_fold(word, out, WQ_KEYWORD_MAX_BYTES + 1);
}

static bool is_of_list(struct wq_str folded, yyjson_val *words)
{
	char text[WQ_KEYWORD_MAX_BYTES + 1];
	yyjson_val *word;
	size_t i, n;

	yyjson_arr_foreach(words, i, n, word)
	{
		if (wq_str_eq(folded, wq_strn(text, folded_as(wq_json_str(word), text))))
			return true;
	}
	return false;
}

static int check_list(yyjson_val *words, const char **what)
{
	char text[WQ_KEYWORD_MAX_BYTES + 1];
	yyjson_val *word;
	size_t i, n, len;

	*what = "must be a list of words";
	if (words && !yyjson_is_arr(words))
		return 1;
	*what = "has more than 64 words";
	if (yyjson_arr_size(words) > WQ_KEYWORDS_MAX)
		return 1;
	*what = "must hold words of letters or digits, 64 bytes at most";
	yyjson_arr_foreach(words, i, n, word)
	{
		len = folded_as(wq_json_str(word), text);
		if (len == 0 || len > WQ_KEYWORD_MAX_BYTES)
			return 1;
	}
	return 0;
}

int wq_keywords_read(struct wq_keywords *out, yyjson_val *v, const char **field, const char **what)
{
	*out = (struct wq_keywords){ wq_json_get(v, "stop"), wq_json_get(v, "start") };
	*field = "keywords";
	*what = "must be an object with stop and start";
	if (v && !yyjson_is_obj(v))
		return 1;
	*field = "keywords.stop";
	if (check_list(out->stop, what) != 0)
		return 1;
	*field = "keywords.start";
	return check_list(out->start, what);
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
	if (own && own->stop ? is_of_list(folded, own->stop)
	                     : is_of_table(folded, stop_words, WQ_COUNT(stop_words)))
		return WQ_WISH_STOP;
	if (own && own->start ? is_of_list(folded, own->start)
	                      : is_of_table(folded, start_words, WQ_COUNT(start_words)))
		return WQ_WISH_START;
	return WQ_WISH_NONE;
}
