/* SPDX-License-Identifier: Apache-2.0
 *
 * policy_seeds.c: how well the policies of training find the capacity of simulated queues, of any seeds.
 *
 *     policy_seeds [FIRST [SESSIONS [POLICY...]]]
 *
 * Policies were tuned on the queues of seeds 0 to 199 (tests/unit/queue_target.h); others are a fair test of them. Default:
 * 200 of them from 200 on, all three policies. Time is computed, not spent. Prints one JSON line for each policy; with
 * BM_SHOW_SESSIONS one for each session, too. BM_LAG: our client sends late, on average by this part of the latency without
 * a queue, in stalls of ten times as much. BM_SETTINGS: settings of the policy, as JSON. */
#include <stdio.h>
#include <apr_general.h>
#include "../unit/queue_target.h"

static const bm_problem_limits_t limits = QUEUE_TARGET_LIMITS;

typedef struct sums_t {
    int near, held, problems;
    double requests, seconds, worst;
} sums_t;

static void session(sums_t *sums, const char *policy, int seed, apr_pool_t *p)
{
    const char *settings = strcmp(policy, "ladder") == 0 ? "{\"types\":[\"load_balancing\"]}" : getenv("BM_SETTINGS");
    const char *lag = getenv("BM_LAG");
    queue_target_t t = queue_target_of(seed);
    int problems;
    const json_t *conclusion, *capacity;
    double estimate, error, low, high;
    int held;

    t.lag_s = lag != NULL ? strtod(lag, NULL) * (t.servers / t.capacity + t.extra_s) : 0;
    conclusion = queue_target_session(&t, policy, settings, &limits, (apr_uint64_t)seed + 7, &problems, p);
    capacity = json_object_get(conclusion, "capacity");
    estimate = json_number_value(json_object_get(capacity, "estimate"));
    error = estimate / t.capacity - 1;
    low = json_number_value(json_object_get(capacity, "low"));
    high = json_number_value(json_object_get(capacity, "high"));
    held = low <= t.capacity && t.capacity <= high;
    sums->near += fabs(error) <= 0.1;
    sums->held += held;
    sums->problems += problems;
    sums->requests += t.requests;
    sums->seconds += t.seconds;
    sums->worst = fmax(sums->worst, fabs(error));
    if (getenv("BM_SHOW_SESSIONS") != NULL)
        printf("{\"policy\": \"%s\", \"seed\": %d, \"capacity\": %.2f, \"servers\": %d, \"cv\": %.1f, \"extra_ms\": %.1f,"
               " \"estimate\": %.2f, \"error\": %.4f, \"held\": %s, \"problems\": %d, \"requests\": %.0f}\n", policy, seed,
               t.capacity, t.servers, t.cv, 1000 * t.extra_s, estimate, error, held ? "true" : "false", problems, t.requests);
}

static void policy_seeds(const char *policy, int first, int sessions, apr_pool_t *parent)
{
    sums_t sums = { 0, 0, 0, 0, 0, 0 };
    apr_pool_t *p;
    int i;

    apr_pool_create(&p, parent);
    for (i = 0; i < sessions; i++) {
        session(&sums, policy, first + i, p);
        apr_pool_clear(p);
    }
    apr_pool_destroy(p);
    printf("{\"bench\": \"policy_seeds\", \"policy\": \"%s\", \"first_seed\": %d, \"sessions\": %d, \"near\": %d,"
           " \"held\": %d, \"problems\": %.1f, \"requests\": %.0f, \"seconds\": %.0f, \"worst_error\": %.3f}\n", policy, first,
           sessions, sums.near, sums.held, (double)sums.problems / sessions, sums.requests / sessions, sums.seconds / sessions,
           sums.worst);
}

int main(int argc, char **argv)
{
    static const char *const all[] = { "ability", "search", "ladder" };
    int first = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 200, i;
    int sessions = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 200;
    apr_pool_t *p;

    apr_initialize();
    apr_pool_create(&p, NULL);
    for (i = 0; sessions > 0 && i < (argc > 3 ? argc - 3 : 3); i++)
        if (bm_policy_find(argc > 3 ? argv[3 + i] : all[i]) != NULL)
            policy_seeds(argc > 3 ? argv[3 + i] : all[i], first, sessions, p);
    apr_pool_destroy(p);
    apr_terminate();
    return 0;
}
