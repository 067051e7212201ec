/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/retry.h"

#include <string.h>

const bm_retry_policy_t bm_retry_default = {
    .base = apr_time_from_sec(1),
    .cap = apr_time_from_sec(60),
    .obey = apr_time_from_sec(900),
};

static const struct {
    const char *error_code;
    unsigned class;
} classes[] = {
    { "dns_error", BM_RETRY_CONNECTION },
    { "connection_refused", BM_RETRY_CONNECTION },
    { "connect_timeout", BM_RETRY_CONNECTION },
    { "connection_lost", BM_RETRY_CONNECTION },
    { "rate_limited", BM_RETRY_RATE_LIMITED },
    { "unavailable", BM_RETRY_OVERLOADED },
    { "circuit_open", BM_RETRY_OVERLOADED },
    { "server_error", BM_RETRY_SERVER_ERROR },
    { "first_byte_timeout", BM_RETRY_TIMEOUT },
    { "stall_timeout", BM_RETRY_TIMEOUT },
    { "stream_truncated", BM_RETRY_STREAM },
    { "stream_error", BM_RETRY_STREAM },
    /* a load test's own faults: what a client on a bad network would call a lost connection */
    { "injected_abort", BM_RETRY_CONNECTION },
    { "injected_dead", BM_RETRY_CONNECTION },
    { "injected_timeout", BM_RETRY_CONNECTION | BM_RETRY_TIMEOUT },
};

unsigned bm_retry_class_of(const char *error_code)
{
    size_t i;

    for (i = 0; error_code != NULL && i < sizeof(classes) / sizeof(classes[0]); i++)
        if (strcmp(classes[i].error_code, error_code) == 0)
            return classes[i].class;
    return 0;
}

/* The bit of a class's name; 0: there is none. */
static unsigned class_named(const char *name)
{
    const char *at = BM_RETRY_CLASSES;
    unsigned bit = 1;

    while (name != NULL) {
        size_t len = strcspn(at, "|");

        if (len == strlen(name) && strncmp(at, name, len) == 0)
            return bit;
        if (at[len] == '\0')
            break;
        at += len + 1;
        bit <<= 1;
    }
    return 0;
}

static apr_interval_time_t span_of(const json_t *retry, const char *name, apr_interval_time_t fallback)
{
    const json_t *ms = json_object_get(retry, name);

    return json_is_number(ms) ? (apr_interval_time_t)(json_number_value(ms) * 1000) : fallback;
}

bm_retry_policy_t bm_retry_policy_of(const json_t *retry)
{
    const json_t *on = json_object_get(retry, "on");
    bm_retry_policy_t policy = bm_retry_default;
    size_t i;

    policy.base = span_of(retry, "base_ms", policy.base);
    policy.cap = span_of(retry, "max_ms", policy.cap);
    for (i = 0; i < json_array_size(on); i++)
        policy.classes |= class_named(json_string_value(json_array_get(on, i)));
    if (policy.classes == 0)
        policy.classes = BM_RETRY_CONNECTION | BM_RETRY_RATE_LIMITED | BM_RETRY_OVERLOADED;
    return policy;
}

static bm_retry_t no(const char *why)
{
    return (bm_retry_t){ .again = 0, .wait = 0, .why = why };
}

static int is_safe(const bm_retry_policy_t *policy, const bm_provider_t *provider, const bm_answer_t *answer)
{
    if (provider->repeatable || answer->effect == BM_EFFECT_NONE)
        return 1;
    return policy->keeps_number && provider->looks_up && answer->effect == BM_EFFECT_UNKNOWN && answer->external_id != NULL;
}

bm_retry_t bm_retry_decide(const bm_retry_policy_t *policy, const bm_provider_t *provider, const bm_answer_t *answer,
                           int attempt, int max_attempts, bm_rand_t *r)
{
    if (answer->end == BM_RUN_COMPLETED)
        return no("completed");
    if (answer->end == BM_RUN_CANCELLED)
        return no("cancelled");
    if (!answer->transient)
        return no("would fail again");
    if (policy->classes != 0 && (bm_retry_class_of(answer->error_code) & policy->classes) == 0)
        return no("not asked for");
    if (!is_safe(policy, provider, answer))
        return no("must not be called twice");
    if (attempt >= max_attempts)
        return no("attempts exhausted");
    if (answer->retry_after_us > policy->obey)
        return no("target asks to wait too long");
    return (bm_retry_t){ .again = 1, .wait = bm_retry_wait(policy, attempt, answer->retry_after_us, r),
                         .why = answer->retry_after_us > 0 ? "target asked to wait" : "may pass" };
}

apr_interval_time_t bm_retry_wait(const bm_retry_policy_t *policy, int attempt, apr_interval_time_t asked, bm_rand_t *r)
{
    apr_interval_time_t span = policy->base;
    int i;

    for (i = 1; i < attempt && span < policy->cap; i++)
        span = span > policy->cap / 2 ? policy->cap : span * 2;
    if (span > policy->cap)
        span = policy->cap;
    /* on top of what was asked, or all who were asked would come back in the same moment */
    return (asked > 0 ? asked : 0) + (apr_interval_time_t)bm_rand_below(r, (apr_uint64_t)span + 1);
}
