/* SPDX-License-Identifier: Apache-2.0 */
#include "api/page.h"

#include <string.h>
#include <apr_escape.h>
#include <apr_strings.h>
#include "store/row_json.h"

void bm_page_read(bm_page_t *page, const bm_req_t *q)
{
    page->limit = (int)bm_query_string_int(q->query, "limit", BM_PAGE_LIMIT);
    page->skip = bm_query_string_int(q->query, "skip", 0);
    page->after = bm_query_string_int(q->query, "after", 0);
    page->total = bm_query_string_bool(q->query, "total", 0);
}

/* Whether one "name=value" of a query string is a parameter that names the page. */
static int names_the_page(const char *pair, size_t len)
{
    static const char *const names[] = { "skip", "after" };
    size_t i, n = 0;

    while (n < len && pair[n] != '=')
        n++;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strlen(names[i]) == n && memcmp(pair, names[i], n) == 0)
            return 1;
    return 0;
}

/* Only what may stand in a URL between < and >. A query is encoded already, a path is not: there `more` is encoded, too
 * (clients part a Link's parameters at any semicolon). */
static const char *clean(const char *text, size_t len, const char *more, apr_pool_t *p)
{
    static const char hex[] = "0123456789ABCDEF";
    char *out = apr_palloc(p, 3 * len + 1), *to = out;
    size_t i;

    for (i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c > 0x20 && c < 0x7f && strchr("<>\"\\^`{|}", c) == NULL && strchr(more, c) == NULL)
            *to++ = (char)c;
        else {
            *to++ = '%';
            *to++ = hex[c >> 4];
            *to++ = hex[c & 15];
        }
    }
    *to = '\0';
    return out;
}

static const char *url_with(const char *path, const char *query, const char *name, const char *value, apr_pool_t *p)
{
    const char *url = apr_pstrcat(p, clean(path, strlen(path), "%?#;", p), "?", NULL);
    const char *at = query;

    while (at != NULL && *at != '\0') {
        size_t len = strcspn(at, "&");

        if (len > 0 && !names_the_page(at, len))
            url = apr_pstrcat(p, url, clean(at, len, "", p), "&", NULL);
        at += len;
        if (*at == '&')
            at++;
    }
    return apr_pstrcat(p, url, name, "=", value, NULL);
}

const char *bm_page_url(const char *path, const char *query, const char *name, apr_int64_t value, apr_pool_t *p)
{
    return url_with(path, query, name, apr_psprintf(p, "%" APR_INT64_T_FMT, value), p);
}

void bm_page_set_next_text(bm_req_t *q, const char *name, const char *value)
{
    const char *url = url_with(apr_pstrcat(q->p, q->prefix, q->path, NULL), q->query_text, name,
                               apr_pescape_urlencoded(q->p, value), q->p);

    apr_table_setn(q->headers, "Link", apr_pstrcat(q->p, "<", url, ">; rel=\"next\"", NULL));
}

void bm_page_set_next(bm_req_t *q, const char *name, apr_int64_t value)
{
    bm_page_set_next_text(q, name, apr_psprintf(q->p, "%" APR_INT64_T_FMT, value));
}

void bm_page_reply(bm_req_t *q, const bm_page_t *page, const bm_rows_t *rows, int first, const bm_field_t *fields, int summary,
                   int id_column)
{
    int i, n = bm_rows_count(rows);

    if (n > page->limit) {
        if (id_column >= 0)
            bm_page_set_next(q, "after", bm_rows_int64(rows, page->limit - 1, id_column, 0));
        else
            bm_page_set_next(q, "skip", page->skip + page->limit);
        n = page->limit;
    }
    bm_jw_begin_array(&q->w);
    for (i = 0; i < n; i++)
        bm_row_json_write(&q->w, rows, i, first, fields, summary);
    bm_jw_end_array(&q->w);
}

void bm_page_set_total(bm_req_t *q, apr_int64_t count)
{
    apr_table_setn(q->headers, "X-Total-Count", count > BM_PAGE_COUNT_MAX ? apr_psprintf(q->p, "%d+", BM_PAGE_COUNT_MAX)
                   : apr_psprintf(q->p, "%" APR_INT64_T_FMT, count));
}
