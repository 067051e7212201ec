/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/etag_list.h"

#include <string.h>
#include <apr_strings.h>

static const char *skip_blanks(const char *s)
{
    return s + strspn(s, " \t");
}

/* Bytes of an opaque tag without the suffix that a compressing filter put before the closing quote. */
static apr_size_t length_without_suffix(const char *opaque, apr_size_t len)
{
    static const char *const suffixes[] = { "-gzip\"", "-br\"" };
    apr_size_t i;

    for (i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        apr_size_t n = strlen(suffixes[i]);

        if (len > n && memcmp(opaque + len - n, suffixes[i], n) == 0)
            return len - n + 1;
    }
    return len;
}

/* One entity tag at *ps. */
static apr_status_t read_tag(bm_etag_t *tag, const char **ps, apr_pool_t *p)
{
    const char *s = *ps, *start;
    apr_size_t len, kept;
    char *copy;

    tag->weak = s[0] == 'W' && s[1] == '/';
    if (tag->weak)
        s += 2;
    if (*s != '"')
        return APR_EINVAL;
    start = s++;
    while (*s != '"') {
        if ((unsigned char)*s <= 0x20 || *s == 0x7f)
            return APR_EINVAL;
        s++;
    }
    len = (apr_size_t)(++s - start);
    kept = length_without_suffix(start, len);
    copy = apr_pstrmemdup(p, start, kept);
    copy[kept - 1] = '"';
    tag->opaque = copy;
    *ps = s;
    return APR_SUCCESS;
}

apr_status_t bm_etag_list_parse(bm_etag_list_t **plist, const char *value, apr_pool_t *p)
{
    bm_etag_list_t *list = apr_pcalloc(p, sizeof(*list));
    const char *s = value;

    *plist = NULL;
    if (value == NULL)
        return APR_EINVAL;
    list->tags = apr_array_make(p, 2, sizeof(bm_etag_t));
    s = skip_blanks(s);
    if (*s == '*') {
        list->any = 1;
        s = skip_blanks(s + 1);
    }
    else {
        for (;;) {
            while (*s == ',' || *s == ' ' || *s == '\t')      /* empty elements are allowed */
                s++;
            if (*s == '\0')
                break;
            if (read_tag(apr_array_push(list->tags), &s, p) != APR_SUCCESS)
                return APR_EINVAL;
            s = skip_blanks(s);
            if (*s != ',' && *s != '\0')
                return APR_EINVAL;
        }
    }
    if (*s != '\0' || (!list->any && list->tags->nelts == 0))
        return APR_EINVAL;
    *plist = list;
    return APR_SUCCESS;
}

int bm_etag_list_has(const bm_etag_list_t *list, const char *etag, int strong)
{
    int weak, i;

    if (etag == NULL)
        return 0;
    if (list->any)
        return 1;
    weak = strncmp(etag, "W/", 2) == 0;
    if (weak)
        etag += 2;
    for (i = 0; i < list->tags->nelts; i++) {
        const bm_etag_t *tag = &APR_ARRAY_IDX(list->tags, i, bm_etag_t);

        if (strcmp(tag->opaque, etag) == 0 && !(strong && (weak || tag->weak)))
            return 1;
    }
    return 0;
}

int bm_etag_list_begins(const bm_etag_list_t *list, const char *begin)
{
    int i;

    for (i = 0; i < list->tags->nelts; i++) {
        const bm_etag_t *tag = &APR_ARRAY_IDX(list->tags, i, bm_etag_t);

        if (!tag->weak && strncmp(tag->opaque, begin, strlen(begin)) == 0)
            return 1;
    }
    return list->any;
}
