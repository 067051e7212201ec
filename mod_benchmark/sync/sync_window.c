/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/sync_window.h"

#include <string.h>

#define DAY apr_time_from_sec(86400)

static void open_window(bm_sync_t *s, const char *kind, apr_time_t from, apr_time_t to)
{
    s->window_kind = kind;
    s->window_from = from;
    s->window_to = to;
    s->cursor = NULL;
}

/* Servers take milliseconds. */
static apr_time_t whole_ms(apr_time_t t)
{
    return t - t % 1000;
}

static apr_interval_time_t longest(const bm_sync_t *s)
{
    return apr_time_from_sec(s->window_seconds);
}

static void open_head(bm_sync_t *s, apr_time_t now)
{
    apr_time_t from = s->head_next;

    if (from == 0 && s->seen_to != 0)
        from = s->seen_to - s->overlap;
    else if (from == 0)                       /* shorter than a whole window, which would be one that ended too early */
        from = now - (s->overlap > longest(s) ? s->overlap : longest(s) - 1000);
    if (from >= now)                          /* the clock was set back */
        from = now - s->overlap;
    open_window(s, "head", from, now - from > longest(s) ? from + longest(s) : now);
}

/* Once in a pass, behind all observations, up to where the newest of these was read. They are few, and come in one window. */
static int open_scores(bm_sync_t *s)
{
    if (!s->scores || (s->scores_to != 0 && s->scores_to >= s->head_at))
        return 0;
    open_window(s, "scores", s->scores_to != 0 ? s->scores_to - s->overlap : s->backfill_to, s->head_at);
    return 1;
}

int bm_sync_window_open(bm_sync_t *s, apr_time_t now)
{
    now = whole_ms(now);
    if (s->head_at == 0 || now - s->head_at >= s->interval) {
        open_head(s, now);
        return 1;
    }
    s->backfill_to = s->backfill_from - s->backfill_days * DAY;
    if (s->seen_from <= s->backfill_to)
        return open_scores(s);
    open_window(s, "backfill", s->seen_from - s->backfill_to > longest(s) ? s->seen_from - longest(s) : s->backfill_to,
                s->seen_from);
    return 1;
}

static void close_head(bm_sync_t *s)
{
    if (s->seen_to == 0 || s->window_to > s->seen_to)
        s->seen_to = s->window_to;
    if (s->seen_from == 0)
        s->seen_from = s->backfill_from = s->window_from;
    /* shorter than it may be: it ended with what was now */
    if (s->window_to - s->window_from < longest(s)) {
        s->head_at = s->window_to;
        s->head_next = 0;
    }
    else
        s->head_next = s->window_to;
}

void bm_sync_window_close(bm_sync_t *s)
{
    if (strcmp(s->window_kind, "head") == 0)
        close_head(s);
    else if (strcmp(s->window_kind, "scores") == 0)
        s->scores_to = s->window_to;
    else
        s->seen_from = s->window_from;
    s->window_kind = NULL;
    s->window_from = s->window_to = 0;
    s->cursor = NULL;
    s->window_seconds = s->window_seconds * 2 < BM_SYNC_WINDOW_MAX ? s->window_seconds * 2 : BM_SYNC_WINDOW_MAX;
    s->page_limit = s->page_limit * 2 < s->page_size ? s->page_limit * 2 : s->page_size;
}

int bm_sync_window_shrink(bm_sync_t *s)
{
    if (s->window_seconds <= BM_SYNC_WINDOW_MIN && s->page_limit <= BM_SYNC_PAGE_MIN)
        return 0;
    s->window_seconds = s->window_seconds / 2 > BM_SYNC_WINDOW_MIN ? s->window_seconds / 2 : BM_SYNC_WINDOW_MIN;
    s->page_limit = s->page_limit / 2 > BM_SYNC_PAGE_MIN ? s->page_limit / 2 : BM_SYNC_PAGE_MIN;
    s->window_kind = NULL;
    s->window_from = s->window_to = 0;
    s->cursor = NULL;
    return 1;
}

void bm_sync_window_restart(bm_sync_t *s)
{
    s->cursor = NULL;
}
