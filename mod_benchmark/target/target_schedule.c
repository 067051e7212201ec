/* SPDX-License-Identifier: Apache-2.0 */
#include "target/target_schedule.h"

#include <math.h>

/* No offset is longer: sums of hostile numbers stay far from the end of 64 bits. */
#define LONGEST_NS (10 * 86400 * APR_INT64_C(1000000000))

/* Draws of service times come from a sequence of their own, so that a queue does not change the gaps. */
#define SERVICE_SEED APR_UINT64_C(0x5e17e0f0a11ce5)

enum phase_e {
    PHASE_HEAD, PHASE_EARLY_ROLE, PHASE_PING, PHASE_CONTENT, PHASE_USAGE, PHASE_DONE, PHASE_END,
    PHASE_CUT, PHASE_OVER
};

static apr_int64_t ns_of_ms(double ms)
{
    double ns = ms * 1e6;

    if (!(ns > 0.0))
        return 0;
    return ns >= (double)LONGEST_NS ? LONGEST_NS : llrint(ns);
}

static apr_int64_t later(apr_int64_t at_ns, apr_int64_t by_ns)
{
    return at_ns >= LONGEST_NS - by_ns ? LONGEST_NS : at_ns + by_ns;
}

int bm_target_step_is_content(bm_target_step_e kind)
{
    return kind == BM_TARGET_STEP_TEXT || kind == BM_TARGET_STEP_REASONING || kind == BM_TARGET_STEP_WHOLE;
}

double bm_target_schedule_draw(bm_rand_t *r, bm_target_dist_e dist, double mean, double shape)
{
    switch (dist) {
    case BM_TARGET_UNIFORM:
        return mean * (0.5 + bm_rand_uniform(r));
    case BM_TARGET_EXPONENTIAL:
        return mean * bm_rand_exponential(r);
    case BM_TARGET_GAMMA:
        return mean * bm_rand_gamma(r, shape) / shape;
    case BM_TARGET_FIXED:
    default:
        return mean;
    }
}

static apr_uint32_t pieces(apr_int64_t tokens, apr_int64_t per_chunk)
{
    return tokens > 0 ? (apr_uint32_t)((tokens + per_chunk - 1) / per_chunk) : 0;
}

apr_uint32_t bm_target_schedule_chunks(const bm_target_spec_t *spec)
{
    return pieces(spec->reasoning_tokens, spec->tokens_per_chunk) + pieces(spec->tokens, spec->tokens_per_chunk);
}

static apr_int64_t service_ns(const bm_target_spec_t *spec)
{
    bm_rand_t r;

    if (spec->queue_servers == 0 || spec->queue_rate <= 0.0)
        return 0;
    bm_rand_seed(&r, spec->seed ^ SERVICE_SEED);
    return ns_of_ms(bm_target_schedule_draw(&r, (bm_target_dist_e)spec->queue_dist, 1000.0 / spec->queue_rate, 1.0));
}

void bm_target_schedule_init(bm_target_schedule_t *s, const bm_target_spec_t *spec, apr_int64_t wait_ns)
{
    double ttft_ms;

    s->spec = spec;
    bm_rand_seed(&s->rand, spec->seed);
    ttft_ms = bm_target_schedule_draw(&s->rand, (bm_target_dist_e)spec->ttft_dist, spec->ttft_ms, spec->ttft_shape);
    s->wait_ns = wait_ns;
    s->head_ns = ns_of_ms(spec->header_ms);
    s->at_ns = later(later(ns_of_ms(ttft_ms), service_ns(spec)), wait_ns);
    if (s->at_ns < s->head_ns)
        s->at_ns = s->head_ns;
    s->chunk = s->ping = 0;
    s->phase = PHASE_HEAD;
    s->role_due = spec->role == BM_TARGET_ROLE_FIRST;
    s->fault_due = spec->fault != BM_TARGET_FAULT_NONE;
}

/* Move to the time of content chunk s->chunk; one draw per gap, whatever happens in it. */
static void advance(bm_target_schedule_t *s)
{
    const bm_target_spec_t *spec = s->spec;
    apr_int64_t gap;

    if (s->chunk == 0 || s->chunk % spec->burst != 0)
        return;
    gap = s->chunk / spec->burst;       /* number of the gap, from 1 */
    s->at_ns = later(s->at_ns, ns_of_ms(bm_target_schedule_draw(&s->rand, (bm_target_dist_e)spec->gap_dist,
                                                                spec->gap_ms, spec->gap_shape)));
    if (spec->stall_every > 0 && gap % spec->stall_every == 0)
        s->at_ns = later(s->at_ns, ns_of_ms(spec->stall_ms));
}

apr_int64_t bm_target_schedule_last_ns(const bm_target_spec_t *spec, apr_int64_t wait_ns)
{
    bm_target_schedule_t s;
    apr_uint32_t chunks = bm_target_schedule_chunks(spec);

    bm_target_schedule_init(&s, spec, wait_ns);
    for (s.chunk = 1; s.chunk < chunks; s.chunk++)
        advance(&s);
    return s.at_ns;
}

apr_int64_t bm_target_schedule_hold_ns(const bm_target_spec_t *spec)
{
    if (spec->queue_rate > 0.0)
        return service_ns(spec);
    return later(bm_target_schedule_last_ns(spec, 0), ns_of_ms(spec->finish_ms));
}

static int emit(bm_target_step_t *step, bm_target_step_e kind, apr_int64_t at_ns)
{
    step->kind = kind;
    step->at_ns = at_ns;
    step->index = step->first = step->tokens = 0;
    return 1;
}

/* An answer that is no stream: complete when its last content would have been sent. Errors come with the head. */
static int next_whole(bm_target_schedule_t *s, bm_target_step_t *step)
{
    const bm_target_spec_t *spec = s->spec;

    if (spec->status != 200) {
        s->phase = PHASE_END;
        return emit(step, BM_TARGET_STEP_WHOLE, s->at_ns = s->head_ns);
    }
    s->at_ns = later(bm_target_schedule_last_ns(spec, s->wait_ns), ns_of_ms(spec->finish_ms));
    s->phase = spec->fault == BM_TARGET_FAULT_CUT || spec->fault == BM_TARGET_FAULT_RESET ? PHASE_CUT : PHASE_END;
    if (spec->fault == BM_TARGET_FAULT_HANG) {
        s->phase = PHASE_OVER;
        return emit(step, BM_TARGET_STEP_HANG, s->at_ns);
    }
    emit(step, BM_TARGET_STEP_WHOLE, s->at_ns);
    step->tokens = (apr_uint32_t)(spec->tokens + spec->reasoning_tokens);
    return 1;
}

static int next_head(bm_target_schedule_t *s, bm_target_step_t *step)
{
    const bm_target_spec_t *spec = s->spec;

    if (spec->fault == BM_TARGET_FAULT_SILENT) {
        s->phase = PHASE_OVER;
        return emit(step, BM_TARGET_STEP_HANG, s->head_ns);
    }
    if (spec->fault == BM_TARGET_FAULT_NOT_HTTP) {
        s->at_ns = s->head_ns;
        s->phase = PHASE_CUT;
        return emit(step, BM_TARGET_STEP_GARBAGE, s->head_ns);
    }
    if (spec->status != 200 || !spec->streamed)
        return next_whole(s, step);
    s->phase = PHASE_EARLY_ROLE;
    return emit(step, BM_TARGET_STEP_HEAD, s->head_ns);
}

static int next_ping(bm_target_schedule_t *s, bm_target_step_t *step)
{
    apr_int64_t pings = s->spec->pings;

    s->ping++;
    return emit(step, BM_TARGET_STEP_PING,
                s->head_ns + (apr_int64_t)((double)(s->at_ns - s->head_ns) * s->ping / (double)(pings + 1)));
}

/* What comes in place of the content that is due now. @return 0: nothing, the fault is no fault of the content. */
static int next_fault(bm_target_schedule_t *s, bm_target_step_t *step)
{
    s->fault_due = 0;
    switch (s->spec->fault) {
    case BM_TARGET_FAULT_ERROR:
        s->phase = s->spec->done ? PHASE_DONE : PHASE_END;
        return emit(step, BM_TARGET_STEP_ERROR, s->at_ns);
    case BM_TARGET_FAULT_GARBAGE:
        return emit(step, BM_TARGET_STEP_GARBAGE, s->at_ns);
    case BM_TARGET_FAULT_CUT:
    case BM_TARGET_FAULT_RESET:
        s->phase = PHASE_OVER;
        return emit(step, s->spec->fault == BM_TARGET_FAULT_CUT ? BM_TARGET_STEP_CUT : BM_TARGET_STEP_RESET,
                    s->at_ns);
    case BM_TARGET_FAULT_HANG:
        s->phase = PHASE_OVER;
        return emit(step, BM_TARGET_STEP_HANG, s->at_ns);
    default:
        return 0;
    }
}

static void content_step(bm_target_schedule_t *s, bm_target_step_t *step)
{
    const bm_target_spec_t *spec = s->spec;
    apr_uint32_t reasoning = pieces(spec->reasoning_tokens, spec->tokens_per_chunk);
    int is_text = s->chunk >= reasoning;
    apr_int64_t total = is_text ? spec->tokens : spec->reasoning_tokens;
    apr_int64_t first = (apr_int64_t)(is_text ? s->chunk - reasoning : s->chunk) * spec->tokens_per_chunk;

    emit(step, is_text ? BM_TARGET_STEP_TEXT : BM_TARGET_STEP_REASONING, s->at_ns);
    step->index = s->chunk;
    step->first = (apr_uint32_t)first;
    step->tokens = (apr_uint32_t)(total - first < spec->tokens_per_chunk ? total - first : spec->tokens_per_chunk);
}

static int next_content(bm_target_schedule_t *s, bm_target_step_t *step)
{
    apr_uint32_t chunks = bm_target_schedule_chunks(s->spec);

    /* The gap is drawn once per chunk, in the call that moved s->chunk (below), so a fault finds its time here. */
    if (s->fault_due && (s->chunk >= chunks || s->chunk == s->spec->fault_at) && next_fault(s, step))
        return 1;
    if (s->role_due) {
        s->role_due = 0;
        return emit(step, BM_TARGET_STEP_ROLE, s->at_ns);
    }
    if (s->chunk >= chunks) {
        s->at_ns = later(s->at_ns, ns_of_ms(s->spec->finish_ms));
        s->phase = PHASE_USAGE;
        return emit(step, BM_TARGET_STEP_FINISH, s->at_ns);
    }
    content_step(s, step);
    s->chunk++;
    if (s->chunk < chunks)
        advance(s);
    return 1;
}

int bm_target_schedule_next(bm_target_schedule_t *s, bm_target_step_t *step)
{
    for (;;) {
        switch (s->phase) {
        case PHASE_HEAD:
            return next_head(s, step);
        case PHASE_EARLY_ROLE:
            s->phase = PHASE_PING;
            if (s->spec->role == BM_TARGET_ROLE_EARLY)
                return emit(step, BM_TARGET_STEP_ROLE, s->head_ns);
            break;
        case PHASE_PING:
            if (s->ping < s->spec->pings)
                return next_ping(s, step);
            s->phase = PHASE_CONTENT;
            break;
        case PHASE_CONTENT:
            return next_content(s, step);
        case PHASE_USAGE:
            s->phase = PHASE_DONE;
            if (s->spec->usage == BM_TARGET_USAGE_ALWAYS)
                return emit(step, BM_TARGET_STEP_USAGE, s->at_ns);
            break;
        case PHASE_DONE:
            s->phase = PHASE_END;
            if (s->spec->done)
                return emit(step, BM_TARGET_STEP_DONE, s->at_ns);
            break;
        case PHASE_END:
            s->phase = PHASE_OVER;
            return emit(step, BM_TARGET_STEP_END, s->at_ns);
        case PHASE_CUT:
            s->phase = PHASE_OVER;
            return emit(step, s->spec->fault == BM_TARGET_FAULT_RESET ? BM_TARGET_STEP_RESET : BM_TARGET_STEP_CUT,
                        s->at_ns);
        default:
            return 0;
        }
    }
}
