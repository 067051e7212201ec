/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <apr_strings.h>
#include "base/json.h"
#include "engine/inputs.h"

static bm_settings_t *settings;
static bm_vault_t *vault;

/* One secret "key" = `pä"s /`, one variable REGION = "eu west". */
static void prepare(void)
{
    apr_table_t *secrets = apr_table_make(g_pool, 1);
    char path[] = "/tmp/bm-inputs-XXXXXX";
    int fd = mkstemp(path);

    ck_assert_int_eq(write(fd, "p\xc3\xa4\"s /\n", 8), 8);
    close(fd);
    apr_table_set(secrets, "key", path);
    ck_assert_int_eq(bm_vault_load(&vault, secrets, NULL, NULL, g_pool), APR_SUCCESS);
    unlink(path);
    settings = apr_pcalloc(g_pool, sizeof(*settings));
    settings->env_allow = apr_table_make(g_pool, 1);
    apr_table_set(settings->env_allow, "REGION", "eu west");
    settings->run_timeout = apr_time_from_sec(300);
    settings->max_attempts = 3;
    settings->max_response_stored = 1000;
}

static bm_run_inputs_t *read_spec(const char *spec)
{
    bm_run_inputs_t *inputs;
    bm_err_t *err = bm_err_make(g_pool);
    apr_status_t rv = bm_inputs_read(&inputs, spec, settings, vault, err, g_pool);

    ck_assert_msg(rv == APR_SUCCESS, "%s", bm_inputs_complaint(err, g_pool));
    return inputs;
}

static const struct {
    const char *connection, *inputs;         /* of the spec */
    const char *filled_connection, *filled_inputs;
} cases[] = {
    { "{\"url\":\"http://h\"}", "{\"prompt\":\"hi\"}", "{\"url\":\"http://h\"}", "{\"prompt\":\"hi\"}" },
    /* inputs in each other, whatever their order; types are kept */
    { "{}", "{\"prompt\":\"Say {{greeting}} {{n}} times\",\"greeting\":\"hello {{name}}\",\"name\":\"Ann\",\"n\":3,"
      "\"copy\":\"{{n}}\"}", "{}",
      "{\"name\":\"Ann\",\"greeting\":\"hello Ann\",\"n\":3,\"prompt\":\"Say hello Ann 3 times\",\"copy\":3}" },
    { "{}", "{\"a\":\"{{b.c}}\",\"b\":{\"c\":[1,\"{{d}}\"]},\"d\":true}", "{}",
      "{\"d\":true,\"b\":{\"c\":[1,true]},\"a\":[1,true]}" },
    /* what is filled in is never searched again */
    { "{\"goal\":\"{{a}}\"}", "{\"a\":\"{{{{b}}\",\"b\":1}", "{\"goal\":\"{{b}}\"}", "{\"a\":\"{{b}}\",\"b\":1}" },
    /* URLs */
    { "{\"url\":\"http://h/{{p}}?q={{q}}\",\"target_url\":\"https://s/{{p}}\"}", "{\"p\":\"a/b\",\"q\":\"x&y=1 \xc3\xa4\"}",
      "{\"url\":\"http://h/a%2Fb?q=x%26y%3D1%20%C3%A4\",\"target_url\":\"https://s/a%2Fb\"}", NULL },
    { "{\"url\":\"{{base}}/v1\"}", "{\"base\":\"http://h:1/x\"}", "{\"url\":\"http://h:1/x/v1\"}", NULL },
    /* bodies */
    { "{\"body\":{\"a\":\"{{n}}\",\"b\":\"n={{n}}\",\"c\":[\"{{o}}\"]}}", "{\"n\":1,\"o\":{\"x\":null}}",
      "{\"body\":{\"a\":1,\"b\":\"n=1\",\"c\":[{\"x\":null}]}}", NULL },
    { "{\"body\":\"{\\\"a\\\":\\\"{{t}}\\\",\\\"b\\\":\\\"{{n}}\\\"}\"}", "{\"t\":\"\\\",\\\"x\\\":1\",\"n\":7}",
      "{\"body\":{\"a\":\"\\\",\\\"x\\\":1\",\"b\":7}}", NULL },
    { "{\"body\":\"a={{t}}\",\"headers\":{\"content-type\":\"application/x-www-form-urlencoded\"}}", "{\"t\":\"1&b=2\"}",
      "{\"body\":\"a=1%26b%3D2\",\"headers\":{\"content-type\":\"application/x-www-form-urlencoded\"}}", NULL },
    { "{\"body\":\"say {{t}}\"}", "{\"t\":\"1&b\"}", "{\"body\":\"say 1&b\"}", NULL },
    /* secrets and variables */
    { "{\"headers\":{\"X-K\":\"k {{secret.key}}\",\"X-R\":\"{{env.REGION}}\"},\"secret\":\"key\"}",
      "{\"s\":\"<{{secret.key}}>\"}",
      "{\"headers\":{\"X-K\":\"k p\xc3\xa4\\\"s /\",\"X-R\":\"eu west\"},\"secret\":\"key\"}", "{\"s\":\"<p\xc3\xa4\\\"s />\"}" },
};

BM_LOOP_TEST(placeholders_are_filled, BM_COUNT(cases))
{
    bm_run_inputs_t *inputs;

    prepare();
    inputs = read_spec(apr_psprintf(g_pool, "{\"provider\":\"http\",\"connection\":%s,\"inputs\":%s}", cases[_i].connection,
        cases[_i].inputs));
    ck_assert_str_eq(bm_json_dump(NULL, inputs->call->connection, g_pool), cases[_i].filled_connection);
    if (cases[_i].filled_inputs != NULL)
        ck_assert_str_eq(bm_json_dump(NULL, inputs->call->inputs, g_pool), cases[_i].filled_inputs);
}
END_TEST

static const struct {
    const char *connection, *inputs, *complaint;
} wrong[] = {
    { "{}", "{\"a\":\"{{b}}\"}", "/inputs/a: Placeholder {{b}} has no value." },
    { "{}", "{\"a\":\"{{a}}\"}", "/inputs/a: Placeholder {{a}} refers to itself, or through more than 32 others." },
    { "{}", "{\"a\":{\"x\":\"{{b}}\"},\"b\":\"{{c}}\",\"c\":\"{{a.x}}\"}",
      "/inputs/c: Placeholder {{a.x}} refers to itself,"
          " or through more than 32 others. /inputs/a: Placeholder {{b}} refers to itself, "
      "or through more than 32 others. /inputs/b: Placeholder {{c}} refers to itself, or through more than 32 others." },
    { "{}", "{\"a\":\"{{ }}\"}", NULL },
    { "{\"goal\":\"{{x}}\",\"url\":\"http://{{y}}\"}", "{}",
      "/connection/goal: Placeholder {{x}} has no value. /connection/url: Placeholder {{y}} has no value." },
    { "{\"goal\":\"{{secret.none}}\"}", "{}", "/connection/goal: Placeholder {{secret.none}} has no value." },
    { "{\"goal\":\"{{env.PATH}}\"}", "{}", "/connection/goal: Placeholder {{env.PATH}} has no value." },
    { "{\"headers\":{\"A\":\"{{t}}\"}}", "{\"t\":\"x\\r\\nB: y\"}", NULL },
    { "{\"url\":\"http://h/{{p}}/x\"}", "{\"p\":\"..\"}", NULL },
    { "{\"body\":\"{\\\"n\\\":{{n}}}\"}", "{\"n\":1}", "/connection/body: Must be valid JSON before it is filled." },
};

BM_LOOP_TEST(what_cannot_be_filled_is_said, BM_COUNT(wrong))
{
    bm_run_inputs_t *inputs;
    bm_err_t *err = bm_err_make(g_pool);
    const char *spec = apr_psprintf(g_pool, "{\"provider\":\"http\",\"connection\":%s,\"inputs\":%s}", wrong[_i].connection,
        wrong[_i].inputs);

    prepare();
    ck_assert_int_eq(bm_inputs_read(&inputs, spec, settings, vault, err, g_pool), APR_EINVAL);
    ck_assert_ptr_null(inputs);
    if (wrong[_i].complaint != NULL)
        ck_assert_str_eq(bm_inputs_complaint(err, g_pool), wrong[_i].complaint);
    ck_assert_int_gt(err->violations->nelts, 0);
}
END_TEST

/* A chain is followed up to a limit, so that a malicious one cannot exhaust the stack. */
BM_TEST(a_chain_of_references_has_a_limit)
{
    const char *body = "\"a0\":1";
    bm_run_inputs_t *inputs;
    bm_err_t *err = bm_err_make(g_pool);
    int i;

    prepare();
    for (i = 1; i <= 40; i++) {
        /* backwards, so that the first one that is filled needs all others */
        body = apr_psprintf(g_pool, "\"a%d\":\"{{a%d}}\",%s", i, i - 1, body);
        if (i == 32)
            ck_assert_str_eq(bm_json_dump(NULL, json_object_get(read_spec(apr_psprintf(g_pool,
                "{\"provider\":\"http\",\"inputs\":{%s}}", body))
                                                                ->call->inputs, "a32"), g_pool), "1");
    }
    ck_assert_int_eq(bm_inputs_read(&inputs, apr_psprintf(g_pool, "{\"provider\":\"http\",\"inputs\":{%s}}", body),
        settings, vault, err, g_pool),
                     APR_EINVAL);
}
END_TEST

BM_TEST(secrets_that_were_used_are_masked)
{
    bm_run_inputs_t *inputs;
    bm_http_request_t request = { .method = "GET", .url = "http://h/?k=p%C3%A4%22s%20%2F" };

    prepare();
    inputs = read_spec("{\"provider\":\"http\",\"connection\":{\"url\":\"http://h/?k={{secret.key}}\"},\"inputs\":{}}");
    ck_assert_str_eq(json_string_value(json_object_get(inputs->call->connection, "url")), request.url);
    ck_assert_int_eq(inputs->call->secrets->nelts, 1);
    ck_assert_str_eq(bm_provider_request_json(inputs->call, &request),
                     "{\"method\":\"GET\",\"url\":\"http://h/?k=***\",\"headers\":{},\"body\":null}");
}
END_TEST

BM_TEST(mock_mode_takes_the_place_of_any_provider)
{
    bm_run_inputs_t *inputs;

    prepare();
    inputs = read_spec("{\"provider\":\"tinyfish\",\"mock\":true,\"connection\":{\"goal\":\"{{secret.none}}\"},"
        "\"inputs\":{\"a\":\"{{b}}\"},"
                       "\"tinyfish_automation_id\":\"t-1\"}");
    ck_assert_str_eq(inputs->call->provider->name, "mock");
    ck_assert_str_eq(inputs->call->asked_provider, "tinyfish");
    ck_assert_str_eq(inputs->call->tinyfish_automation_id, "t-1");
    ck_assert_str_eq(bm_json_dump(NULL, inputs->call->inputs, g_pool), "{\"a\":\"{{b}}\"}");
    inputs = read_spec("{\"provider\":\"tinyfish\",\"mock\":false}");
    ck_assert_str_eq(inputs->call->provider->name, "tinyfish");
}
END_TEST

static const struct {
    const char *spec;
    apr_int64_t timeout_ms;
    int retries;
} settings_cases[] = {
    { "", 300000, 0 },
    { ",\"connection\":{\"timeout_seconds\":5}", 5000, 0 },
    { ",\"connection\":{\"timeout_seconds\":5},\"run_settings\":{\"timeout_seconds\":1.5,\"max_attempts\":1}", 1500, 0 },
    { ",\"run_settings\":{\"timeout_seconds\":\"x\",\"max_attempts\":0,\"interval_seconds\":300}", 300000, 0 },
    { ",\"run_settings\":{\"timeout_seconds\":-1,\"max_attempts\":7}", 300000, 6 },
    { ",\"run_settings\":{\"timeout_seconds\":1e300}", 300000, 0 },
};

BM_LOOP_TEST(run_settings_win, BM_COUNT(settings_cases))
{
    bm_run_inputs_t *inputs;

    prepare();
    inputs = read_spec(apr_pstrcat(g_pool, "{\"provider\":\"http\"", settings_cases[_i].spec, "}", NULL));
    ck_assert_int_eq(inputs->call->timeout_ms, settings_cases[_i].timeout_ms);
    ck_assert_int_eq(inputs->max_attempts, settings_cases[_i].retries + 1);
    ck_assert_int_eq(inputs->call->response_max, 1000);
}
END_TEST

BM_TEST(a_spec_that_cannot_be_read_is_refused)
{
    static const char *const specs[][2] = { { "", "bad_spec" }, { "{", "bad_spec" }, { "{}", "unknown_provider" },
                                            { "{\"provider\":\"amc\"}", "unknown_provider" }, { "[]", "unknown_provider" } };
    bm_run_inputs_t *inputs;
    apr_size_t i;

    prepare();
    for (i = 0; i < BM_COUNT(specs); i++) {
        bm_err_t *err = bm_err_make(g_pool);

        ck_assert_int_eq(bm_inputs_read(&inputs, specs[i][0], settings, vault, err, g_pool), APR_EINVAL);
        ck_assert_str_eq(err->code, specs[i][1]);
        ck_assert_int_gt(strlen(bm_inputs_complaint(err, g_pool)), 0);
    }
}
END_TEST

#include "test_inputs.reg"
