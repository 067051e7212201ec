/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/langfuse_bodies.h"

#include <string.h>
#include "base/json.h"
#include "base/text.h"
#include "parse/regex.h"

#define MASK "***"
#define REDACTED_AT_ONCE 2           /* times max: what is longer is cut before it is searched, and again behind that */

struct bm_langfuse_bodies_t {
    apr_size_t max;
    bm_regex_t **patterns;
    int n, broken;
    apr_int64_t budget_ns;
};

void bm_langfuse_bodies_make(bm_langfuse_bodies_t **pbodies, int max, const char *redact, apr_pool_t *p)
{
    bm_langfuse_bodies_t *b = max > 0 ? apr_pcalloc(p, sizeof(*b)) : NULL;
    const char *why;
    json_t *list = NULL;
    size_t i;

    *pbodies = b;
    if (b == NULL)
        return;
    b->max = (apr_size_t)max;
    if (redact == NULL)
        return;
    b->broken = bm_json_parse(&list, redact, strlen(redact), NULL, p) != APR_SUCCESS;
    b->patterns = apr_palloc(p, (json_array_size(list) + 1) * sizeof(*b->patterns));
    for (i = 0; i < json_array_size(list); i++) {
        const char *pattern = json_string_value(json_array_get(list, i));

        if (pattern == NULL || bm_regex_compile(&b->patterns[b->n++], pattern, &why, p) != APR_SUCCESS)
            b->broken = 1;
    }
}

void bm_langfuse_bodies_begin(bm_langfuse_bodies_t *b, apr_int64_t budget_ns)
{
    if (b != NULL)
        b->budget_ns = budget_ns;
}

const char *bm_langfuse_body(bm_langfuse_bodies_t *b, const json_t *value, apr_pool_t *p)
{
    const char *text;
    apr_size_t len;
    int i;

    if (b == NULL || value == NULL || json_is_null(value))
        return NULL;
    if (b->broken)
        return MASK;
    text = json_is_string(value) ? json_string_value(value) : bm_json_dump(NULL, value, p);
    len = strlen(text);
    if (b->n > 0 && len > REDACTED_AT_ONCE * b->max)
        text = bm_text_clean_utf8(text, len, REDACTED_AT_ONCE * b->max, p);
    for (i = 0; i < b->n; i++)
        if (bm_regex_mask(&text, b->patterns[i], text, strlen(text), MASK, &b->budget_ns, p) > BM_REGEX_FOUND)
            return MASK;
    return bm_text_clean_utf8(text, strlen(text), b->max, p);
}
