/* SPDX-License-Identifier: MIT */
#pragma once
/* shapes.h — the shapes that have a name (app/shape.h): what several routes take or answer.
 *
 * /openapi.json tells those that its routes mention, and tests/system/openapi.mjs holds every answer against them.
 */
struct wq_named_shape {
	const char *name; /* NULL: behind the last */
	const char *shape;
};
extern const struct wq_named_shape wq_api_shapes[];
