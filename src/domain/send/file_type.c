/* SPDX-License-Identifier: MIT */
/* file_type.c — what a file is: by what was said of it, else by how it begins; and as what it can be sent. */
#include "base/assert.h"
#include "domain/send/fetch.h"

/* How files begin, "?" for any byte. */
static const struct {
	const char *bytes;
	size_t n;
	const char *type;
} beginnings[] = {
	{ "\xff\xd8\xff", 3, "image/jpeg" },
	{ "\x89PNG\r\n\x1a\n", 8, "image/png" },
	{ "RIFF????WEBP", 12, "image/webp" },
	{ "????ftyp3gp", 11, "video/3gpp" },
	{ "????ftypM4A", 11, "audio/mp4" },
	{ "????ftyp", 8, "video/mp4" },
	{ "OggS", 4, "audio/ogg" },
	{ "#!AMR", 5, "audio/amr" },
	{ "ID3", 3, "audio/mpeg" },
	{ "%PDF-", 5, "application/pdf" },
};

static bool begins(struct wq_str bytes, const char *with, size_t n)
{
	for (size_t i = 0; i < n && i < bytes.n; i++)
		if (with[i] != '?' && with[i] != bytes.p[i])
			return false;
	return bytes.n >= n;
}

struct wq_str wq_fetch_type(struct wq_str said, struct wq_str bytes)
{
	struct wq_str bare = wq_str_trim(wq_strn(said.p, said.n ? wq_str_find(said, ';') : 0));
	bool says_nothing = bare.n == 0 || wq_str_is_nocase(bare, "application/octet-stream") ||
	                    wq_str_is_nocase(bare, "binary/octet-stream");

	/* Only there the parameters mean something: the codec. */
	if (!says_nothing)
		return wq_str_is(bare, "audio/ogg") ? wq_str_trim(said) : bare;
	for (size_t i = 0; i < WQ_COUNT(beginnings); i++)
		if (begins(bytes, beginnings[i].bytes, beginnings[i].n))
			return wq_str(beginnings[i].type);
	return bare;
}

bool wq_fetch_fits(enum wq_message_kind kind, struct wq_str type)
{
	static const struct {
		enum wq_message_kind kind;
		const char *type;
	} fits[] = {
		{ WQ_MESSAGE_IMAGE, "image/jpeg" },   { WQ_MESSAGE_IMAGE, "image/png" },
		{ WQ_MESSAGE_STICKER, "image/webp" }, { WQ_MESSAGE_VIDEO, "video/mp4" },
		{ WQ_MESSAGE_VIDEO, "video/3gpp" },   { WQ_MESSAGE_AUDIO, "audio/" },
	};

	if (kind == WQ_MESSAGE_DOCUMENT)
		return wq_media_bytes_max(type) > 0;
	for (size_t i = 0; i < WQ_COUNT(fits); i++)
		if (fits[i].kind == kind && wq_str_starts(type, fits[i].type))
			return wq_media_bytes_max(type) > 0;
	return false;
}
