/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/regex.h: regular expressions that others wrote, on text that others wrote, in bounded time.
 *
 * PCRE2 syntax, text and pattern in UTF-8, matched anywhere in the text; \d, \w and \s are ASCII, the dot does not match a
 * newline unless the pattern begins with (?s). A pattern that backtracks without end is stopped: by PCRE2's limits of
 * matching, depth and memory, and by a budget of processor time that callouts look at, since a step may itself go over the whole
 * text. Built without PCRE2 nothing compiles.
 *
 * Thread: a compiled pattern may be used by many at a time; a budget belongs to one. */
#ifndef BM_PARSE_REGEX_H
#define BM_PARSE_REGEX_H

#include <apr_errno.h>
#include <apr_pools.h>

/** Longest pattern, in bytes. */
#define BM_REGEX_PATTERN_MAX 2000

typedef struct bm_regex_t bm_regex_t;

typedef enum bm_regex_found_e {
    BM_REGEX_NOT_FOUND = 0,
    BM_REGEX_FOUND,
    BM_REGEX_TOO_HARD,        /* a limit or the budget was reached: nobody knows */
    BM_REGEX_NOT_UTF8         /* the text is not */
} bm_regex_found_e;

/** Compile pattern; it is freed with p. @return APR_EINVAL: it is not valid, *why is a clause in p that says so ("it is
 *  not ..."); APR_ENOTIMPL: built without PCRE2, likewise. */
apr_status_t bm_regex_compile(bm_regex_t **pregex, const char *pattern, const char **why, apr_pool_t *p);

/** Find the pattern in len bytes of text. *budget_ns: processor time of this thread that may be used, which is lowered by what
 *  was used (overrun by no more than some ms). */
bm_regex_found_e bm_regex_find(const bm_regex_t *regex, const char *text, apr_size_t len, apr_int64_t *budget_ns);

/** text of len bytes with every place where the pattern is found replaced by mask; in p, or text itself where there is none.
 *  *budget_ns as above. @return BM_REGEX_NOT_FOUND, BM_REGEX_FOUND; else *pmasked is NULL. */
bm_regex_found_e bm_regex_mask(const char **pmasked, const bm_regex_t *regex, const char *text, apr_size_t len, const char *mask,
                               apr_int64_t *budget_ns, apr_pool_t *p);

#endif
