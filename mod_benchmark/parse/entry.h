/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/entry.h: what the readers of datasets hand on, one object after the other. */
#ifndef BM_PARSE_ENTRY_H
#define BM_PARSE_ENTRY_H

#include <apr_errno.h>
#include <jansson.h>

/** One entry (an object, valid during the call) and the line of the text that it begins in, from 1.
 *  @return anything but APR_SUCCESS ends the reading; that status is then what the reader returns. */
typedef apr_status_t bm_entry_fn(void *baton, json_t *entry, apr_int64_t line);

#endif
