/* SPDX-License-Identifier: Apache-2.0
 *
 * shm/live_meter.h: what web children count about those who watch; a part of bm_meters_t. Every word is an atomic.
 *
 * Writer: that child's hub (reserved: also its request threads). Reader: any process of the node. */
#ifndef BM_SHM_LIVE_METER_H
#define BM_SHM_LIVE_METER_H

#include <sys/types.h>
#include "shm/histogram.h"

/** How clients are served, in the order of bm_live_framing_e (live/hub.h). */
#define BM_LIVE_FRAMINGS 5

#define BM_LIVE_CHILDREN 256

/** Why clients went. */
typedef enum bm_live_end_e {
    BM_LIVE_END_CLIENT = 0,              /* closed, answered or lost */
    BM_LIVE_END_SLOW,                    /* did not take what it was sent */
    BM_LIVE_END_SILENT,                  /* did not answer pings */
    BM_LIVE_END_PROTOCOL,                /* broke the protocol */
    BM_LIVE_END_RESTART,                 /* the server wanted to end */
    BM_LIVE_END_ACCESS,                  /* lost its access */
    BM_LIVE_ENDS
} bm_live_end_e;

typedef struct bm_live_meter_t {
    _Alignas(64) _Atomic int64_t pid;    /* 0: free */
    _Atomic int64_t limit;               /* places */
    _Atomic int64_t clients[BM_LIVE_FRAMINGS];
    _Atomic int64_t groups;              /* different subscriptions */
    _Atomic int64_t queued;              /* blocks in all queues */
    _Atomic int64_t current;             /* 1: the stream follows the database */
} bm_live_meter_t;

/** Of all children, since the configuration began. */
typedef struct bm_live_meters_t {
    _Atomic uint64_t accepted, refused;      /* clients; refused for want of a place */
    _Atomic uint64_t ended[BM_LIVE_ENDS];
    _Atomic uint64_t events, pushes, bytes;  /* read by hubs; given to clients' queues; bytes of these */
    _Atomic uint64_t resumed, resets;
    bm_histogram_t delivery;                 /* of each event, from its insert until the last client's socket had it */
    bm_live_meter_t children[BM_LIVE_CHILDREN];
} bm_live_meters_t;

/** The gauges of all children that live. */
typedef struct bm_live_figures_t {
    int64_t children, limit, clients[BM_LIVE_FRAMINGS], groups, queued, current;
} bm_live_figures_t;

/** A place for this process; NULL: all are taken. Once a process. */
bm_live_meter_t *bm_live_meters_child(bm_live_meters_t *meters, pid_t self, int limit);

void bm_live_meters_read(bm_live_figures_t *figures, const bm_live_meters_t *meters);

#endif
