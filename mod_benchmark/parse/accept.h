/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/accept.h: the media type that a client wants most (RFC 9110, 12.5.1). Thread: no state. */
#ifndef BM_PARSE_ACCEPT_H
#define BM_PARSE_ACCEPT_H

/** How much the Accept header wants `type` ("text/csv"), in thousandths; of several ranges that fit, the most specific says it.
 *  Parameters other than q are not looked at. 1000 where there is no header (NULL); 0: not acceptable. */
int bm_accept_quality(const char *accept, const char *type);

/** The first of n types that is wanted most; -1: none is acceptable. */
int bm_accept_best(const char *accept, const char *const *types, int n);

#endif
