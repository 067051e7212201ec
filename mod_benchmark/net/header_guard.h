/* SPDX-License-Identifier: Apache-2.0
 *
 * net/header_guard.h: header names and values that users may put into our requests.
 *
 * libcurl sends whatever a header string holds, CR and LF included, so an unchecked value could end the request and begin
 * another. Thread-safe (no state). */
#ifndef BM_NET_HEADER_GUARD_H
#define BM_NET_HEADER_GUARD_H

#include <apr_errno.h>
#include "base/err.h"

/** Whether method is a token of at most 32 characters (RFC 9110). @return APR_EINVAL; err (may be NULL) says why. */
apr_status_t bm_header_guard_method(const char *method, bm_err_t *err);

/** Whether name is a token and not one that belongs to the connection or to libcurl: Connection, Content-Length,
 *  Expect, Keep-Alive, Proxy-…, TE, Trailer, Transfer-Encoding, Upgrade. @return APR_EINVAL as above. */
apr_status_t bm_header_guard_name(const char *name, bm_err_t *err);

/** Whether len bytes are free of control characters (below 0x20, and 0x7f). @return APR_EINVAL as above. */
apr_status_t bm_header_guard_value(const char *value, apr_size_t len, bm_err_t *err);

/** "Name: value" as a whole (the value may be empty; at most 16 kB). @return APR_EINVAL as above. */
apr_status_t bm_header_guard_line(const char *line, bm_err_t *err);

#endif
