/* SPDX-License-Identifier: Apache-2.0 */
#include "shm/live_meter.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

static int is_gone(int64_t pid)
{
    return pid == 0 || (kill((pid_t)pid, 0) != 0 && errno == ESRCH);
}

static void clear(bm_live_meter_t *meter, int limit)
{
    int i;

    atomic_store(&meter->limit, limit);
    for (i = 0; i < BM_LIVE_FRAMINGS; i++)
        atomic_store(&meter->clients[i], 0);
    atomic_store(&meter->groups, 0);
    atomic_store(&meter->queued, 0);
    atomic_store(&meter->current, 0);
}

bm_live_meter_t *bm_live_meters_child(bm_live_meters_t *meters, pid_t self, int limit)
{
    int i;

    for (i = 0; i < BM_LIVE_CHILDREN; i++) {
        bm_live_meter_t *meter = &meters->children[i];
        int64_t pid = atomic_load(&meter->pid);

        if (!is_gone(pid) || !atomic_compare_exchange_strong(&meter->pid, &pid, self))
            continue;
        clear(meter, limit);
        return meter;
    }
    return NULL;
}

void bm_live_meters_read(bm_live_figures_t *figures, const bm_live_meters_t *meters)
{
    int i, k;

    memset(figures, 0, sizeof(*figures));
    for (i = 0; i < BM_LIVE_CHILDREN; i++) {
        const bm_live_meter_t *meter = &meters->children[i];

        if (is_gone(atomic_load_explicit(&meter->pid, memory_order_relaxed)))
            continue;
        figures->children++;
        figures->limit += atomic_load_explicit(&meter->limit, memory_order_relaxed);
        for (k = 0; k < BM_LIVE_FRAMINGS; k++)
            figures->clients[k] += atomic_load_explicit(&meter->clients[k], memory_order_relaxed);
        figures->groups += atomic_load_explicit(&meter->groups, memory_order_relaxed);
        figures->queued += atomic_load_explicit(&meter->queued, memory_order_relaxed);
        figures->current += atomic_load_explicit(&meter->current, memory_order_relaxed);
    }
}
