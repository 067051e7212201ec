/* SPDX-License-Identifier: Apache-2.0
 *
 * load_hedge.c: hedged requests (Dean and Barroso, "The Tail at Scale", CACM 2013): copies of a request that are sent while it
 * has no answer; the first that completes counts, the others are aborted.
 *
 * All copies are handed to a loop with the request, each to be sent at its own time by the loop's clock, and called back when
 * they are not needed any more: what had not gone out by then never was, and is no row. */
#include "loadtest/load_figures.h"
#include "loadtest/loadtest.h"

struct bm_load_hedge_t {
    apr_pool_t *p;
    bm_load_request_t *members[BM_LOAD_HEDGE_MAX + 1];   /* the request, then its copies; NULL: ended, or never handed over */
    int alive;                       /* of them */
    int is_settled;                  /* one has completed, or the last has failed */
    int was_hit;                     /* one of them, by a fault of ours */
};

void bm_load_hedge_begin(bm_loadtest_t *lt, bm_load_request_t *request)
{
    bm_load_hedge_t *hedge;
    apr_pool_t *p;
    int i;

    if (lt->plan->hedge_copies == 0 || request->copy > 0)
        return;
    apr_pool_create(&p, lt->task->p);
    hedge = apr_pcalloc(p, sizeof(*hedge));
    hedge->p = p;
    hedge->members[0] = request;
    hedge->alive = 1;
    request->hedge = hedge;
    for (i = 1; i <= lt->plan->hedge_copies; i++) {
        hedge->members[i] = bm_load_send_copy(lt, request, i, request->place.at_ns + i * lt->plan->hedge_after_ns);
        hedge->alive += hedge->members[i] != NULL;
        lt->hedging += hedge->members[i] != NULL;
    }
}

static void abort_others(bm_loadtest_t *lt, const bm_load_hedge_t *hedge)
{
    int i;

    for (i = 0; i <= BM_LOAD_HEDGE_MAX; i++)
        if (hedge->members[i] != NULL)
            bm_recorder_cancel_tag(lt->recorder, lt->task, hedge->members[i]);
}

static void count(bm_loadtest_t *lt, const bm_load_request_t *request, int won)
{
    if (request->copy == 0 || request->phase != BM_LOAD_WINDOW)
        return;
    lt->hedges_sent += bm_load_request_was_sent(request) != 0;
    lt->hedges_won += won != 0;
}

int bm_load_hedge_ended(bm_loadtest_t *lt, bm_load_request_t *request)
{
    bm_load_hedge_t *hedge = request->hedge;
    int completed = request->call->answer.end == BM_RUN_COMPLETED, decides;

    if (hedge == NULL)
        return 1;
    request->hedge = NULL;
    hedge->members[request->copy] = NULL;
    hedge->was_hit |= request->was_hit;
    decides = !hedge->is_settled && (completed || hedge->alive == 1);
    count(lt, request, decides && completed);
    if (decides) {
        hedge->is_settled = 1;
        request->was_hit = hedge->was_hit;
        abort_others(lt, hedge);
    }
    else
        lt->hedging--;
    if (--hedge->alive == 0)
        apr_pool_destroy(hedge->p);
    return decides;
}

int bm_load_hedge_is_settled(const bm_load_request_t *request)
{
    return request->hedge != NULL && request->hedge->is_settled;
}

void bm_load_hedge_write(bm_jw_t *w, const bm_loadtest_t *lt)
{
    if (lt->plan->hedge_copies == 0)
        return;
    bm_jw_key(w, "hedge");
    bm_jw_begin_object(w);
    bm_load_put_count(w, "sent", lt->hedges_sent);
    bm_load_put_count(w, "won", lt->hedges_won);
    bm_jw_end_object(w);
}
