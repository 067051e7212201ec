/* SPDX-License-Identifier: Apache-2.0
 *
 * Input: a line with inputs (JSON), then a template, which is filled as text for every context and, if it is
 * JSON, as a tree. Whatever the values are, a header gets no control character, a URL no character that has a
 * meaning there but those of the template, and a tree the shape of its template. */
#include "fuzz.h"

#include <string.h>
#include <apr_general.h>
#include <apr_strings.h>
#include "base/json.h"
#include "parse/json_text.h"
#include "parse/template.h"

#define MAX_BYTES 2000

static apr_status_t lookup(const char **pvalue, int *psecret, void *baton, const char *name, apr_pool_t *p)
{
    (void)baton;
    (void)p;
    *psecret = *name == 's';
    *pvalue = strstr(name, "BAD") ? "\xff\r\n" : "k\"1";
    return strstr(name, "NONE") ? APR_NOTFOUND : APR_SUCCESS;
}

static size_t count(const char *text, const char *set)
{
    size_t n = 0;

    for (; *text; text++)
        n += strchr(set, *text) != NULL;
    return n;
}

static void fill_texts(const char *tmpl, const bm_template_scope_t *scope, apr_pool_t *p)
{
    bm_err_t *err = bm_err_make(p);
    apr_array_header_t *names;
    const char *text, *s;
    apr_status_t known = bm_template_names_text(&names, tmpl, "/t", err, p);

    if (bm_template_fill_text(&text, tmpl, BM_TEMPLATE_RAW, scope, err, p) == APR_SUCCESS) {
        BM_FUZZ_CHECK(known == APR_SUCCESS && strlen(text) <= MAX_BYTES);
        BM_FUZZ_CHECK(names->nelts > 0 || strlen(text) <= strlen(tmpl));
    }
    else
        BM_FUZZ_CHECK(text == NULL && err->violations->nelts > 0);
    if (bm_template_fill_text(&text, tmpl, BM_TEMPLATE_HEADER, scope, err, p) == APR_SUCCESS)
        for (s = text; *s; s++)
            BM_FUZZ_CHECK((unsigned char)*s >= 0x20 && *s != 0x7f);
    if (bm_template_fill_text(&text, tmpl, BM_TEMPLATE_URL, scope, err, p) == APR_SUCCESS)
        BM_FUZZ_CHECK(count(text, "/?&#=:@+\"{}\r\n") <= count(tmpl, "/?&#=:@+\"{}\r\n"));
    BM_FUZZ_CHECK(err->violations->nelts <= 4 * BM_TEMPLATE_VIOLATIONS_MAX);
}

static void check_shape(const json_t *tmpl, const json_t *filled)
{
    json_t *of = (json_t *)(apr_uintptr_t)tmpl, *child;
    const char *key;
    size_t i;

    if (json_is_string(tmpl))
        return;
    BM_FUZZ_CHECK(json_typeof(tmpl) == json_typeof(filled));
    BM_FUZZ_CHECK(json_array_size(tmpl) == json_array_size(filled) &&
                  json_object_size(tmpl) == json_object_size(filled));
    json_array_foreach(of, i, child)
        check_shape(child, json_array_get(filled, i));
    json_object_foreach(of, key, child)
        check_shape(child, json_object_get(filled, key));
}

static void fill_tree(const char *tmpl, size_t len, const bm_template_scope_t *scope, apr_pool_t *p)
{
    bm_err_t *err = bm_err_make(p);
    apr_array_header_t *names;
    json_t *tree, *result, *back;
    const char *text;

    if (bm_json_parse(&tree, tmpl, len, NULL, p) != APR_SUCCESS)
        return;
    (void)bm_template_names_json(&names, tree, "", err, p);
    if (bm_template_fill_json(&result, tree, scope, err, p) != APR_SUCCESS) {
        BM_FUZZ_CHECK(result == NULL && err->violations->nelts > 0);
        return;
    }
    check_shape(tree, result);
    BM_FUZZ_CHECK(bm_json_text_fits_depth(result, BM_JSON_MAX_DEPTH));
    text = bm_json_text_compact(result, p);
    BM_FUZZ_CHECK(bm_json_parse(&back, text, strlen(text), NULL, p) == APR_SUCCESS && json_equal(back, result));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static apr_pool_t *process;
    bm_template_scope_t scope = { .lookup = lookup, .pointer = "/t", .max_bytes = MAX_BYTES };
    const uint8_t *line = size ? memchr(data, '\n', size) : NULL;
    const char *tmpl;
    json_t *inputs;
    apr_pool_t *p;
    size_t len;

    if (process == NULL) {
        apr_initialize();
        apr_pool_create(&process, NULL);
    }
    if (line == NULL)
        return 0;
    apr_pool_create(&p, process);
    (void)bm_json_parse(&inputs, (const char *)data, (size_t)(line - data), NULL, p);
    scope.inputs = inputs;
    scope.secrets = apr_array_make(p, 1, sizeof(const char *));
    len = size - (size_t)(line + 1 - data);
    tmpl = apr_pstrmemdup(p, (const char *)line + 1, len);
    fill_texts(tmpl, &scope, p);
    fill_tree(tmpl, len, &scope, p);
    scope.mask = "***";
    fill_tree(tmpl, len, &scope, p);
    apr_pool_destroy(p);
    return 0;
}
