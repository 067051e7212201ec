/* SPDX-License-Identifier: Apache-2.0 */
#include "base/places.h"

#include <apr_thread_cond.h>
#include <apr_thread_mutex.h>
#include "base/timefmt.h"

struct bm_places_t {
    apr_thread_mutex_t *mutex;      /* guards free */
    apr_thread_cond_t *cond;
    int free;
};

bm_places_t *bm_places_make(int n, apr_pool_t *p)
{
    bm_places_t *places = apr_pcalloc(p, sizeof(*places));

    places->free = n < 1 ? 1 : n;
    apr_thread_mutex_create(&places->mutex, APR_THREAD_MUTEX_DEFAULT, p);
    apr_thread_cond_create(&places->cond, p);
    return places;
}

int bm_places_take(bm_places_t *places, apr_interval_time_t patience)
{
    apr_time_t until = bm_timefmt_steady() + patience, now;
    int taken;

    apr_thread_mutex_lock(places->mutex);
    while (places->free == 0 && (now = bm_timefmt_steady()) < until)
        apr_thread_cond_timedwait(places->cond, places->mutex, until - now);
    taken = places->free > 0;
    places->free -= taken;
    apr_thread_mutex_unlock(places->mutex);
    return taken;
}

void bm_places_give(bm_places_t *places)
{
    apr_thread_mutex_lock(places->mutex);
    places->free++;
    apr_thread_cond_signal(places->cond);
    apr_thread_mutex_unlock(places->mutex);
}
