/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/csv_reader.h: comma-separated values (RFC 4180) as objects: the first record has the names of the members.
 *
 * Records end in LF or CRLF; a quoted value may hold commas, line ends and doubled quotes. A value without quotes that is a JSON
 * number becomes one, unless it would not stay the same (too large); every other is a string, a quoted one always. Blank lines
 * and a byte order mark at the begin are passed over. Memory for one record at a time. Thread: no state. */
#ifndef BM_PARSE_CSV_READER_H
#define BM_PARSE_CSV_READER_H

#include "base/err.h"
#include "parse/entry.h"

/** Most columns, and bytes of a column's name: each record repeats all names. */
#define BM_CSV_COLUMNS_MAX 200
#define BM_CSV_NAME_MAX    200

/** Read len bytes of text. @return APR_EINVAL with code "malformed_csv" and a sentence that begins with the line; what on_entry
 *  returned. */
apr_status_t bm_csv_read(const char *text, apr_size_t len, bm_entry_fn *on_entry, void *baton, bm_err_t *err, apr_pool_t *p);

#endif
