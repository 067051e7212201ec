/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "unit.h"
#include <string.h>
#include <time.h>
#include "parse/regex.h"

#define MS APR_INT64_C(1000000)

#ifdef HAVE_PCRE2
enum { BUILT_IN = 1 };
#else
enum { BUILT_IN = 0 };
#endif

static bm_regex_t *compiled(const char *pattern)
{
    bm_regex_t *regex;
    const char *why = NULL;

    ck_assert_msg(bm_regex_compile(&regex, pattern, &why, g_pool) == APR_SUCCESS, "%s: %s", pattern, why);
    return regex;
}

typedef struct find_case_t {
    const char *pattern, *text;
    bm_regex_found_e found;
} find_case_t;

static const find_case_t finds[] = {
    { "lo w", "hello world", BM_REGEX_FOUND }, { "^lo", "hello", BM_REGEX_NOT_FOUND },
    { "^he.*ld$", "hello world", BM_REGEX_FOUND },
    { "h.l", "h\nl", BM_REGEX_NOT_FOUND }, { "(?s)h.l", "h\nl", BM_REGEX_FOUND }, { "(?i)HELLO", "hello", BM_REGEX_FOUND },
    { "^.$", "\xc3\xa9", BM_REGEX_FOUND }, { "^\\d+$", "\xd9\xa3", BM_REGEX_NOT_FOUND }, { "", "", BM_REGEX_FOUND },
    { "(a)\\1", "xaax", BM_REGEX_FOUND }, { "^(?!.*sorry)", "I am sorry", BM_REGEX_NOT_FOUND },
    { "a", "\xff", BM_REGEX_NOT_UTF8 }, { "a", "a\xc3", BM_REGEX_NOT_UTF8 },
};

BM_LOOP_TEST(patterns_are_found, BM_COUNT(finds))
{
    const find_case_t *c = &finds[_i];
    apr_int64_t budget = 100 * MS;

    if (!BUILT_IN)
        return;
    ck_assert_int_eq(bm_regex_find(compiled(c->pattern), c->text, strlen(c->text), &budget), c->found);
    ck_assert_int_lt(budget, 100 * MS);
}
END_TEST

static const char *const mistakes[] = {
    "(", "[a", "*a", "a{2,1}", "(?<n>a)(?<n>b)", "\\C", "\xff", "(((a{1,1000}){1,1000}){1,1000}){1,1000}", "(*NO_SUCH_VERB)a",
};

BM_LOOP_TEST(what_is_no_pattern_is_refused_with_a_reason, BM_COUNT(mistakes))
{
    bm_regex_t *regex = (bm_regex_t *)1;
    const char *why = NULL;

    if (!BUILT_IN)
        return;
    ck_assert_int_eq(bm_regex_compile(&regex, mistakes[_i], &why, g_pool), APR_EINVAL);
    ck_assert_ptr_null(regex);
    ck_assert_msg(strncmp(why, "it is not a regular expression, at byte ", 40) == 0 && strlen(why) > 45, "%s", why);
}
END_TEST

BM_TEST(a_long_pattern_is_refused)
{
    char pattern[BM_REGEX_PATTERN_MAX + 2] = { 0 };
    const char *why = NULL;
    bm_regex_t *regex;

    if (!BUILT_IN)
        return;
    memset(pattern, 'a', BM_REGEX_PATTERN_MAX);
    ck_assert_int_eq(bm_regex_compile(&regex, pattern, &why, g_pool), APR_SUCCESS);
    pattern[BM_REGEX_PATTERN_MAX] = 'a';
    ck_assert_int_eq(bm_regex_compile(&regex, pattern, &why, g_pool), APR_EINVAL);
}
END_TEST

static apr_int64_t processor_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return ts.tv_sec * 1000 * MS + ts.tv_nsec;
}

/* Exponential, cubic and quadratic, deep, and steps that each go over the whole text. They end in classes, for a letter that must
 * be there would be looked for first. */
static const char *const traps[] = {
    "(a+)+$", "(a|aa)+$", "(a|a?)+$", "a*a*a*a*a*$", "^(a|(?1)(?1))*b", "a*+[xy]", "(?:a*+[xy]|a)*[xy]", "(?:a|b|c)*[xy]",
    "(?:.*?[,;]){11}[xy]", "(?:.|\\n)*[xy]", "(a?){500}a{500}[xy]", "(?=(a+))*?[xy]\\1", "(?:(?:a*)*)*[xy]", "(?>a*+[xy]|a)+[xy]",
    "(?:(?=a*+[xy])|a)*+[xy]", "(a*)(a*)\\2\\1[xy]",
};

BM_LOOP_TEST(a_pattern_without_end_is_stopped_in_time, BM_COUNT(traps))
{
    const apr_size_t len = 256 * 1024;
    char *text = apr_palloc(g_pool, len);
    apr_int64_t budget = 100 * MS, began;
    bm_regex_found_e found;
    bm_regex_t *regex;

    if (!BUILT_IN)
        return;
    regex = compiled(traps[_i]);
    memset(text, 'a', len);
    text[len - 1] = '!';
    began = processor_ns();
    found = bm_regex_find(regex, text, len, &budget);
    ck_assert(found == BM_REGEX_TOO_HARD || found == BM_REGEX_NOT_FOUND);
    /* Sanitizers make each step some ten times as slow. */
    ck_assert_int_lt(processor_ns() - began, 1000 * MS);
}
END_TEST

BM_TEST(an_exponential_pattern_is_too_hard)
{
    const char *text = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";
    apr_int64_t budget = 100 * MS;

    if (!BUILT_IN)
        return;
    ck_assert_int_eq(bm_regex_find(compiled("^(a|aa)+$"), text, strlen(text), &budget), BM_REGEX_TOO_HARD);
}
END_TEST

BM_TEST(a_budget_that_is_used_up_finds_nothing)
{
    apr_int64_t budget = 0;

    if (!BUILT_IN)
        return;
    ck_assert_int_eq(bm_regex_find(compiled("a"), "a", 1, &budget), BM_REGEX_TOO_HARD);
}
END_TEST

BM_TEST(a_long_text_is_searched_within_the_budget)
{
    const apr_size_t len = 1024 * 1024;
    char *text = apr_palloc(g_pool, len);
    apr_int64_t budget = 1000 * MS;

    if (!BUILT_IN)
        return;
    memset(text, 'x', len);
    memcpy(text + len - 9, "total: 42", 9);
    ck_assert_int_eq(bm_regex_find(compiled("total: \\d+$"), text, len, &budget), BM_REGEX_FOUND);
    ck_assert_int_eq(bm_regex_find(compiled("[0-9]{2}"), text, len, &budget), BM_REGEX_FOUND);
}
END_TEST

BM_TEST(without_pcre2_nothing_compiles)
{
    const char *why = NULL;
    bm_regex_t *regex;

    if (BUILT_IN)
        return;
    ck_assert_int_eq(bm_regex_compile(&regex, "a", &why, g_pool), APR_ENOTIMPL);
    ck_assert_ptr_null(regex);
    ck_assert_ptr_nonnull(why);
}
END_TEST

#include "test_regex.reg"
