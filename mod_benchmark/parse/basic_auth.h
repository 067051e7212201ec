/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/basic_auth.h: the header Authorization of the scheme Basic (RFC 7617). Thread: no state. */
#ifndef BM_PARSE_BASIC_AUTH_H
#define BM_PARSE_BASIC_AUTH_H

#include <apr_errno.h>
#include <apr_pools.h>

/** Name and password of the header's value, in p. @return APR_EINVAL: it is NULL, of another scheme, or nobody's pair. */
apr_status_t bm_basic_auth_read(const char **pname, const char **ppassword, const char *header, apr_pool_t *p);

#endif
