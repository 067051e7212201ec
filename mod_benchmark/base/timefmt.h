/* SPDX-License-Identifier: Apache-2.0
 *
 * base/timefmt.h: points in time as text, and the clocks we measure with. */
#ifndef BM_BASE_TIMEFMT_H
#define BM_BASE_TIMEFMT_H

#include <apr_errno.h>
#include <apr_time.h>

/** Bytes of a formatted time with its end. */
#define BM_TIMEFMT_SIZE 32

/** "2026-01-31T12:00:00.123456Z" (RFC 3339, always UTC, always six digits). */
void bm_timefmt_rfc3339(char text[BM_TIMEFMT_SIZE], apr_time_t t);

/** Read RFC 3339 with any offset and 0 to 9 digits of fraction (cut to microseconds), or a bare
 *  date (midnight UTC). The whole text must be used. @return APR_EINVAL: not such a time. */
apr_status_t bm_timefmt_parse(apr_time_t *pt, const char *text);

/** Number of the hour, counted from 1970 in UTC, that t is in; with up that of the first hour that begins at t or later. */
apr_int32_t bm_timefmt_hour(apr_time_t t, int up);

/** Nanoseconds on CLOCK_MONOTONIC: the one clock of all measured times in a process. */
apr_int64_t bm_timefmt_monotonic_ns(void);

/** Microseconds on the same clock: for deadlines and pauses, which a corrected wall clock must not move. */
apr_time_t bm_timefmt_steady(void);

#endif
