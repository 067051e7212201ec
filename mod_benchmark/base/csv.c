/* SPDX-License-Identifier: Apache-2.0 */
#include "base/csv.h"

#include <string.h>

void bm_csv_init(bm_csv_t *w, bm_buffer_t *out)
{
    w->out = out;
    w->rv = APR_SUCCESS;
    w->comma = 0;
}

static void put(bm_csv_t *w, const char *data, apr_size_t len)
{
    if (w->rv == APR_SUCCESS)
        w->rv = bm_buffer_append(w->out, data, len);
}

static void next_cell(bm_csv_t *w)
{
    if (w->comma)
        put(w, ",", 1);
    w->comma = 1;
}

/* A semicolon is the separator where the comma is in numbers; there a cell must not fall apart, or its rest is a cell of its own
 * that begins with what it likes. Blanks at the ends are cut off by some readers. */
static int needs_quotes(const char *text, apr_size_t len)
{
    apr_size_t i;

    if (len == 0 || text[0] == ' ' || text[len - 1] == ' ')
        return 1;
    for (i = 0; i < len; i++)
        if (text[i] == ',' || text[i] == '"' || text[i] == '\n' || text[i] == '\r' || text[i] == ';' || text[i] == '\t')
            return 1;
    return 0;
}

static int is_formula(const char *text, apr_size_t len)
{
    return len > 0 && memchr("=+-@\t\r", text[0], 6) != NULL;
}

/* Piece by piece: each quote is written twice, once at the end of its piece and once at the begin of the next. */
static void put_quoted(bm_csv_t *w, const char *text, apr_size_t len)
{
    const char *end = text + len, *quote;

    while ((quote = memchr(text, '"', (apr_size_t)(end - text))) != NULL) {
        put(w, text, (apr_size_t)(quote + 1 - text));
        put(w, "\"", 1);
        text = quote + 1;
    }
    put(w, text, (apr_size_t)(end - text));
}

static void put_cell(bm_csv_t *w, const char *before, const char *text, apr_size_t len)
{
    apr_size_t n = strlen(before);

    if (n == 0 && !needs_quotes(text, len)) {
        put(w, text, len);
        return;
    }
    put(w, "\"", 1);
    put(w, before, n);
    put_quoted(w, text, len);
    put(w, "\"", 1);
}

void bm_csv_text(bm_csv_t *w, const char *text, apr_size_t len)
{
    next_cell(w);
    if (text != NULL)
        put_cell(w, is_formula(text, len) ? "'" : "", text, len);
}

void bm_csv_plain(bm_csv_t *w, const char *text, apr_size_t len)
{
    next_cell(w);
    if (text != NULL)
        put_cell(w, "", text, len);
}

void bm_csv_end_row(bm_csv_t *w)
{
    put(w, "\r\n", 2);
    w->comma = 0;
}
