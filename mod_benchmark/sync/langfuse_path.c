/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/langfuse_path.h"

#include <string.h>
#include <apr_escape.h>
#include <apr_strings.h>
#include "base/text.h"
#include "base/timefmt.h"

#define PREFIX BM_LANGFUSE_PREFIX
#define FIELDS "core,basic,time,model,usage,metrics,trace_context,metadata"
#define V1_PAGE 100                      /* the most that the old endpoints give */

static const char *time_text(apr_time_t t, apr_pool_t *p)
{
    char text[BM_TIMEFMT_SIZE];

    bm_timefmt_rfc3339(text, t);
    memcpy(text + 23, "Z", 2);                   /* milliseconds */
    return apr_pescape_urlencoded(p, text);
}

static const char *range(const char *from_name, const char *to_name, apr_time_t from, apr_time_t to, apr_pool_t *p)
{
    return apr_psprintf(p, "&%s=%s&%s=%s", from_name, time_text(from, p), to_name, time_text(to, p));
}

/* Where the next page of the window is. v1 reads traces, then observations, by page numbers. */
typedef struct v1_place_t {
    int traces;
    apr_int64_t page, total;
} v1_place_t;

static v1_place_t v1_place(const char *cursor, apr_pool_t *p)
{
    v1_place_t place = { .traces = 1, .page = 1 };
    char *text = apr_pstrdup(p, cursor), *last, *part;

    if (text == NULL)
        return place;
    part = apr_strtok(text, ":", &last);
    place.traces = part != NULL && *part == 't';
    part = apr_strtok(NULL, ":", &last);
    if (part == NULL || bm_text_to_int64(&place.page, part, 1, APR_INT64_MAX) != APR_SUCCESS)
        place.page = 1;
    part = apr_strtok(NULL, ":", &last);
    if (part == NULL || bm_text_to_int64(&place.total, part, 0, APR_INT64_MAX) != APR_SUCCESS)
        place.total = 0;
    return place;
}

static const char *v1_cursor(int traces, apr_int64_t page, apr_int64_t total, apr_pool_t *p)
{
    return apr_psprintf(p, "%c:%" APR_INT64_T_FMT ":%" APR_INT64_T_FMT, traces ? 't' : 'o', page, total);
}

const char *bm_langfuse_probe_path(const char *path, apr_time_t from, apr_time_t to, apr_pool_t *p)
{
    return apr_pstrcat(p, PREFIX, path, range("fromStartTime", "toStartTime", from, to, p), NULL);
}

static const char *score_path(const bm_sync_t *s, int limit, apr_pool_t *p)
{
    const char *within = range("fromTimestamp", "toTimestamp", s->window_from, s->window_to, p);

    if (strcmp(s->api, "v4") != 0)
        return apr_psprintf(p, PREFIX "/v2/scores?page=%" APR_INT64_T_FMT "&limit=%d%s", v1_place(s->cursor, p).page, limit,
                            within);
    return apr_pstrcat(p, PREFIX "/v3/scores?fields=details,subject&limit=", apr_itoa(p, limit), within,
                       s->cursor ? "&cursor=" : NULL, s->cursor ? apr_pescape_urlencoded(p, s->cursor) : NULL, NULL);
}

const char *bm_langfuse_page_path(const bm_sync_t *s, bm_langfuse_reader_t **preader, apr_pool_t *p)
{
    int limit = s->page_limit < V1_PAGE ? s->page_limit : V1_PAGE;
    v1_place_t place;

    if (strcmp(s->window_kind, "scores") == 0) {
        *preader = bm_langfuse_page_scores;
        return score_path(s, limit, p);
    }
    *preader = bm_langfuse_page_observations;
    if (strcmp(s->api, "v4") == 0)
        return apr_pstrcat(p, PREFIX "/v2/observations?fields=" FIELDS, s->body_max > 0 ? ",io" : "", "&limit=",
                           apr_itoa(p, s->page_limit), range("fromStartTime", "toStartTime", s->window_from, s->window_to, p),
                           s->cursor ? "&cursor=" : NULL, s->cursor ? apr_pescape_urlencoded(p, s->cursor) : NULL, NULL);
    place = v1_place(s->cursor, p);
    if (!place.traces)
        return apr_psprintf(p, PREFIX "/observations?page=%" APR_INT64_T_FMT "&limit=%d%s", place.page, limit,
                            range("fromStartTime", "toStartTime", s->window_from, s->window_to, p));
    *preader = bm_langfuse_page_traces;
    return apr_psprintf(p, PREFIX "/traces?page=%" APR_INT64_T_FMT "&limit=%d&orderBy=timestamp.asc%s", place.page, limit,
                        range("fromTimestamp", "toTimestamp", s->window_from, s->window_to, p));
}

apr_status_t bm_langfuse_go_on(bm_sync_t *s, const bm_langfuse_page_t *page, int *plast, apr_pool_t *p)
{
    int limit = s->page_limit < V1_PAGE ? s->page_limit : V1_PAGE, more;
    v1_place_t place;

    *plast = 0;
    if (strcmp(s->api, "v4") == 0) {
        if (page->cursor != NULL && s->cursor != NULL && strcmp(page->cursor, s->cursor) == 0)
            return APR_EINVAL;
        *plast = page->cursor == NULL;
        s->cursor = apr_pstrdup(p, page->cursor);
        return APR_SUCCESS;
    }
    place = v1_place(s->cursor, p);
    more = page->total_pages > 0 ? place.page < page->total_pages : page->received >= limit;
    if (strcmp(s->window_kind, "scores") == 0) {
        s->cursor = more ? v1_cursor(1, place.page + 1, page->total_items, p) : NULL;
        *plast = !more;
    }
    else if (!place.traces && page->total_items < place.total)
        s->cursor = v1_cursor(0, 1, page->total_items, p);      /* some went, and what followed them moved up */
    else if (more)
        s->cursor = v1_cursor(place.traces, place.page + 1, page->total_items, p);
    else if (place.traces)
        s->cursor = v1_cursor(0, 1, 0, p);
    else
        *plast = 1;
    return APR_SUCCESS;
}
