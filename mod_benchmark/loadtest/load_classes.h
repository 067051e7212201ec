/* SPDX-License-Identifier: Apache-2.0
 *
 * loadtest/load_classes.h: classes of requests that share a fixed budget of requests under way (docs/load-tests.md, `classes`).
 *
 * A place of the plan belongs to a class by the plan's seed and its number. It arrives, waits in its class' line, first come,
 * first served, and is taken when there is room in the budget and the policy says that it is its class' turn. Lines hold places
 * of the plan, not requests, which are made when they are taken.
 *
 * Times are those of the monotonic clock. Recorder thread only. */
#ifndef BM_LOADTEST_LOAD_CLASSES_H
#define BM_LOADTEST_LOAD_CLASSES_H

#include <apr_pools.h>
#include <jansson.h>
#include "base/json.h"

/** Most that wait; arrivals beyond are not taken from the plan until there is room. */
enum { BM_LOAD_CLASSES_WAITING_MAX = 20000 };

/** A place of the plan on its way to be sent. */
typedef struct bm_load_arrival_t {
    apr_int64_t seq, session;        /* session -1: none */
    apr_int64_t planned_ns;
    int step, phase, turn;           /* phase: bm_load_phase_e */
    int class_number;                /* 0 without classes */
    apr_uint64_t begun, own_begun;   /* when it arrived: places given so far, of all and of its class */
    int others_before;               /* when it arrived: those of other classes that waited */
} bm_load_arrival_t;

typedef struct bm_load_classes_t bm_load_classes_t;

/** From the member `classes` of a checked plan; NULL: it has none. In p. */
bm_load_classes_t *bm_load_classes_make(const json_t *json, apr_uint64_t seed, apr_pool_t *p);

/** How many there are; 1 if classes is NULL. */
int bm_load_classes_count(const bm_load_classes_t *classes);

/** What a class lays over the inputs; NULL: nothing, or classes is NULL. */
const json_t *bm_load_classes_inputs(const bm_load_classes_t *classes, int number);

/** The class of place seq. */
int bm_load_classes_of(const bm_load_classes_t *classes, apr_int64_t seq);

/** How many wait; 0 if classes is NULL. */
int bm_load_classes_waiting(const bm_load_classes_t *classes);

/** One arrives; seq and class_number are set. Arrivals come in the order of planned_ns. */
void bm_load_classes_arrive(bm_load_classes_t *classes, const bm_load_arrival_t *arrival);

/** Whose turn it is: it holds a place from now on. One that is not due yet gets one only when none that is due waits.
 *  @return 0: nobody waits, or there is no room. */
int bm_load_classes_take(bm_load_classes_t *classes, bm_load_arrival_t *arrival, apr_int64_t now_ns);

/** A place is free again that was held for so many seconds of the window. */
void bm_load_classes_leave(bm_load_classes_t *classes, int number, double held_s);

/** One that will not be sent any more. counts: it belongs to the window, and has failed by that. @return 0: nobody waits. */
int bm_load_classes_drop(bm_load_classes_t *classes, bm_load_arrival_t *arrival, int counts, apr_int64_t now_ns);

/** A request of the window has ended for good; e2e_ms from the planned send, NaN: not known. */
void bm_load_classes_ended(bm_load_classes_t *classes, int number, int completed, double e2e_ms);

/** Those that wait were planned so much later: the load test was paused. */
void bm_load_classes_shift(bm_load_classes_t *classes, apr_int64_t by_ns);

/** Write the member classes, of a window of so many seconds; nothing if classes is NULL. */
void bm_load_classes_write(bm_jw_t *w, const bm_load_classes_t *classes, double seconds);

#endif
