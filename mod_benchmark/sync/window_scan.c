/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/window_scan.h"

#include <stdlib.h>
#include <string.h>
#include <apr_thread_mutex.h>

enum { SCANS = 8, IDS_MAX = 1000000 };               /* 8 MB each at most */

struct bm_window_scan_t {
    apr_int64_t source_id;
    apr_time_t from, to;
    char *cursor;                /* of the page that it waits for */
    apr_uint64_t *ids;
    int n, size;
    int is_broken;               /* too many */
};

struct bm_window_scans_t {
    apr_thread_mutex_t *mutex;
    bm_window_scan_t *kept[SCANS];        /* NULL: free */
    int next;                             /* to give way */
};

apr_status_t bm_window_scans_create(bm_window_scans_t **pscans, apr_pool_t *p)
{
    bm_window_scans_t *scans = *pscans = apr_pcalloc(p, sizeof(*scans));

    return apr_thread_mutex_create(&scans->mutex, APR_THREAD_MUTEX_DEFAULT, p);
}

void bm_window_scan_forget(bm_window_scan_t *scan)
{
    if (scan == NULL)
        return;
    free(scan->cursor);
    free(scan->ids);
    free(scan);
}

static bm_window_scan_t *take_kept(bm_window_scans_t *scans, apr_int64_t source_id)
{
    bm_window_scan_t *found = NULL;
    int i;

    apr_thread_mutex_lock(scans->mutex);
    for (i = 0; i < SCANS && found == NULL; i++) {
        if (scans->kept[i] != NULL && scans->kept[i]->source_id == source_id) {
            found = scans->kept[i];
            scans->kept[i] = NULL;
        }
    }
    apr_thread_mutex_unlock(scans->mutex);
    return found;
}

bm_window_scan_t *bm_window_scan_take(bm_window_scans_t *scans, const bm_sync_t *s)
{
    bm_window_scan_t *scan = take_kept(scans, s->source_id);

    if (s->cursor != NULL && scan != NULL && scan->from == s->window_from && scan->to == s->window_to
        && strcmp(scan->cursor, s->cursor) == 0)
        return scan;
    bm_window_scan_forget(scan);
    if (s->cursor != NULL)
        return NULL;
    scan = calloc(1, sizeof(*scan));
    if (scan != NULL) {
        scan->source_id = s->source_id;
        scan->from = s->window_from;
        scan->to = s->window_to;
    }
    return scan;
}

static apr_uint64_t hash_of(const char *id)
{
    apr_uint64_t hash = 0xcbf29ce484222325ULL;

    while (*id != '\0')
        hash = (hash ^ (unsigned char)*id++) * 0x100000001b3ULL;
    return hash;
}

static int make_room(bm_window_scan_t *scan, int n)
{
    int size = scan->size > 0 ? scan->size : 1024;
    apr_uint64_t *ids;

    while (size < scan->n + n)
        size *= 2;
    if (size == scan->size)
        return 1;
    ids = realloc(scan->ids, (size_t)size * sizeof(*ids));
    if (ids == NULL)
        return 0;
    scan->ids = ids;
    scan->size = size;
    return 1;
}

void bm_window_scan_add(bm_window_scan_t *scan, bm_observation_t *const *observations, int n)
{
    int i;

    scan->is_broken |= scan->n + n > IDS_MAX;
    if (scan->is_broken || !make_room(scan, n)) {
        scan->is_broken = 1;
        return;
    }
    for (i = 0; i < n; i++)
        scan->ids[scan->n++] = hash_of(observations[i]->id);
}

void bm_window_scan_keep(bm_window_scans_t *scans, bm_window_scan_t *scan, const char *cursor)
{
    bm_window_scan_t *gives_way;

    free(scan->cursor);
    scan->cursor = strdup(cursor);
    if (scan->cursor == NULL) {
        bm_window_scan_forget(scan);
        return;
    }
    apr_thread_mutex_lock(scans->mutex);
    gives_way = scans->kept[scans->next];
    scans->kept[scans->next] = scan;
    scans->next = (scans->next + 1) % SCANS;
    apr_thread_mutex_unlock(scans->mutex);
    bm_window_scan_forget(gives_way);
}

static int compare(const void *a, const void *b)
{
    const apr_uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

int bm_window_scan_end(bm_window_scan_t *scan)
{
    if (!scan->is_broken && scan->n > 0)
        qsort(scan->ids, (size_t)scan->n, sizeof(*scan->ids), compare);
    return !scan->is_broken && scan->n > 0;
}

int bm_window_scan_has(const bm_window_scan_t *scan, const char *id)
{
    apr_uint64_t hash = hash_of(id);

    return scan->n > 0 && bsearch(&hash, scan->ids, (size_t)scan->n, sizeof(hash), compare) != NULL;
}
