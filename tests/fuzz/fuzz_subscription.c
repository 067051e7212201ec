/* SPDX-License-Identifier: Apache-2.0
 *
 * Input: topics of a query when it does not begin with '[' or '{', else filters as JSON. What is accepted has a key that says it
 * all; what is refused names one place. Events are told as JSON, and the same as a copy of the subscription tells them. */
#include "fuzz.h"

#include <string.h>
#include <apr_general.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/text.h"
#include "live/subscription.h"

static const char *const samples[] = {
    "{\"runs\":[{\"id\":1,\"scenario_id\":3,\"automation_id\":2},{\"id\":2,\"scenario_id\":4,\"automation_id\":2}]}",
    "{\"id\":7,\"scenario_id\":3,\"automation_id\":2}", "{}"
};

static void check_told(const bm_subscription_t *s, const bm_subscription_t *copy, bm_live_topic_e topic, const char *data,
                       apr_pool_t *p)
{
    bm_live_event_t event = { .topic = topic, .name = "x", .project_id = 1, .token = "t" };
    bm_buffer_t one = { 0 }, other = { 0 };
    apr_status_t rv;
    json_t *json;

    BM_FUZZ_CHECK(bm_json_parse(&json, data, strlen(data), NULL, p) == APR_SUCCESS);
    event.data = json;
    rv = bm_subscription_render(&one, s, &event);
    BM_FUZZ_CHECK(rv == APR_SUCCESS || rv == APR_NOTFOUND);
    BM_FUZZ_CHECK(bm_subscription_render(&other, copy, &event) == rv);
    BM_FUZZ_CHECK(one.len == other.len && (one.len == 0 || memcmp(one.data, other.data, one.len) == 0));
    BM_FUZZ_CHECK(rv == APR_NOTFOUND ? one.len == 0 : bm_json_parse(&json, one.data, one.len, NULL, p) == APR_SUCCESS);
    bm_buffer_free(&one);
    bm_buffer_free(&other);
}

static void check_accepted(const bm_subscription_t *s, apr_pool_t *p)
{
    static const apr_int64_t projects[] = { 2, 1, 2 };
    bm_subscription_t *copy = bm_subscription_copy(s, p), *limited = bm_subscription_limited(s, 0, projects, 3, p);
    int i, topic;

    BM_FUZZ_CHECK(strcmp(bm_subscription_key(s), bm_subscription_key(copy)) == 0);
    BM_FUZZ_CHECK(strcmp(bm_subscription_key(s), bm_subscription_key(limited)) != 0);
    for (topic = 0; topic <= BM_TOPIC_STREAM; topic++)
        for (i = 0; i < (int)(sizeof(samples) / sizeof(samples[0])); i++) {
            check_told(s, copy, (bm_live_topic_e)topic, samples[i], p);
            check_told(s, limited, (bm_live_topic_e)topic, samples[i], p);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *process;
    bm_subscription_t *s = NULL;
    bm_err_t *err;
    apr_status_t rv;
    apr_pool_t *p;
    json_t *json;

    if (process == NULL) {
        apr_initialize();
        apr_pool_create(&process, NULL);
    }
    apr_pool_create(&p, process);
    err = bm_err_make(p);
    if (size > 0 && (data[0] == '[' || data[0] == '{')) {
        rv = bm_json_parse(&json, (const char *)data, size, NULL, p);
        if (rv == APR_SUCCESS)
            rv = bm_subscription_from_json(&s, json, err, p);
    }
    else
        rv = bm_subscription_from_query(&s, apr_pstrmemdup(p, (const char *)data, size), size & 3, size & 5, err, p);
    if (rv == APR_SUCCESS)
        check_accepted(s, p);
    else {
        BM_FUZZ_CHECK(s == NULL && err->violations->nelts <= 1);
        if (err->violations->nelts == 1) {
            const char *detail = APR_ARRAY_IDX(err->violations, 0, bm_violation_t).detail;

            BM_FUZZ_CHECK(bm_text_is_utf8(detail, strlen(detail)));
        }
    }
    apr_pool_destroy(p);
    return 0;
}
