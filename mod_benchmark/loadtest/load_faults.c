/* SPDX-License-Identifier: Apache-2.0 */
#include "loadtest/load_faults.h"

#include <math.h>
#include <string.h>
#include "base/rand.h"
#include "loadtest/load_figures.h"
#include "net/exchange.h"

/* A lost segment is sent again after 200 ms (Linux' least retransmission time-out), then after twice as long each time. Six in a
 * row are the most: 12.6 s. */
#define RETRANSMIT_MS 200.0
enum { LOSSES_MAX = 6 };

/* So that faults are drawn from a sequence of their own, and not from that of the dataset's entries. */
#define SALT 0xa24baed4963ee407u

static double number(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

void bm_load_faults_read(bm_load_faults_t *faults, const json_t *json)
{
    *faults = (bm_load_faults_t){
        .any = json != NULL, .delay_ms = number(json, "delay_ms"), .jitter_ms = number(json, "jitter_ms"),
        .loss_rate = number(json, "loss_rate"), .dead_rate = number(json, "dead_rate"),
        .abort_rate = number(json, "abort_rate"), .timeout_rate = number(json, "timeout_rate"),
        .abort_after_ns = (apr_int64_t)(number(json, "abort_after_ms") * 1e6),
        .timeout_ms = (apr_int64_t)number(json, "timeout_ms")
    };
    if (faults->abort_after_ns < 1)
        faults->abort_after_ns = 1;              /* at S; 0 stands for never */
}

static bm_load_fault_e kind_of(const bm_load_faults_t *faults, double drawn)
{
    if (drawn < faults->dead_rate)
        return BM_LOAD_FAULT_DEAD;
    if (drawn < faults->dead_rate + faults->abort_rate)
        return BM_LOAD_FAULT_ABORT;
    return drawn < faults->dead_rate + faults->abort_rate + faults->timeout_rate ? BM_LOAD_FAULT_TIMEOUT : BM_LOAD_FAULT_NONE;
}

bm_load_fault_t bm_load_faults_draw(const bm_load_faults_t *faults, apr_uint64_t seed, apr_int64_t seq, int attempt)
{
    bm_load_fault_t fault = { 0 };
    double ms, again = RETRANSMIT_MS;
    bm_rand_t rand;

    if (!faults->any)
        return fault;
    bm_rand_seed(&rand, bm_rand_mix(bm_rand_mix(seed + SALT * (apr_uint64_t)(seq + 1)) + (apr_uint64_t)attempt));
    fault.kind = kind_of(faults, bm_rand_uniform(&rand));
    ms = faults->delay_ms + (faults->jitter_ms > 0 ? faults->jitter_ms * bm_rand_normal(&rand) : 0);
    if (ms < 0)
        ms = 0;
    for (; fault.losses < LOSSES_MAX && bm_rand_uniform(&rand) < faults->loss_rate; again *= 2) {
        fault.losses++;
        ms += again;
    }
    fault.delay_ns = (apr_int64_t)llround(ms * 1e6);
    return fault;
}

void bm_load_faults_inject(const bm_load_faults_t *faults, const bm_load_fault_t *fault, bm_http_request_t *request)
{
    switch (fault->kind) {
    case BM_LOAD_FAULT_DEAD:
        request->dead_end = 1;
        break;
    case BM_LOAD_FAULT_ABORT:
        request->abort_after_ns = faults->abort_after_ns;
        break;
    case BM_LOAD_FAULT_TIMEOUT:
        if (request->total_timeout_ms == 0 || faults->timeout_ms < request->total_timeout_ms)
            request->total_timeout_ms = faults->timeout_ms;
        break;
    case BM_LOAD_FAULT_NONE:
        break;
    }
}

/* Whether the exchange ended by what was put into it; the answer's own end may be another one, or a success all the same. */
static int was_hit(const bm_load_faults_t *faults, const bm_load_fault_t *fault, const bm_exchange_t *x)
{
    switch (fault->kind) {
    case BM_LOAD_FAULT_DEAD:
        return x->request->dead_end && x->end == BM_END_CONNECT;
    case BM_LOAD_FAULT_ABORT:
        return x->end == BM_END_ABORTED;
    case BM_LOAD_FAULT_TIMEOUT:
        return x->end == BM_END_TOTAL_TIMEOUT && x->request->total_timeout_ms == faults->timeout_ms;
    default:
        return 0;
    }
}

void bm_load_faults_tell(const bm_load_faults_t *faults, const bm_load_fault_t *fault, bm_answer_t *answer)
{
    static const char *const codes[] = {
        [BM_LOAD_FAULT_DEAD] = "injected_dead", [BM_LOAD_FAULT_ABORT] = "injected_abort",
        [BM_LOAD_FAULT_TIMEOUT] = "injected_timeout"
    };
    static const char *const sentences[] = {
        [BM_LOAD_FAULT_DEAD] = "The load test's own fault: it was sent to where nobody listens.",
        [BM_LOAD_FAULT_ABORT] = "The load test's own fault: the connection was closed on our side.",
        [BM_LOAD_FAULT_TIMEOUT] = "The load test's own fault: it was given less time than the others."
    };

    if (answer->end == BM_RUN_COMPLETED || answer->end == BM_RUN_CANCELLED || answer->measured == NULL
        || !was_hit(faults, fault, answer->measured))
        return;
    answer->injected = 1;
    answer->transient = 1;
    answer->retry_after_us = 0;
    answer->error_code = codes[fault->kind];
    answer->error = sentences[fault->kind];
    if (fault->kind == BM_LOAD_FAULT_DEAD)
        answer->effect = BM_EFFECT_NONE;
}

/* --- what came of them */

void bm_load_faults_count(bm_load_faults_tally_t *tally, const bm_load_fault_t *fault, const bm_answer_t *answer)
{
    tally->lost += fault->losses > 0;
    if (fault->delay_ns > 0) {
        tally->delayed++;
        (void)bm_sketch_add(tally->delay_ms, (double)fault->delay_ns / 1e6, 1);
    }
    if (!answer->injected)
        return;
    tally->dead += fault->kind == BM_LOAD_FAULT_DEAD;
    tally->aborted += fault->kind == BM_LOAD_FAULT_ABORT;
    tally->timed_out += fault->kind == BM_LOAD_FAULT_TIMEOUT;
}

void bm_load_faults_write(bm_jw_t *w, const bm_load_faults_t *faults, const bm_load_faults_tally_t *tally)
{
    if (!faults->any)
        return;
    bm_jw_key(w, "faults");
    bm_jw_begin_object(w);
    bm_load_put_count(w, "delayed", tally->delayed);
    bm_load_put_waits(w, "delay_ms", tally->delay_ms);
    bm_load_put_count(w, "lost", tally->lost);
    bm_load_put_count(w, "aborted", tally->aborted);
    bm_load_put_count(w, "timed_out", tally->timed_out);
    bm_load_put_count(w, "dead", tally->dead);
    bm_load_put_count(w, "recovered", tally->recovered);
    bm_jw_end_object(w);
}
