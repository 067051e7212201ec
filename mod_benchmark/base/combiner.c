/* SPDX-License-Identifier: Apache-2.0 */
#include "base/combiner.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <apr_thread_mutex.h>
#include "base/timefmt.h"

/* mutex guards all that follows it. */
struct bm_combiner_t {
    int usual, leaders_max, most;
    apr_thread_mutex_t *mutex;
    int leaders;
    bm_combiner_place_t *first, **plast;      /* who waits, in order of coming */
};

bm_combiner_t *bm_combiner_make(int usual, int leaders, int most, apr_pool_t *p)
{
    bm_combiner_t *combiner = apr_pcalloc(p, sizeof(*combiner));

    combiner->usual = usual < leaders ? usual : leaders;
    combiner->leaders_max = leaders;
    combiner->most = most;
    combiner->plast = &combiner->first;
    apr_thread_mutex_create(&combiner->mutex, APR_THREAD_MUTEX_DEFAULT, p);
    return combiner;
}

/* Under the mutex. */
static bm_combiner_place_t *pop(bm_combiner_t *combiner, bm_combiner_e state)
{
    bm_combiner_place_t *place = combiner->first;

    combiner->first = place->next;
    if (combiner->first == NULL)
        combiner->plast = &combiner->first;
    place->next = NULL;
    atomic_store(&place->state, state);
    return place;
}

/* Under the mutex. */
static void withdraw(bm_combiner_t *combiner, bm_combiner_place_t *place, bm_combiner_e state)
{
    bm_combiner_place_t **pp = &combiner->first;

    while (*pp != place)
        pp = &(*pp)->next;
    *pp = place->next;
    if (combiner->plast == &place->next)
        combiner->plast = pp;
    place->next = NULL;
    atomic_store(&place->state, state);
}

/* @return 1: woken; 0: the time (bm_timefmt_steady) has come. */
static int sleep_until(bm_combiner_place_t *place, apr_time_t until)
{
    struct timespec at = { apr_time_sec(until), apr_time_usec(until) * 1000 };

    while (sem_clockwait(&place->wake, CLOCK_MONOTONIC, &at) != 0)
        if (errno != EINTR)
            return 0;
    return 1;
}

static void sleep_on(bm_combiner_place_t *place)
{
    while (sem_wait(&place->wake) != 0)
        ;
}

/* Nobody has woken it for a while. @return 0: it goes on waiting. */
static int may_end(bm_combiner_t *combiner, bm_combiner_place_t *place, int late)
{
    int ends = 0;

    apr_thread_mutex_lock(combiner->mutex);
    if (atomic_load(&place->state) == BM_COMBINER_WAITS) {
        if (combiner->leaders < combiner->leaders_max) {
            combiner->leaders++;
            withdraw(combiner, place, BM_COMBINER_LEAD);
            ends = 1;
        }
        else if (late) {
            withdraw(combiner, place, BM_COMBINER_TIMEUP);
            ends = 1;
        }
    }
    apr_thread_mutex_unlock(combiner->mutex);
    return ends;
}

bm_combiner_e bm_combiner_join(bm_combiner_t *combiner, bm_combiner_place_t *place, apr_interval_time_t wait)
{
    apr_time_t until, next;
    int leads;

    memset(place, 0, sizeof(*place));
    atomic_init(&place->state, BM_COMBINER_WAITS);
    sem_init(&place->wake, 0, 0);
    apr_thread_mutex_lock(combiner->mutex);
    leads = combiner->leaders < combiner->usual;
    if (leads) {
        combiner->leaders++;
        atomic_store(&place->state, BM_COMBINER_LEAD);
    }
    else {
        *combiner->plast = place;
        combiner->plast = &place->next;
    }
    apr_thread_mutex_unlock(combiner->mutex);
    if (leads)
        return BM_COMBINER_LEAD;
    next = bm_timefmt_steady();
    until = next + wait;
    do {
        next = next + BM_COMBINER_PATIENCE < until ? next + BM_COMBINER_PATIENCE : until;
        if (sleep_until(place, next))
            break;
        if (may_end(combiner, place, next >= until))
            break;
        if (atomic_load(&place->state) != BM_COMBINER_WAITS) {      /* it will be woken, for certain */
            sleep_on(place);
            break;
        }
    } while (1);
    return (bm_combiner_e)atomic_load(&place->state);
}

int bm_combiner_take(bm_combiner_t *combiner, bm_combiner_place_t *place)
{
    bm_combiner_place_t *last = place;
    int n = 1;

    apr_thread_mutex_lock(combiner->mutex);
    for (; n < combiner->most && combiner->first != NULL; n++) {
        last->next = pop(combiner, BM_COMBINER_TAKEN);
        last = last->next;
    }
    apr_thread_mutex_unlock(combiner->mutex);
    return n;
}

int bm_combiner_leave(bm_combiner_t *combiner, bm_combiner_place_t *place, void *legacy)
{
    bm_combiner_place_t *successor = NULL, *next = place->next, *other;

    apr_thread_mutex_lock(combiner->mutex);
    combiner->leaders--;
    if (combiner->leaders < combiner->usual && combiner->first != NULL) {
        combiner->leaders++;
        combiner->first->legacy = legacy;
        combiner->first->turn = place->turn + 1;
        successor = pop(combiner, BM_COMBINER_LEAD);
    }
    apr_thread_mutex_unlock(combiner->mutex);
    if (successor != NULL)
        sem_post(&successor->wake);           /* first: the others only have to speak, it has to work */
    while ((other = next) != NULL) {
        next = other->next;                   /* once it is woken it may be gone */
        atomic_store(&other->state, BM_COMBINER_DONE);
        sem_post(&other->wake);
    }
    return successor != NULL && legacy != NULL;
}

int bm_combiner_waiting(bm_combiner_t *combiner)
{
    const bm_combiner_place_t *place;
    int n = 0;

    apr_thread_mutex_lock(combiner->mutex);
    for (place = combiner->first; place != NULL; place = place->next)
        n++;
    apr_thread_mutex_unlock(combiner->mutex);
    return n;
}
