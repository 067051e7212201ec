/* SPDX-License-Identifier: Apache-2.0 */
#include "parse/json_text.h"

#include <stdlib.h>
#include <apr_strings.h>

const char *bm_json_text_compact(const json_t *value, apr_pool_t *p)
{
    const size_t flags = JSON_COMPACT | JSON_ENCODE_ANY;
    char *text = json_dumps(value, flags | JSON_REAL_PRECISION(15));
    json_t *back = text ? json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL) : NULL;
    int alike = back != NULL && json_equal(value, back);
    const char *copy;

    json_decref(back);
    if (text != NULL && !alike) {
        free(text);
        text = json_dumps(value, flags | JSON_REAL_PRECISION(17));
    }
    copy = text ? apr_pstrdup(p, text) : NULL;
    free(text);
    return copy;
}

apr_size_t bm_json_text_bytes(const json_t *value)
{
    return json_dumpb(value, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY);
}

int bm_json_text_fits_depth(const json_t *value, int levels)
{
    json_t *of = (json_t *)(apr_uintptr_t)value;     /* jansson's iterators take no const, but change nothing */
    const char *key;
    json_t *child;
    size_t i;

    if (!json_is_object(value) && !json_is_array(value))
        return 1;
    if (levels == 0)
        return 0;
    json_array_foreach(of, i, child)
        if (!bm_json_text_fits_depth(child, levels - 1))
            return 0;
    json_object_foreach(of, key, child)
        if (!bm_json_text_fits_depth(child, levels - 1))
            return 0;
    return 1;
}
