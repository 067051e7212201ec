/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/range_expr.h: a point in time as people and time pickers write it.
 *
 * Thread: no state. */
#ifndef BM_PARSE_RANGE_EXPR_H
#define BM_PARSE_RANGE_EXPR_H

#include <apr_errno.h>
#include <apr_time.h>

/** Read RFC 3339, a date (midnight UTC), "now", or "now-6h" / "now+90s" with the units s, m or min, h, d, w (at most
 *  10,000 days). *pt is UTC. @return APR_EINVAL: none of these, or before 1970. */
apr_status_t bm_range_expr_time(apr_time_t *pt, const char *text, apr_time_t now);

#endif
