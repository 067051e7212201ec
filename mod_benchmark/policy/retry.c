/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/retry.h"

const bm_retry_policy_t bm_retry_default = {
    .base = apr_time_from_sec(1),
    .cap = apr_time_from_sec(60),
    .obey = apr_time_from_sec(900),
};

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
