/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "unit.h"
#include <string.h>
#include <time.h>
#include <apr_strings.h>
#include "base/json.h"
#include "check/assertion.h"

#ifdef HAVE_PCRE2
enum { PATTERNS = 1 };
#else
enum { PATTERNS = 0 };
#endif

/* Single quotes stand for double ones, so that the tables below can be read. */
static json_t *parsed(const char *text)
{
    char *json = apr_pstrdup(g_pool, text), *at;
    json_t *j;

    for (at = json; *at; at++)
        if (*at == '\'')
            *at = '"';
    ck_assert_msg(bm_json_parse(&j, json, strlen(json), NULL, g_pool) == APR_SUCCESS, "%s", text);
    return j;
}

static bm_assertions_t *compiled(const char *text)
{
    bm_err_t *err = bm_err_make(g_pool);
    bm_assertions_t *assertions;

    ck_assert_msg(bm_assertions_compile(&assertions, parsed(text), "", err, g_pool) == APR_SUCCESS, "%s", text);
    ck_assert(!bm_err_is_set(err));
    return assertions;
}

/* An answer of which everything is known. */
static bm_assertion_answer_t answer_of(const char *text)
{
    bm_assertion_answer_t answer = BM_ASSERTION_ANSWER_INIT;
    json_t *json;

    bm_json_parse(&json, text, strlen(text), NULL, g_pool);
    answer.json = json;
    answer.status = 200;
    answer.text = text;
    answer.text_len = strlen(text);
    answer.latency_ms = 412.5;
    answer.tokens = 30;
    answer.finish_reason = "stop";
    return answer;
}

static const char invoice[] =
    "{\"id\":\"inv_7\",\"total\":42.0,\"lines\":[{\"price\":40},{\"price\":2}],\"paid\":false,\"note\":null,\"a/b\":{\"m~n\":1}}";

typedef struct run_case_t {
    const char *assertion;
    const char *detail;         /* NULL: it holds */
    int patterns;               /* needs PCRE2 */
} run_case_t;

static const run_case_t runs[] = {
    { "{'status':200}", NULL }, { "{'status':[404,200]}", NULL },
    { "{'status':201}", "The HTTP status must be 201, and is 200." },
    { "{'status':[201,202]}", "The HTTP status must be [201,202], and is 200." },
    { "{'contains':'inv_7'}", NULL }, { "{'contains':'INV'}", "The text does not contain \"INV\"." },
    { "{'contains':'100%s'}", "The text does not contain \"100%s\"." },
    { "{'regex':'inv_[0-9]'}", NULL, 1 }, { "{'regex':'(?i)^.\\\"ID'}", NULL, 1 },
    { "{'regex':'^inv'}", "The text does not match \"^inv\".", 1 },
    { "{'json_pointer':'/total','equals':42}", NULL }, { "{'json_pointer':'','type':'object'}", NULL },
    { "{'json_pointer':'/lines/1/price','equals':2,'type':'integer','exists':true}", NULL },
    { "{'json_pointer':'/a~1b/m~0n','equals':1}", NULL }, { "{'json_pointer':'/note','equals':null}", NULL },
    { "{'json_pointer':'/note','exists':true}", NULL }, { "{'json_pointer':'/nope','exists':false}", NULL },
    { "{'json_pointer':'/lines/1','equals':{'price':2.0}}", NULL },
    { "{'json_pointer':'/id','exists':false}", "There must be nothing at \"/id\"." },
    { "{'json_pointer':'/lines/2','exists':true}", "There is nothing at \"/lines/2\"." },
    { "{'json_pointer':'/nope','equals':null}", "There is nothing at \"/nope\"." },
    { "{'json_pointer':'/total','equals':'42'}", "The value at \"/total\" must be \"42\"." },
    { "{'json_pointer':'/paid','type':'string'}", "The value at \"/paid\" must be of type string, and is boolean." },
    { "{'json_schema':{'required':['id'],'properties':{'lines':{'items':{'required':['price']}}}}}", NULL },
    { "{'json_schema':{'properties':{'lines':{'items':{'properties':{'price':{'minimum':10}}}}}}}",
      "The value at \"/lines/1/price\" must be at least 10." },
    { "{'json_schema':{'properties':{'id':{'pattern':'^x'}}}}", "The value at \"/id\" must match \"^x\".", 1 },
    { "{'max_latency_ms':412.5}", NULL }, { "{'max_latency_ms':400}", "The answer took 412.500 ms, more than 400." },
    { "{'min_tokens':30}", NULL }, { "{'min_tokens':31}", "The answer has 30 tokens, fewer than 31." },
    { "{'max_tokens':30}", NULL }, { "{'max_tokens':0}", "The answer has 30 tokens, more than 0." },
    { "{'finish_reason':'stop'}", NULL }, { "{'finish_reason':['length','stop']}", NULL },
    { "{'finish_reason':'length'}", "The finish reason must be \"length\", and is \"stop\"." },
};

BM_LOOP_TEST(an_assertion_holds_or_says_why_not, BM_COUNT(runs))
{
    const run_case_t *c = &runs[_i];
    bm_assertion_answer_t answer = answer_of(invoice);
    apr_array_header_t *failures;
    const char *detail;

    if (c->patterns && !PATTERNS)
        return;
    failures = bm_assertions_run(compiled(apr_pstrcat(g_pool, "[", c->assertion, "]", NULL)), &answer, g_pool);
    detail = failures->nelts ? APR_ARRAY_IDX(failures, 0, bm_assertion_failure_t).detail : NULL;
    if (c->detail == NULL)
        ck_assert_msg(detail == NULL, "%s: %s", c->assertion, detail);
    else
        ck_assert_msg(detail != NULL && strcmp(detail, c->detail) == 0, "%s: %s", c->assertion, detail ? detail : "holds");
}
END_TEST

BM_TEST(failures_are_named_in_the_order_of_the_list)
{
    bm_assertion_answer_t answer = answer_of(invoice);
    apr_array_header_t *failures = bm_assertions_run(
        compiled("[{'status':500},{'contains':'inv'},{'finish_reason':'length'},{'max_tokens':29}]"), &answer, g_pool);
    static const int indexes[] = { 0, 2, 3 };
    static const char *const kinds[] = { "status", "finish_reason", "max_tokens" };

    ck_assert_int_eq(failures->nelts, 3);
    for (int i = 0; i < 3; i++) {
        const bm_assertion_failure_t *failure = &APR_ARRAY_IDX(failures, i, bm_assertion_failure_t);

        ck_assert_int_eq(failure->index, indexes[i]);
        ck_assert_str_eq(failure->kind, kinds[i]);
        ck_assert_int_eq(failure->detail[strlen(failure->detail) - 1], '.');
    }
}
END_TEST

typedef struct unknown_case_t {
    const char *assertion, *detail;
} unknown_case_t;

static const unknown_case_t unknowns[] = {
    { "[{'status':200}]", "There was no HTTP status." }, { "[{'contains':'a'}]", "There is no text." },
    { "[{'json_pointer':'/a','exists':false}]", "The answer is not JSON." },
    { "[{'json_schema':true}]", "The answer is not JSON." },
    { "[{'max_latency_ms':1}]", "The latency is not known." }, { "[{'min_tokens':0}]", "The number of tokens is not known." },
    { "[{'max_tokens':9}]", "The number of tokens is not known." },
    { "[{'finish_reason':'x'}]", "The finish reason is not known." },
};

BM_LOOP_TEST(what_is_not_known_fails, BM_COUNT(unknowns))
{
    const bm_assertion_answer_t answer = BM_ASSERTION_ANSWER_INIT;
    apr_array_header_t *failures = bm_assertions_run(compiled(unknowns[_i].assertion), &answer, g_pool);

    ck_assert_int_eq(failures->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(failures, 0, bm_assertion_failure_t).detail, unknowns[_i].detail);
}
END_TEST

BM_TEST(an_empty_list_holds)
{
    const bm_assertion_answer_t answer = BM_ASSERTION_ANSWER_INIT;
    bm_assertions_t *assertions;

    ck_assert_int_eq(bm_assertions_run(compiled("[]"), &answer, g_pool)->nelts, 0);
    ck_assert_int_eq(bm_assertions_run(compiled("null"), &answer, g_pool)->nelts, 0);
    ck_assert_int_eq(bm_assertions_compile(&assertions, NULL, "", NULL, g_pool), APR_SUCCESS);
    ck_assert_int_eq(bm_assertions_run(assertions, &answer, g_pool)->nelts, 0);
}
END_TEST

/* --- lists that are refused --- */

typedef struct mistake_case_t {
    const char *list, *pointer, *detail;        /* detail: its beginning */
} mistake_case_t;

#define KINDS "must have exactly one of status"
#define STATUS "must be an HTTP status"

static const mistake_case_t mistakes[] = {
    { "{}", "/s/assertions", "must be a list" }, { "'x'", "/s/assertions", "must be a list" },
    { "[1]", "/s/assertions/0", "must be an object" }, { "[{'status':200},{}]", "/s/assertions/1", KINDS },
    { "[{'sttus':200}]", "/s/assertions/0", KINDS }, { "[{'status':200,'contains':'a'}]", "/s/assertions/0", KINDS },
    { "[{'status':200,'equals':1}]", "/s/assertions/0/equals", "is not a member" },
    { "[{'contains':'a','a/b':1}]", "/s/assertions/0/a~1b", "is not a member" },
    { "[{'status':99}]", "/s/assertions/0/status", STATUS }, { "[{'status':'200'}]", "/s/assertions/0/status", STATUS },
    { "[{'status':[]}]", "/s/assertions/0/status", STATUS }, { "[{'status':[200,600]}]", "/s/assertions/0/status", STATUS },
    { "[{'status':200.5}]", "/s/assertions/0/status", STATUS },
    { "[{'contains':''}]", "/s/assertions/0/contains", "must be a string of 1 to 10000 bytes" },
    { "[{'contains':5}]", "/s/assertions/0/contains", "must be a string of 1 to 10000 bytes" },
    { "[{'regex':5}]", "/s/assertions/0/regex", "must be a string" }, { "[{'regex':'('}]", "/s/assertions/0/regex", "" },
    { "[{'json_pointer':'a','exists':true}]", "/s/assertions/0/json_pointer", "must be a JSON Pointer" },
    { "[{'json_pointer':'/~2','exists':true}]", "/s/assertions/0/json_pointer", "must be a JSON Pointer" },
    { "[{'json_pointer':1,'exists':true}]", "/s/assertions/0/json_pointer", "must be a JSON Pointer" },
    { "[{'json_pointer':'/a'}]", "/s/assertions/0", "must have exists, equals or type" },
    { "[{'json_pointer':'/a','exists':1}]", "/s/assertions/0/exists", "must be true or false" },
    { "[{'json_pointer':'/a','exists':false,'equals':1}]", "/s/assertions/0/exists", "must not be false beside" },
    { "[{'json_pointer':'/a','type':'int'}]", "/s/assertions/0/type", "must be null, boolean" },
    { "[{'json_pointer':'/a','type':1}]", "/s/assertions/0/type", "must be null, boolean" },
    { "[{'json_schema':{'properties':{'x':{'type':'text'}}}}]", "/s/assertions/0/json_schema/properties/x/type", "must be null" },
    { "[{'json_schema':5}]", "/s/assertions/0/json_schema", "must be a schema" },
    { "[{'max_latency_ms':0}]", "/s/assertions/0/max_latency_ms", "must be a number above 0" },
    { "[{'max_latency_ms':'5'}]", "/s/assertions/0/max_latency_ms", "must be a number above 0" },
    { "[{'max_latency_ms':1e9}]", "/s/assertions/0/max_latency_ms", "must be a number above 0" },
    { "[{'min_tokens':-1}]", "/s/assertions/0/min_tokens", "must be a whole number" },
    { "[{'max_tokens':1.5}]", "/s/assertions/0/max_tokens", "must be a whole number" },
    { "[{'finish_reason':''}]", "/s/assertions/0/finish_reason", "must be a string of 1 to 100 bytes" },
    { "[{'finish_reason':['stop',1]}]", "/s/assertions/0/finish_reason", "must be a string of 1 to 100 bytes" },
};

BM_LOOP_TEST(a_mistake_is_named_where_it_is, BM_COUNT(mistakes))
{
    const mistake_case_t *c = &mistakes[_i];
    bm_assertions_t *assertions = (bm_assertions_t *)1;
    bm_err_t *err = bm_err_make(g_pool);
    const bm_violation_t *found;

    ck_assert_int_eq(bm_assertions_check(parsed(c->list), "/s/assertions", err, g_pool), APR_EINVAL);
    ck_assert_int_eq(err->violations->nelts, 1);
    found = &APR_ARRAY_IDX(err->violations, 0, bm_violation_t);
    ck_assert_str_eq(found->pointer, c->pointer);
    ck_assert_msg(strncmp(found->detail, c->detail, strlen(c->detail)) == 0, "%s: %s", c->list, found->detail);
    ck_assert_int_eq(bm_assertions_compile(&assertions, parsed(c->list), "", NULL, g_pool), APR_EINVAL);
    ck_assert_ptr_null(assertions);
}
END_TEST

BM_TEST(every_mistake_of_a_list_is_named)
{
    const json_t *list = parsed("[{'status':1},{'status':200},{'min_tokens':'a','x':1},{'y':2}]");
    bm_err_t *err = bm_err_make(g_pool);

    ck_assert_int_eq(bm_assertions_check(list, "", err, g_pool), APR_EINVAL);
    ck_assert_int_eq(err->violations->nelts, 4);
    ck_assert_str_eq(APR_ARRAY_IDX(err->violations, 0, bm_violation_t).pointer, "/0/status");
    ck_assert_str_eq(APR_ARRAY_IDX(err->violations, 3, bm_violation_t).pointer, "/3");
}
END_TEST

BM_TEST(a_list_has_a_limit)
{
    json_t *list = bm_json_adopt(json_array(), g_pool);

    for (int i = 0; i < BM_ASSERTIONS_MAX; i++)
        json_array_append_new(list, json_pack("{s:i}", "status", 200));
    ck_assert_int_eq(bm_assertions_check(list, "", NULL, g_pool), APR_SUCCESS);
    json_array_append_new(list, json_pack("{s:i}", "status", 200));
    ck_assert_int_eq(bm_assertions_check(list, "", NULL, g_pool), APR_EINVAL);
}
END_TEST

/* --- answers that are not friendly --- */

BM_TEST(patterns_without_end_share_one_budget)
{
    bm_assertion_answer_t answer = answer_of("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!");
    apr_array_header_t *failures;
    json_t *list = bm_json_adopt(json_array(), g_pool);
    bm_assertions_t *assertions;
    clock_t began;

    if (!PATTERNS)
        return;
    for (int i = 0; i < BM_ASSERTIONS_MAX; i++)
        json_array_append_new(list, json_pack("{s:s}", "regex", "^(a|aa)+$"));
    ck_assert_int_eq(bm_assertions_compile(&assertions, list, "", NULL, g_pool), APR_SUCCESS);
    began = clock();
    failures = bm_assertions_run(assertions, &answer, g_pool);
    ck_assert_int_lt((clock() - began) / (CLOCKS_PER_SEC / 1000), 1000);
    ck_assert_int_eq(failures->nelts, BM_ASSERTIONS_MAX);
    ck_assert_str_eq(APR_ARRAY_IDX(failures, BM_ASSERTIONS_MAX - 1, bm_assertion_failure_t).detail,
                     "The text could not be matched with \"^(a|aa)+$\" within the limits.");
}
END_TEST

BM_TEST(texts_that_are_not_utf8_are_searched_as_bytes_but_not_by_patterns)
{
    bm_assertion_answer_t answer = answer_of("caf\xe9 noir");
    apr_array_header_t *failures;

    ck_assert_int_eq(bm_assertions_run(compiled("[{'contains':'noir'}]"), &answer, g_pool)->nelts, 0);
    if (!PATTERNS)
        return;
    failures = bm_assertions_run(compiled("[{'regex':'noir'}]"), &answer, g_pool);
    ck_assert_int_eq(failures->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(failures, 0, bm_assertion_failure_t).detail,
                     "The text is not UTF-8, so \"noir\" was not looked for.");
}
END_TEST

BM_TEST(a_strange_finish_reason_is_shown_cut_and_clean_and_equals_nothing)
{
    bm_assertion_answer_t answer = answer_of("x");
    char reason[301] = { 0 };
    apr_array_header_t *failures;

    memset(reason, 's', 300);
    answer.finish_reason = reason;
    failures = bm_assertions_run(compiled(apr_psprintf(g_pool, "[{'finish_reason':'%.100s'}]", reason)), &answer, g_pool);
    ck_assert_int_eq(failures->nelts, 1);
    ck_assert_uint_lt(strlen(APR_ARRAY_IDX(failures, 0, bm_assertion_failure_t).detail), 300);
    answer.finish_reason = "st\xffop";
    failures = bm_assertions_run(compiled("[{'finish_reason':'stop'}]"), &answer, g_pool);
    ck_assert_str_eq(APR_ARRAY_IDX(failures, 0, bm_assertion_failure_t).detail,
                     "The finish reason must be \"stop\", and is \"st\xef\xbf\xbdop\".");
}
END_TEST

#include "test_assertion.reg"
