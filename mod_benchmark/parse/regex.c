/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "parse/regex.h"

#include <string.h>
#include <time.h>
#include <apr_strings.h>
#include "base/buffer.h"

#ifdef HAVE_PCRE2

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* Of one start in the text, so no bound of the whole: that is the budget. */
#define MATCH_LIMIT      5000000
#define DEPTH_LIMIT      200000
#define HEAP_LIMIT_KIB   32768

/* A look at the clock costs as much as some 20 steps. */
#define STEPS_PER_LOOK   256

struct bm_regex_t {
    pcre2_code *code;
    pcre2_match_context *limits;
};

static apr_status_t regex_free(void *baton)
{
    bm_regex_t *regex = baton;

    pcre2_code_free(regex->code);
    pcre2_match_context_free(regex->limits);
    return APR_SUCCESS;
}

typedef struct watch_t {
    apr_int64_t until_ns;
    unsigned steps;
} watch_t;

static apr_int64_t thread_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return ts.tv_sec * APR_INT64_C(1000000000) + ts.tv_nsec;
}

/* Called before each item of the pattern (PCRE2_AUTO_CALLOUT). A negative result ends the match and is its result. */
static int look_at_clock(pcre2_callout_block *block, void *baton)
{
    watch_t *watch = baton;

    (void)block;
    return ++watch->steps % STEPS_PER_LOOK == 0 && thread_ns() > watch->until_ns ? PCRE2_ERROR_CALLOUT : 0;
}

apr_status_t bm_regex_compile(bm_regex_t **pregex, const char *pattern, const char **why, apr_pool_t *p)
{
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    bm_regex_t *regex = apr_pcalloc(p, sizeof(*regex));
    PCRE2_SIZE at;
    int code;

    *pregex = NULL;
    pcre2_set_max_pattern_length(context, BM_REGEX_PATTERN_MAX);
    regex->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                                PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT, &code, &at, context);
    pcre2_compile_context_free(context);
    if (regex->code == NULL) {
        PCRE2_UCHAR text[200];

        if (pcre2_get_error_message(code, text, sizeof(text)) < 0)
            text[0] = '\0';
        *why = apr_psprintf(p, "it is not a regular expression, at byte %lu: %s", (unsigned long)at, (const char *)text);
        return APR_EINVAL;
    }
    regex->limits = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(regex->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(regex->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(regex->limits, HEAP_LIMIT_KIB);
    apr_pool_cleanup_register(p, regex, regex_free, apr_pool_cleanup_null);
    *pregex = regex;
    return APR_SUCCESS;
}

bm_regex_found_e bm_regex_find(const bm_regex_t *regex, const char *text, apr_size_t len, apr_int64_t *budget_ns)
{
    apr_int64_t began = thread_ns();
    watch_t watch = { .until_ns = began + *budget_ns };
    pcre2_match_context *context;
    pcre2_match_data *data;
    int rc;

    if (*budget_ns <= 0)
        return BM_REGEX_TOO_HARD;
    context = pcre2_match_context_copy(regex->limits);      /* the callout's baton is of this call */
    data = pcre2_match_data_create(1, NULL);
    pcre2_set_callout(context, look_at_clock, &watch);
    rc = pcre2_match(regex->code, (PCRE2_SPTR)text, len, 0, 0, data, context);
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    *budget_ns -= thread_ns() - began;
    if (rc >= 0)
        return BM_REGEX_FOUND;
    if (rc == PCRE2_ERROR_NOMATCH)
        return BM_REGEX_NOT_FOUND;
    return rc <= PCRE2_ERROR_UTF8_ERR1 && rc >= PCRE2_ERROR_UTF8_ERR21 ? BM_REGEX_NOT_UTF8 : BM_REGEX_TOO_HARD;
}

/* One place and what stands before it. @return the byte behind it; 0: there is none, or *found says why nobody knows. */
static apr_size_t mask_one(bm_regex_found_e *found, bm_buffer_t *out, const bm_regex_t *regex, pcre2_match_data *data,
                           pcre2_match_context *context, const char *text, apr_size_t len, apr_size_t from, const char *mask)
{
    const PCRE2_SIZE *place = pcre2_get_ovector_pointer(data);
    int rc = pcre2_match(regex->code, (PCRE2_SPTR)text, len, from, PCRE2_NOTEMPTY | (from > 0 ? PCRE2_NO_UTF_CHECK : 0), data,
                         context);

    if (rc < 0) {
        if (rc != PCRE2_ERROR_NOMATCH)
            *found = rc <= PCRE2_ERROR_UTF8_ERR1 && rc >= PCRE2_ERROR_UTF8_ERR21 ? BM_REGEX_NOT_UTF8 : BM_REGEX_TOO_HARD;
        return 0;
    }
    if (place[0] < from || place[1] <= place[0]) {      /* \K can say so */
        *found = BM_REGEX_TOO_HARD;
        return 0;
    }
    *found = BM_REGEX_FOUND;
    bm_buffer_append(out, text + from, place[0] - from);
    bm_buffer_append(out, mask, strlen(mask));
    return place[1];
}

bm_regex_found_e bm_regex_mask(const char **pmasked, const bm_regex_t *regex, const char *text, apr_size_t len, const char *mask,
                               apr_int64_t *budget_ns, apr_pool_t *p)
{
    apr_int64_t began = thread_ns();
    watch_t watch = { .until_ns = began + *budget_ns };
    pcre2_match_context *context = pcre2_match_context_copy(regex->limits);
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    bm_regex_found_e found = *budget_ns > 0 ? BM_REGEX_NOT_FOUND : BM_REGEX_TOO_HARD;
    apr_size_t from = 0, behind;
    bm_buffer_t out = { 0 };

    pcre2_set_callout(context, look_at_clock, &watch);
    while (found <= BM_REGEX_FOUND && from < len
           && (behind = mask_one(&found, &out, regex, data, context, text, len, from, mask)) > 0)
        from = behind;
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    *budget_ns -= thread_ns() - began;
    if (found == BM_REGEX_FOUND)
        bm_buffer_append(&out, text + from, len - from);
    *pmasked = found == BM_REGEX_NOT_FOUND ? text : found == BM_REGEX_FOUND ? apr_pstrmemdup(p, out.data, out.len) : NULL;
    bm_buffer_free(&out);
    return found;
}

#else

bm_regex_found_e bm_regex_mask(const char **pmasked, const bm_regex_t *regex, const char *text, apr_size_t len, const char *mask,
                               apr_int64_t *budget_ns, apr_pool_t *p)
{
    (void)regex;
    (void)text;
    (void)len;
    (void)mask;
    (void)budget_ns;
    (void)p;
    *pmasked = NULL;
    return BM_REGEX_TOO_HARD;
}

apr_status_t bm_regex_compile(bm_regex_t **pregex, const char *pattern, const char **why, apr_pool_t *p)
{
    (void)pattern;
    (void)p;
    *pregex = NULL;
    *why = "regular expressions are not built in (PCRE2)";
    return APR_ENOTIMPL;
}

bm_regex_found_e bm_regex_find(const bm_regex_t *regex, const char *text, apr_size_t len, apr_int64_t *budget_ns)
{
    (void)regex;
    (void)text;
    (void)len;
    (void)budget_ns;
    return BM_REGEX_TOO_HARD;
}

#endif
