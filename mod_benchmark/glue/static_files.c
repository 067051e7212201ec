/* SPDX-License-Identifier: Apache-2.0 */
#include "glue/static_files.h"

#include <string.h>
#include <apr_file_io.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>
#include <util_cookies.h>
#include "api/etag.h"
#include "base/buffer.h"
#include "base/log.h"
#include "glue/directives.h"
#include "glue/index_page.h"
#include "parse/etag_list.h"

APLOG_USE_MODULE(benchmark);

#define ENCODING_NOTE "benchmark-encoding"
#define TYPE_NOTE "benchmark-type"
#define THEME_COOKIE "bm_theme"             /* set by htdocs/src/state/settings.ts */

enum { INDEX_MAX = 1024 * 1024 };

static const struct {
    const char *extension, *type;
    int compressed;                 /* copies may stand beside it */
} types[] = {
    { "js", "text/javascript; charset=utf-8", 1 },
    { "mjs", "text/javascript; charset=utf-8", 1 },
    { "css", "text/css; charset=utf-8", 1 },
    { "svg", "image/svg+xml", 1 },
    { "json", "application/json", 1 },
    { "map", "application/json", 1 },
    { "webmanifest", "application/manifest+json", 1 },
    { "txt", "text/plain; charset=utf-8", 1 },
    { "png", "image/png", 0 },
    { "ico", "image/vnd.microsoft.icon", 0 },
    { "woff2", "font/woff2", 0 },
    { NULL, NULL, 0 }
};

/* Row of a path's extension; that of the end mark if it has none that we serve. */
static int type_index(const char *path)
{
    const char *dot = strrchr(path, '.');
    int i;

    for (i = 0; types[i].extension != NULL; i++)
        if (dot != NULL && strcmp(dot + 1, types[i].extension) == 0)
            break;
    return i;
}

/* Whether a coding stands in Accept-Encoding with a weight other than 0. */
static int accepts(const request_rec *r, const char *coding)
{
    const char *at = apr_table_get(r->headers_in, "Accept-Encoding");
    size_t len = strlen(coding);

    while (at != NULL && *at != '\0') {
        size_t n;

        at += strspn(at, " \t,");
        n = strcspn(at, ",");
        if (n >= len && ap_cstr_casecmpn(at, coding, len) == 0 && strchr(" \t;,", at[len]) != NULL) {
            const char *q = apr_pstrmemdup(r->pool, at, n);

            q = ap_strcasestr(q, "q=");
            return q == NULL || strspn(q + 2, "0.") != strcspn(q + 2, " \t;");
        }
        at += n;
    }
    return 0;
}

static int find(request_rec *r, const char *path)
{
    return apr_stat(&r->finfo, path, APR_FINFO_MIN, r->pool) == APR_SUCCESS && r->finfo.filetype == APR_REG;
}

/* The file itself or its compressed copy, whichever the client can take. */
static int find_variant(request_rec *r, const char *path, int row)
{
    static const char *const variants[][3] = { { "br", ".br", "br" }, { "gzip", ".gz", "gzip" } };
    size_t i;

    apr_table_setn(r->notes, TYPE_NOTE, types[row].type);
    for (i = 0; types[row].compressed && i < sizeof(variants) / sizeof(variants[0]); i++) {
        const char *copy = apr_pstrcat(r->pool, path, variants[i][1], NULL);

        if (accepts(r, variants[i][0]) && find(r, copy)) {
            r->filename = apr_pstrdup(r->pool, copy);
            apr_table_setn(r->notes, ENCODING_NOTE, variants[i][2]);
            return 1;
        }
    }
    r->filename = apr_pstrdup(r->pool, path);
    return find(r, path);
}

static int is_safe(const char *path)
{
    return strstr(path, "/.") == NULL && strchr(path, '\\') == NULL;
}

/* Addresses of pages look like paths without an extension. */
static int is_page(const char *path)
{
    const char *last = strrchr(path, '/');

    return strcmp(path, "/index.html") == 0 || last == NULL || strchr(last, '.') == NULL;
}

int bm_static_files_map(request_rec *r, const bm_place_t *place)
{
    const char *dir = bm_directives_settings()->html_dir;
    const char *path = place->path;
    int row = type_index(path);

    r->finfo.filetype = APR_NOFILE;
    if (path[0] == '\0' || is_page(path) || !is_safe(path) || types[row].extension == NULL)
        return OK;                          /* the handler decides */
    find_variant(r, apr_pstrcat(r->pool, dir, path, NULL), row);
    return OK;
}

int bm_static_files_type(request_rec *r)
{
    const bm_place_t *place = bm_router_place_of(r);
    const char *encoding = apr_table_get(r->notes, ENCODING_NOTE);

    if (r->finfo.filetype != APR_REG)
        return OK;
    ap_set_content_type(r, apr_table_get(r->notes, TYPE_NOTE));
    if (encoding != NULL) {
        r->content_encoding = encoding;
        apr_table_setn(r->subprocess_env, "no-gzip", "1");
        apr_table_setn(r->subprocess_env, "no-brotli", "1");
    }
    if (types[type_index(place->path)].compressed)
        apr_table_mergen(r->headers_out, "Vary", "Accept-Encoding");
    apr_table_setn(r->headers_out, "Cache-Control", strncmp(place->path, "/assets/", 8) == 0
                   ? "public, max-age=31536000, immutable" : "public, max-age=3600");
    return OK;
}

/* --- index.html */

static apr_status_t read_file(bm_buffer_t *buffer, const char *path, apr_pool_t *p)
{
    char block[8192];
    apr_file_t *file;
    apr_size_t n;
    apr_status_t rv = apr_file_open(&file, path, APR_READ | APR_BINARY, APR_OS_DEFAULT, p);

    if (rv != APR_SUCCESS)
        return rv;
    for (;;) {
        n = sizeof(block);
        rv = apr_file_read(file, block, &n);
        if (rv != APR_SUCCESS)
            break;
        rv = bm_buffer_append(buffer, block, n);
        if (rv != APR_SUCCESS)
            break;
    }
    apr_file_close(file);
    return APR_STATUS_IS_EOF(rv) ? APR_SUCCESS : rv;
}

static int is_unchanged(const request_rec *r, const char *etag)
{
    const char *given = apr_table_get(r->headers_in, "If-None-Match");
    bm_etag_list_t *list;

    return given != NULL && bm_etag_list_parse(&list, given, r->pool) == APR_SUCCESS && bm_etag_list_has(list, etag, 0);
}

static int send_index(request_rec *r, const bm_place_t *place)
{
    const char *path = apr_pstrcat(r->pool, bm_directives_settings()->html_dir, "/index.html", NULL);
    bm_buffer_t *source = apr_pcalloc(r->pool, sizeof(*source)), *page = apr_pcalloc(r->pool, sizeof(*page));
    bm_index_page_t wanted = { place->mount, place->path, r->args != NULL && r->args[0] != '\0', NULL };
    const char *etag;
    apr_status_t rv;

    ap_cookie_read(r, THEME_COOKIE, &wanted.theme, 0);
    source->limit = INDEX_MAX;
    bm_buffer_adopt(source, r->pool);
    bm_buffer_adopt(page, r->pool);
    rv = read_file(source, path, r->pool);
    if (rv == APR_SUCCESS)
        rv = bm_index_page_make(page, source, &wanted, r->pool);
    if (rv != APR_SUCCESS) {
        ap_log_rerror(APLOG_MARK, APLOG_WARNING, rv, r, BMLOG(0110) "the dashboard cannot be read: %s (BenchmarkHtmlDir)", path);
        return HTTP_NOT_FOUND;
    }
    etag = bm_etag_of_bytes(page->data, page->len, r->pool);
    apr_table_setn(r->headers_out, "ETag", etag);
    apr_table_setn(r->headers_out, "Cache-Control", "no-cache");
    apr_table_mergen(r->headers_out, "Vary", "Cookie");
    if (is_unchanged(r, etag)) {
        r->status = HTTP_NOT_MODIFIED;
        return OK;
    }
    ap_set_content_type(r, "text/html; charset=utf-8");
    ap_set_content_length(r, (apr_off_t)page->len);
    ap_rwrite(page->data, (int)page->len, r);
    return OK;
}

static int redirect_to_slash(request_rec *r, const bm_place_t *place)
{
    const char *target = apr_pstrcat(r->pool, place->mount, "/", r->args ? "?" : "", r->args ? r->args : "", NULL);

    apr_table_setn(r->headers_out, "Location", target);
    return HTTP_PERMANENT_REDIRECT;
}

int bm_static_files_handle(request_rec *r, const bm_place_t *place)
{
    if (r->method_number != M_GET) {
        if (r->method_number == M_OPTIONS)
            return DECLINED;
        r->allowed |= (AP_METHOD_BIT << M_GET) | (AP_METHOD_BIT << M_OPTIONS);
        return HTTP_METHOD_NOT_ALLOWED;
    }
    if (r->finfo.filetype == APR_REG)
        return DECLINED;                    /* httpd's own handler sends it */
    if (place->path[0] == '\0')
        return redirect_to_slash(r, place);
    return is_page(place->path) && is_safe(place->path) ? send_index(r, place) : HTTP_NOT_FOUND;
}
