/* SPDX-License-Identifier: Apache-2.0
 *
 * base/combiner.h: flat combining: calls of one kind that come while others are under way are answered together by one of them.
 *
 * A call that comes while fewer lead than usual leads at once. What else comes waits; when a leader leaves, the first of those
 * becomes the next leader and takes the others along. So nobody waits for company, and the more there is to do, the more is done
 * at once. A call that has waited BM_COMBINER_PATIENCE leads beside slow leaders, as long as fewer lead than may.
 *
 *   switch (bm_combiner_join(combiner, &place, wait)) {
 *   case BM_COMBINER_LEAD:
 *       bm_combiner_take(combiner, &place);         all calls that this one shall answer: place, place.next, ...
 *       (answer them)
 *       bm_combiner_leave(combiner, &place, legacy);
 *
 * Threads: any number of callers. A place belongs to its caller until it waits; from take to leave it, and what its caller
 * waits with, belongs to the leader; what the leader wrote there before leave is seen by the caller behind join. */
#ifndef BM_BASE_COMBINER_H
#define BM_BASE_COMBINER_H

#include <semaphore.h>
#include <stdatomic.h>
#include <apr_pools.h>
#include <apr_time.h>

#define BM_COMBINER_PATIENCE apr_time_from_msec(5)

typedef struct bm_combiner_t bm_combiner_t;

typedef enum bm_combiner_e {
    BM_COMBINER_WAITS,                /* inside only */
    BM_COMBINER_TAKEN,                /* inside only */
    BM_COMBINER_LEAD,                 /* take, answer, leave */
    BM_COMBINER_DONE,                 /* a leader has answered it */
    BM_COMBINER_TIMEUP                /* nobody took it in time */
} bm_combiner_e;

/** One call, usually on its caller's stack. The caller writes none of it. */
typedef struct bm_combiner_place_t bm_combiner_place_t;
struct bm_combiner_place_t {
    bm_combiner_place_t *next;        /* who waits behind it (combiner's mutex), then who is answered with it (its leader) */
    sem_t wake;                       /* posted once: state has become LEAD or DONE */
    atomic_int state;                 /* of bm_combiner_e; WAITS changes under the combiner's mutex only */
    void *legacy;                     /* of the leader before it; NULL: none */
    int turn;                         /* leaders in a row whose legacy this is */
};

/** A combiner with `usual` leaders at once, at most `leaders` if some are slow, who take at most `most` calls each. In p. */
bm_combiner_t *bm_combiner_make(int usual, int leaders, int most, apr_pool_t *p);

/** Join, and wait until the call is to lead or has been answered. Once it is taken there is no end but the leader's own; before
 *  that it waits at most `wait`. */
bm_combiner_e bm_combiner_join(bm_combiner_t *combiner, bm_combiner_place_t *place, apr_interval_time_t wait);

/** Leader: add those who wait to place, in the order in which they came. @return how many it answers now, itself included. */
int bm_combiner_take(bm_combiner_t *combiner, bm_combiner_place_t *place);

/** Leader: give up the lead, and wake those who were taken. legacy (NULL: none) goes to the next leader, who owns it from then
 *  on. @return 1: it has; 0: nobody waits, or enough others lead. */
int bm_combiner_leave(bm_combiner_t *combiner, bm_combiner_place_t *place, void *legacy);

/** How many wait now. Any thread. */
int bm_combiner_waiting(bm_combiner_t *combiner);

#endif
