/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/jsonl_reader.h: JSON Lines: one JSON object in each line.
 *
 * Lines end in LF or CRLF; blank ones and a byte order mark at the begin are passed over. Memory for one line at a time.
 * Thread: no state. */
#ifndef BM_PARSE_JSONL_READER_H
#define BM_PARSE_JSONL_READER_H

#include "base/err.h"
#include "parse/entry.h"

/** Read len bytes of text. @return APR_EINVAL with code "malformed_jsonl" and a sentence that begins with the line; what
 *  on_entry returned. */
apr_status_t bm_jsonl_read(const char *text, apr_size_t len, bm_entry_fn *on_entry, void *baton, bm_err_t *err, apr_pool_t *p);

#endif
