/* SPDX-License-Identifier: Apache-2.0
 *
 * base/text.h: checked numbers and small work on strings; the only room where strtol and friends live. */
#ifndef BM_BASE_TEXT_H
#define BM_BASE_TEXT_H

#include <apr_errno.h>
#include <apr_pools.h>

/** Whole text as a decimal integer within [min, max]. @return APR_EINVAL: not a number, trailing bytes, out of range. */
apr_status_t bm_text_to_int64(apr_int64_t *value, const char *text, apr_int64_t min, apr_int64_t max);

/** Whole text as a finite decimal number. @return APR_EINVAL. */
apr_status_t bm_text_to_double(double *value, const char *text);

/** A duration: digits and an optional unit ms, s, min, h, d (none: default_unit, one of these). Result in microseconds.
 *  @return APR_EINVAL: not a duration or over 10,000 days. */
apr_status_t bm_text_to_interval(apr_int64_t *microseconds, const char *text, const char *default_unit);

/** A size in bytes: digits and an optional unit K, M, G (powers of 1,024). @return APR_EINVAL. */
apr_status_t bm_text_to_size(apr_int64_t *bytes, const char *text);

/** A number as people write it, of at most `digits` significant ones and without an exponent: 0.05, 86400000; in p. APR's %g is
 *  for no sentence: it writes .05 and 8.64e+7. */
const char *bm_text_number(double value, int digits, apr_pool_t *p);

/** Whether len bytes are valid UTF-8 without NUL. */
int bm_text_is_utf8(const char *text, apr_size_t len);

/** Copy of text with every byte that is not valid UTF-8 (and NUL) replaced by U+FFFD, at most max bytes, never cutting
 * a character. In p. */
const char *bm_text_clean_utf8(const char *text, apr_size_t len, apr_size_t max, apr_pool_t *p);

/** text itself if it is valid UTF-8 (or NULL), else a whole cleaned copy in p: for what a target sent, which may be any bytes. */
const char *bm_text_as_utf8(const char *text, apr_pool_t *p);

/** Lower-case hex of len bytes, in p. */
const char *bm_text_hex(const void *data, apr_size_t len, apr_pool_t *p);

/** Whether a header's list (RFC 9110 5.6.1: elements with commas between) has this element, in any case. list may be NULL. */
int bm_text_has_token(const char *list, const char *token);

/** Find needle in haystack (bytes). NULL if it is not there. */
const char *bm_text_find(const char *haystack, apr_size_t len, const char *needle, apr_size_t needle_len);

#endif
