/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include "api/problem.h"
#include "base/json.h"

static const struct {
    apr_status_t rv;
    const char *code;
    int status;
} statuses[] = {
    { APR_EINVAL, NULL, 422 }, { APR_EINVAL, "malformed_json", 400 }, { APR_EINVAL, "precondition_failed", 412 },
    { APR_EINVAL, "body_too_large", 413 }, { APR_EINVAL, "unsupported_media_type", 415 },
    { APR_EINVAL, "method_not_allowed", 405 }, { APR_EINVAL, "bad_header", 400 }, { APR_NOTFOUND, NULL, 404 },
    { APR_NOTFOUND, "scenario_not_found", 404 }, { APR_EEXIST, "still_referenced", 409 }, { APR_EACCES, NULL, 403 },
    { APR_EACCES, "not_authenticated", 401 }, { APR_EAGAIN, NULL, 503 }, { APR_EAGAIN, "schema_older", 503 },
    { APR_TIMEUP, NULL, 503 }, { APR_EGENERAL, NULL, 500 }, { APR_ENOMEM, NULL, 500 },
};

BM_LOOP_TEST(status_follows_from_the_cause, BM_COUNT(statuses))
{
    bm_err_t *err = bm_err_make(g_pool);

    bm_err_set(err, statuses[_i].rv, statuses[_i].code, "why");
    ck_assert_int_eq(bm_problem_status(statuses[_i].rv, err), statuses[_i].status);
    ck_assert_str_ne(bm_problem_title(statuses[_i].status), "Error");
}
END_TEST

static json_t *written(int status, const bm_err_t *err)
{
    bm_buffer_t out = { 0 };
    json_t *j = NULL;

    bm_problem_write(&out, status, err, NULL, "abc");
    ck_assert_int_eq(bm_json_parse(&j, out.data, out.len, NULL, g_pool), APR_SUCCESS);
    bm_buffer_free(&out);
    return j;
}

static const char *text(const json_t *problem, const char *name)
{
    return json_string_value(json_object_get(problem, name));
}

BM_TEST(every_violation_is_told)
{
    bm_err_t *err = bm_err_make(g_pool);
    json_t *problem, *errors;

    bm_err_violation(err, "/name", "Is missing.");
    bm_err_violation(err, "?limit", "Must be \"small\".");
    problem = written(422, err);
    errors = json_object_get(problem, "errors");
    ck_assert_uint_eq(json_array_size(errors), 2);
    ck_assert_str_eq(text(json_array_get(errors, 1), "pointer"), "?limit");
    ck_assert_str_eq(text(json_array_get(errors, 1), "detail"), "Must be \"small\".");
    ck_assert_str_eq(text(problem, "request_id"), "abc");
    ck_assert_str_eq(text(problem, "type"), "about:blank");
    ck_assert_int_eq(json_integer_value(json_object_get(problem, "status")), 422);
    ck_assert_ptr_nonnull(text(problem, "detail"));
}
END_TEST

/* What failed in ourselves is for the log. */
BM_TEST(our_own_failures_stay_inside)
{
    bm_err_t *err = bm_err_make(g_pool);
    json_t *problem;

    bm_err_set(err, APR_EGENERAL, "sql_error", "relation \"runs\" does not exist");
    problem = written(500, err);
    ck_assert_ptr_null(strstr(bm_json_dump(NULL, problem, g_pool), "relation"));
    ck_assert_ptr_null(json_object_get(problem, "code"));
}
END_TEST

BM_TEST(httpds_own_errors_have_a_sentence)
{
    json_t *problem = written(414, NULL);

    ck_assert_str_eq(text(problem, "title"), "URI Too Long");
    ck_assert(strlen(text(problem, "detail")) > 10);
    ck_assert_str_eq(text(written(418, NULL), "title"), "Error");
}
END_TEST

BM_TEST(unavailable_says_when_to_try_again)
{
    bm_err_t *err = bm_err_make(g_pool);

    ck_assert_int_eq(bm_problem_retry_after(503, err), 2);
    ck_assert_int_eq(bm_problem_retry_after(404, err), 0);
    err->retry_after_s = 30;
    ck_assert_int_eq(bm_problem_retry_after(503, err), 30);
}
END_TEST

#include "test_problem.reg"
