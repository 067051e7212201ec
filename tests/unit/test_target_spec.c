/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"
#include <stdio.h>
#include <apr_strings.h>
#include <string.h>
#include "target/target_spec.h"

static apr_status_t read_spec(bm_target_spec_t *spec, const char *text, bm_err_t *err)
{
    json_t *j;

    ck_assert_int_eq(bm_json_parse(&j, text, strlen(text), err, g_pool), APR_SUCCESS);
    bm_target_spec_init(spec);
    return bm_target_spec_read(spec, j, err, g_pool);
}

static const char full[] =
    "{\"id\":\"18446744073709551615\",\"seed\":-3,\"ttft_ms\":12.5,\"ttft_dist\":\"gamma\",\"ttft_shape\":0.5,"
    "\"gap_ms\":3,\"gap_dist\":\"uniform\",\"tokens\":10,\"tokens_per_chunk\":2,\"burst\":3,\"stall_every\":4,\"stall_ms\":100,"
    "\"header_ms\":1,\"finish_ms\":2,\"role\":\"early\",\"reasoning_tokens\":5,\"reasoning_member\":\"reasoning\","
    "\"prompt_tokens\":0,\"usage\":\"finish\",\"done\":false,\"pings\":2,\"status\":503,\"retry_after_s\":9,"
    "\"fault\":\"garbage\",\"fault_at\":1,\"error_code\":\"c\",\"error_message\":\"m \\\"q\\\"\",\"queue_servers\":2,"
    "\"queue_rate\":0.5,\"queue_dist\":\"fixed\",\"queue_limit\":7,\"queue_name\":\"n\",\"text\":\"h\\u00e9\",\"tool\":\"f\","
    "\"finish_reason\":\"stop\",\"old_names\":true,\"result\":{\"a\":[1]}}";

BM_TEST(what_is_written_is_read_back)
{
    bm_err_t *err = bm_err_make(g_pool);
    bm_target_spec_t spec, again;
    bm_buffer_t out = { 0 }, out2 = { 0 };
    bm_jw_t w;

    ck_assert_int_eq(read_spec(&spec, full, err), APR_SUCCESS);
    ck_assert_uint_eq(spec.id, APR_UINT64_MAX);
    ck_assert_uint_eq(spec.seed, (apr_uint64_t)-3);
    ck_assert_int_eq(spec.status, 503);
    ck_assert_int_eq(spec.queue_dist, BM_TARGET_FIXED);
    ck_assert_str_eq(spec.error_message, "m \"q\"");
    ck_assert_str_eq(spec.result, "{\"a\":[1]}");
    bm_jw_init(&w, &out);
    bm_target_spec_write(&spec, &w);
    ck_assert_int_eq(read_spec(&again, apr_pstrmemdup(g_pool, out.data, out.len), err), APR_SUCCESS);
    bm_jw_init(&w, &out2);
    bm_target_spec_write(&again, &w);
    ck_assert_uint_eq(out.len, out2.len);
    ck_assert(memcmp(out.data, out2.data, out.len) == 0);
    /* Values that look like defaults of another type must not be dropped. */
    ck_assert_ptr_nonnull(memmem(out.data, out.len, "\"queue_dist\":\"fixed\"", 20));
    ck_assert_ptr_nonnull(memmem(out.data, out.len, "\"prompt_tokens\":0", 17));
    ck_assert_ptr_nonnull(memmem(out.data, out.len, "\"done\":false", 12));
    bm_buffer_free(&out);
    bm_buffer_free(&out2);
}
END_TEST

BM_TEST(a_seed_for_each_request_is_a_word)
{
    bm_err_t *err = bm_err_make(g_pool);
    bm_target_spec_t spec;
    bm_buffer_t out = { 0 };
    bm_jw_t w;

    ck_assert_int_eq(read_spec(&spec, "{\"seed\":\"each\"}", err), APR_SUCCESS);
    ck_assert_int_eq(spec.seed_each, 1);
    bm_jw_init(&w, &out);
    bm_target_spec_write(&spec, &w);
    ck_assert_ptr_nonnull(memmem(out.data, out.len, "\"seed\":\"each\"", 13));
    bm_buffer_free(&out);
    ck_assert_int_eq(read_spec(&spec, "{\"seed\":\"some\"}", err), APR_EINVAL);
    ck_assert_int_eq(read_spec(&spec, "{\"seed\":5}", err), APR_SUCCESS);
    ck_assert_int_eq(spec.seed_each, 0);
}
END_TEST

BM_TEST(defaults_are_written_as_almost_nothing)
{
    bm_target_spec_t spec;
    bm_buffer_t out = { 0 };
    bm_jw_t w;

    bm_target_spec_init(&spec);
    bm_jw_init(&w, &out);
    bm_target_spec_write(&spec, &w);
    ck_assert_uint_eq(out.len, strlen("{\"seed\":1}"));
    bm_buffer_free(&out);
}
END_TEST

static const char *const wrong[] = {
    "{\"nix\":1}", "{\"gap_ms\":-1}", "{\"gap_ms\":3600001}", "{\"gap_ms\":\"5\"}", "{\"gap_ms\":null}", "{\"tokens\":1.5}",
    "{\"tokens\":100001}", "{\"tokens_per_chunk\":0}", "{\"burst\":0}", "{\"gap_dist\":\"normal\"}", "{\"gap_dist\":1}",
    "{\"queue_dist\":\"uniform\"}", "{\"queue_dist\":\"\"}", "{\"status\":199}", "{\"status\":600}", "{\"done\":1}",
    "{\"gap_shape\":0}", "{\"queue_name\":\"12345678901234567890123456789012\"}", "{\"id\":-1}", "{\"id\":\"x\"}",
    "{\"id\":\"\"}",
    "{\"id\":\"18446744073709551616\"}", "{\"id\":\"0x\"}", "{\"seed\":\"1\"}", "{\"fault\":\"explode\"}",
    "{\"queue_servers\":1025}",
};

BM_LOOP_TEST(wrong_members_are_named, BM_COUNT(wrong))
{
    bm_err_t *err = bm_err_make(g_pool);
    bm_target_spec_t spec;
    const char *name = apr_pstrndup(g_pool, wrong[_i] + 2, strcspn(wrong[_i] + 2, "\""));

    ck_assert_int_eq(read_spec(&spec, wrong[_i], err), APR_EINVAL);
    ck_assert_int_eq(err->violations->nelts, 1);
    ck_assert_str_eq(APR_ARRAY_IDX(err->violations, 0, bm_violation_t).pointer, apr_pstrcat(g_pool, "/x_target/", name, NULL));
}
END_TEST

BM_TEST(every_violation_is_reported)
{
    bm_err_t *err = bm_err_make(g_pool);
    bm_target_spec_t spec;

    ck_assert_int_eq(read_spec(&spec, "{\"gap_ms\":-1,\"tokens\":3,\"nix\":2}", err), APR_EINVAL);
    ck_assert_int_eq(err->violations->nelts, 2);
    ck_assert_int_eq(read_spec(&spec, "[]", bm_err_make(g_pool)), APR_EINVAL);
}
END_TEST

BM_TEST(ids_are_decimal_or_hex)
{
    apr_uint64_t id = 0;

    ck_assert_int_eq(bm_target_spec_parse_id(&id, "0xffffFFFFffffffff"), APR_SUCCESS);
    ck_assert_uint_eq(id, APR_UINT64_MAX);
    ck_assert_int_eq(bm_target_spec_parse_id(&id, "00012"), APR_SUCCESS);
    ck_assert_uint_eq(id, 12);
    ck_assert_int_eq(bm_target_spec_parse_id(&id, "0x1ffffffffffffffff"), APR_EINVAL);
    ck_assert_int_eq(bm_target_spec_parse_id(&id, "12a"), APR_EINVAL);
    ck_assert_int_eq(bm_target_spec_parse_id(&id, "-1"), APR_EINVAL);
    ck_assert_int_eq(bm_target_spec_parse_id(&id, " 1"), APR_EINVAL);
}
END_TEST

#include "test_target_spec.reg"
