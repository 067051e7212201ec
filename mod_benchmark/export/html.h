/* SPDX-License-Identifier: Apache-2.0
 *
 * export/html.h: writes HTML to a buffer. Markup is ours and goes in as it is; everything that anybody else may have written goes
 * in by bm_html_text and is only ever text. Figures are read from JSON by a path. Thread: one owner. */
#ifndef BM_EXPORT_HTML_H
#define BM_EXPORT_HTML_H

#include <jansson.h>
#include <apr_pools.h>
#include "base/buffer.h"

typedef struct bm_html_t {
    bm_buffer_t *out;
    apr_status_t rv;      /* APR_SUCCESS, or why the text is not complete */
} bm_html_t;

void bm_html_init(bm_html_t *h, bm_buffer_t *out);

/** Markup of ours. */
void bm_html_put(bm_html_t *h, const char *markup);

/** The same with figures and constants in it; at most 1,000 bytes. */
void bm_html_putf(bm_html_t *h, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** Text of anybody, in an element or a quoted attribute; NULL: a dash. */
void bm_html_text(bm_html_t *h, const char *text);

/** Any JSON value as text: a string as it is, all else as JSON; NULL and null: a dash. */
void bm_html_json(bm_html_t *h, const json_t *value, apr_pool_t *p);

/** A count with thin separators; NaN: a dash. */
void bm_html_count(bm_html_t *h, double value);

/** A number with about four digits ("0.123", "12.35", "1234.5"); NaN: a dash. */
void bm_html_number(bm_html_t *h, double value);

/** The member at "a.b.c"; NULL: there is none. */
const json_t *bm_html_at(const json_t *tree, const char *path);

/** The number, the text there; NaN, NULL: there is none. */
double bm_html_number_at(const json_t *tree, const char *path);
const char *bm_html_text_at(const json_t *tree, const char *path);

#endif
