/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/target_gate.h"

#include <string.h>
#include <apr_hash.h>
#include "base/text.h"
#include "parse/retry_after.h"
#include "provider/provider_answer.h"

/* Longest pause that a target is granted at once; it may ask again. */
#define PAUSE_MAX apr_time_from_sec(900)

struct bm_target_gates_t {
    apr_pool_t *p;
    apr_hash_t *by_automation;       /* id -> entry_t * */
};

typedef struct entry_t {
    apr_int64_t automation_id;
    bm_target_gate_t gate;
} entry_t;

bm_target_gates_t *bm_target_gates_make(apr_pool_t *p)
{
    bm_target_gates_t *gates = apr_pcalloc(p, sizeof(*gates));

    gates->p = p;
    gates->by_automation = apr_hash_make(p);
    return gates;
}

static double number(const json_t *object, const char *name, double fallback)
{
    const json_t *value = json_object_get(object, name);

    return json_is_number(value) ? json_number_value(value) : fallback;
}

static void configure(bm_target_gate_t *gate, const json_t *connection)
{
    const json_t *rate = json_object_get(connection, "rate_limit"), *breaker = json_object_get(connection, "circuit_breaker");

    gate->configured.rate = number(rate, "requests_per_second", 0);
    gate->configured.burst = number(rate, "burst", 1);
    gate->breaker.limit = (int)number(breaker, "failures", 0);
    gate->breaker.open_ns = (apr_int64_t)(number(breaker, "open_seconds", 30) * 1e9);
}

bm_target_gate_t *bm_target_gate_of(bm_target_gates_t *gates, apr_int64_t automation_id, const json_t *connection)
{
    entry_t *entry = apr_hash_get(gates->by_automation, &automation_id, sizeof(automation_id));

    if (entry == NULL) {
        entry = apr_pcalloc(gates->p, sizeof(*entry));
        entry->automation_id = automation_id;
        apr_hash_set(gates->by_automation, &entry->automation_id, sizeof(entry->automation_id), entry);
    }
    configure(&entry->gate, connection);
    return &entry->gate;
}

bm_target_place_t bm_target_gate_reserve(bm_target_gate_t *gate, apr_int64_t at_ns)
{
    bm_target_place_t place = { .epoch = gate->epoch };

    if (at_ns < gate->closed_until_ns)
        at_ns = gate->closed_until_ns;
    place.at_ns = bm_token_bucket_take(&gate->observed, bm_token_bucket_take(&gate->configured, at_ns));
    return place;
}

bm_target_gate_e bm_target_gate_enter(bm_target_gate_t *gate, bm_target_place_t *place, apr_int64_t now_ns)
{
    if (place->epoch != gate->epoch) {
        *place = bm_target_gate_reserve(gate, place->at_ns > now_ns ? place->at_ns : now_ns);
        return BM_GATE_LATER;
    }
    if (!bm_breaker_allows(&gate->breaker, place->at_ns > now_ns ? place->at_ns : now_ns))
        return BM_GATE_REFUSED;
    gate->under_way++;
    return BM_GATE_GO;
}

/* A target that refuses for its rate, or that refuses what was asked, is alive. */
static bm_breaker_outcome_e outcome_of(const bm_answer_t *answer)
{
    if (answer->end == BM_RUN_COMPLETED)
        return BM_BREAKER_ALIVE;
    if (answer->end == BM_RUN_CANCELLED || answer->injected)
        return BM_BREAKER_UNKNOWN;
    if (answer->error_code != NULL && strcmp(answer->error_code, "rate_limited") == 0)
        return BM_BREAKER_ALIVE;
    return answer->transient || answer->end == BM_RUN_TIMED_OUT
        || (answer->measured != NULL && answer->measured->http_status == 0) ? BM_BREAKER_FAILED : BM_BREAKER_ALIVE;
}

/* The bucket that the target describes: `limit` tokens when full, which it will be again in full_in. */
static void observe(bm_target_gate_t *gate, const bm_exchange_t *x, apr_int64_t now_ns, apr_pool_t *scratch)
{
    bm_exchange_headers_t headers = { x, scratch };
    apr_interval_time_t full_in;
    double limit, remaining;
    apr_int64_t arrival_ns;
    int known = gate->observed.rate > 0;

    if (bm_text_find(x->header.data, x->header.len, "atelimit-", 9) == NULL
        || bm_retry_after_request_limit(&limit, &remaining, &full_in, bm_exchange_header_of, &headers, apr_time_now(), PAUSE_MAX)
           != APR_SUCCESS) {
        gate->observed.rate = 0;
        return;
    }
    if (remaining >= limit || full_in <= 0)
        return;
    gate->observed.rate = (limit - remaining) / ((double)full_in / APR_USEC_PER_SEC);
    gate->observed.burst = limit;
    arrival_ns = now_ns + full_in * 1000;
    /* what is under way may not be in its count yet; it is in ours from the second time on */
    if (!known)
        arrival_ns += (apr_int64_t)(gate->under_way * 1e9 / gate->observed.rate);
    if (gate->observed.arrival_ns < arrival_ns)
        gate->observed.arrival_ns = arrival_ns;
}

/* Who waits for a place has to take another, so that they do not come all at once when it opens. */
static void close_until(bm_target_gate_t *gate, apr_int64_t until_ns)
{
    gate->closed_until_ns = until_ns;
    gate->configured.arrival_ns = gate->observed.arrival_ns = until_ns;
    gate->epoch++;
}

void bm_target_gate_note(bm_target_gate_t *gate, const bm_answer_t *answer, apr_int64_t now_ns, apr_pool_t *scratch)
{
    apr_interval_time_t pause = answer->retry_after_us < PAUSE_MAX ? answer->retry_after_us : PAUSE_MAX;

    gate->under_way--;
    bm_breaker_note(&gate->breaker, outcome_of(answer), now_ns);
    if (pause > 0 && gate->closed_until_ns < now_ns + pause * 1000)
        close_until(gate, now_ns + pause * 1000);
    if (answer->measured != NULL && answer->measured->http_status > 0)
        observe(gate, answer->measured, now_ns, scratch);
}

void bm_target_gate_refuse(const bm_target_gate_t *gate, bm_call_t *call, apr_int64_t now_ns)
{
    double seconds = (double)(gate->breaker.open_until_ns - now_ns) / 1e9;

    bm_provider_answer_fail(call, "circuit_open", 1, BM_EFFECT_NONE,
                            "Nothing was sent: the target failed %d times in a row, and is left alone for another %.1f s.",
                            gate->breaker.failures, seconds > 0 ? seconds : 0);
}
