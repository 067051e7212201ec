/* SPDX-License-Identifier: Apache-2.0
 *
 * base/csv.h: a writer of CSV (RFC 4180: commas, quotes doubled, CRLF) in UTF-8 that a spreadsheet may open.
 *
 * A spreadsheet computes what begins with = + - @, a tab or a return, also in a cell that somebody else filled: a name or an
 * answer could so run a command or send the sheet away. Such a text gets an apostrophe in front. Numbers are written as they
 * are. A cell that is empty without quotes is null, one with quotes is an empty text. */
#ifndef BM_BASE_CSV_H
#define BM_BASE_CSV_H

#include "base/buffer.h"

typedef struct bm_csv_t {
    bm_buffer_t *out;
    apr_status_t rv;      /* APR_SUCCESS, or why the text is not complete */
    int comma;            /* internal: the next cell needs a comma first */
} bm_csv_t;

/** A writer that appends to out. Thread: one owner. */
void bm_csv_init(bm_csv_t *w, bm_buffer_t *out);

/** A cell of text in UTF-8, neutralised; NULL: null. */
void bm_csv_text(bm_csv_t *w, const char *text, apr_size_t len);

/** A cell of what cannot be taken for a formula: a number, a time, true, false, JSON; NULL: null. Quoted where it must be. */
void bm_csv_plain(bm_csv_t *w, const char *text, apr_size_t len);

/** The row ends. */
void bm_csv_end_row(bm_csv_t *w);

#endif
