/* SPDX-License-Identifier: Apache-2.0
 *
 * A walk over the template's tree. Where we are is a chain of frames on the stack, from which a pointer
 * is only built when something is wrong. All violations are collected; only a result that is too long
 * and a lookup that fails end the walk early. */
#include "parse/template.h"

#include <string.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include "base/buffer.h"
#include "base/json.h"
#include "base/text.h"
#include "parse/json_pointer.h"
#include "parse/json_text.h"
#include "parse/template_context.h"
#include "parse/template_scan.h"

/* One step from the root of the template. */
typedef struct frame_t {
    const struct frame_t *up;     /* NULL: the root */
    const char *key;              /* NULL: an element of an array */
    apr_size_t index;
} frame_t;

typedef struct fill_t {
    const bm_template_scope_t *scope;
    bm_err_t *err;
    apr_pool_t *p;
    bm_template_context_e context;    /* of text; BM_TEMPLATE_RAW in JSON */
    apr_size_t max, used;             /* bytes of the result */
    apr_status_t rv;                  /* what the walk will return */
    int stop;                         /* nothing more needs to be looked at */
    int violations;
    apr_array_header_t *names;        /* not NULL: names are collected and nothing is filled */
    apr_hash_t *seen;                 /* those of names */
} fill_t;

/* What a placeholder stands for: JSON or, from the lookup, text. */
typedef struct value_t {
    const json_t *json;
    const char *text;
} value_t;

int bm_template_is_reserved(const char *name)
{
    return strncmp(name, "secret.", 7) == 0 || strncmp(name, "env.", 4) == 0;
}

static const char *pointer_of(const fill_t *fill, const frame_t *frame)
{
    const char *base;

    if (frame == NULL)
        return fill->scope->pointer ? fill->scope->pointer : "";
    base = pointer_of(fill, frame->up);
    if (frame->key != NULL)
        return bm_json_pointer_add(base, frame->key, fill->p);
    return bm_json_pointer_add_index(base, frame->index, fill->p);
}

/* Something is wrong at frame. One answer names no more than BM_TEMPLATE_VIOLATIONS_MAX. */
static void broken(fill_t *fill, const frame_t *frame, const char *detail)
{
    fill->rv = APR_EINVAL;
    if (++fill->violations == BM_TEMPLATE_VIOLATIONS_MAX)
        fill->stop = 1;
    (void)bm_err_violation(fill->err, pointer_of(fill, frame), "%s", detail);
}

static void violation(fill_t *fill, const frame_t *frame, const char *name, const char *detail)
{
    broken(fill, frame, apr_psprintf(fill->p, "Placeholder {{%s}} %s.", name, detail));
}

static void malformed(fill_t *fill, const frame_t *frame, const bm_template_scan_t *scan)
{
    const char *shown = bm_text_clean_utf8(scan->text, scan->len, scan->len * 3, fill->p);

    broken(fill, frame, apr_psprintf(fill->p, "\"%s\" is not a placeholder such as {{name}}; write {{{{ for two "
                                     "braces.", shown));
}

static void give_up(fill_t *fill, apr_status_t rv)
{
    fill->rv = rv;
    fill->stop = 1;
}

/* Take len bytes from what the result may have. @return 0: it would be too long. */
static int reserve(fill_t *fill, const frame_t *frame, apr_size_t len)
{
    if (fill->stop)
        return 0;
    if (len <= fill->max - fill->used) {
        fill->used += len;
        return 1;
    }
    fill->stop = 1;
    broken(fill, frame, apr_psprintf(fill->p, "The filled template is longer than %" APR_SIZE_T_FMT " bytes here.",
                                     fill->max));
    return 0;
}

static void add_once(apr_array_header_t *list, const char *text)
{
    int i;

    for (i = 0; i < list->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(list, i, const char *), text) == 0)
            return;
    APR_ARRAY_PUSH(list, const char *) = text;
}

static void add_name(fill_t *fill, const char *name)
{
    if (apr_hash_get(fill->seen, name, APR_HASH_KEY_STRING) != NULL)
        return;
    apr_hash_set(fill->seen, name, APR_HASH_KEY_STRING, name);
    APR_ARRAY_PUSH(fill->names, const char *) = name;
}

/* --- values */

/* An input by its name: first as it is, then the part before each dot as an object that holds the rest. */
static const json_t *find_input(const json_t *inputs, const char *name, apr_pool_t *p)
{
    const json_t *value = json_object_get(inputs, name);
    const char *dot = name;

    while (value == NULL && (dot = strchr(dot, '.')) != NULL) {
        const json_t *object = json_object_get(inputs, apr_pstrmemdup(p, name, (apr_size_t)(dot - name)));

        dot++;
        if (json_is_object(object))
            return find_input(object, dot, p);
    }
    return value;
}

static int look_up(fill_t *fill, value_t *value, const frame_t *frame, const char *name)
{
    const bm_template_scope_t *scope = fill->scope;
    const char *text = NULL;
    int secret = 0;
    apr_status_t rv = scope->lookup ? scope->lookup(&text, &secret, scope->baton, name, fill->p) : APR_NOTFOUND;

    if (rv == APR_NOTFOUND || (rv == APR_SUCCESS && text == NULL))
        violation(fill, frame, name, "has no value");
    else if (rv == APR_EACCES)
        violation(fill, frame, name, "may not be used here");
    else if (rv != APR_SUCCESS)
        give_up(fill, rv);
    else {
        if (secret && scope->secrets != NULL && *text != '\0')
            add_once(scope->secrets, text);
        value->text = secret && scope->mask ? scope->mask : text;
        return 1;
    }
    return 0;
}

/* The value of the placeholder that scan found last. @return 0: there is none, which has been said. */
static int resolve(fill_t *fill, value_t *value, const frame_t *frame, const char *name)
{
    value->json = NULL;
    value->text = NULL;
    if (bm_template_is_reserved(name))
        return look_up(fill, value, frame, name);
    value->json = find_input(fill->scope->inputs, name, fill->p);
    if (value->json != NULL)
        return 1;
    violation(fill, frame, name, "has no value");
    return 0;
}

/* --- text */

static void put(fill_t *fill, bm_buffer_t *out, const frame_t *frame, const char *text, apr_size_t len)
{
    apr_status_t rv;

    if (!reserve(fill, frame, len))
        return;
    rv = bm_buffer_append(out, text, len);
    if (rv != APR_SUCCESS)
        give_up(fill, rv);
}

/* The text form of a value, as the context wants it. */
static void put_value(fill_t *fill, bm_buffer_t *out, const frame_t *frame, const char *name, const value_t *value)
{
    const char *text = value->text, *wrong;
    apr_size_t len;

    if (json_is_string(value->json)) {
        text = json_string_value(value->json);
        len = json_string_length(value->json);
    }
    else {
        if (value->json != NULL) {
            /* The bytes are those with 17 digits, at most thrice what it will be: never work on what cannot fit. */
            text = bm_json_text_bytes(value->json) / 3 > fill->max ? NULL : bm_json_text_compact(value->json, fill->p);
            if (text == NULL) {
                (void)reserve(fill, frame, fill->max + 1);
                return;
            }
        }
        len = strlen(text);
    }
    wrong = bm_template_context_refusal(fill->context, text, len);
    if (wrong != NULL) {
        violation(fill, frame, name, wrong);
        return;
    }
    text = bm_template_context_encode(fill->context, text, &len, fill->p);
    put(fill, out, frame, text, len);
}

/* Fill one string into out. */
static void fill_string(fill_t *fill, bm_buffer_t *out, const frame_t *frame, const char *text, apr_size_t len)
{
    bm_template_scan_t scan = { text, text + len, NULL, 0 };
    bm_template_part_e part;
    const char *name;
    value_t value;

    while (!fill->stop && (part = bm_template_scan_next(&scan)) != BM_TEMPLATE_END) {
        switch (part) {
        case BM_TEMPLATE_LITERAL:
            if (fill->names == NULL)
                put(fill, out, frame, scan.text, scan.len);
            break;
        case BM_TEMPLATE_NAME:
            name = apr_pstrmemdup(fill->p, scan.text, scan.len);
            if (fill->names != NULL)
                add_name(fill, name);
            else if (resolve(fill, &value, frame, name))
                put_value(fill, out, frame, name, &value);
            break;
        default:
            malformed(fill, frame, &scan);
            break;
        }
    }
}

/* --- JSON: each function returns a new reference, or NULL when fill->rv says why */

/* Text from the lookup may be anything; strings of a tree are UTF-8. */
static json_t *string_of(fill_t *fill, const frame_t *frame, const char *text, apr_size_t len)
{
    json_t *result = json_stringn(len ? text : "", len);

    if (result == NULL)
        broken(fill, frame, "A value that is filled in here is not valid UTF-8.");
    return result;
}

/* A copy of value, with its size taken from what the result may have. */
static json_t *copy_of(fill_t *fill, const frame_t *frame, const json_t *value)
{
    json_t *copy;

    if (!reserve(fill, frame, bm_json_text_bytes(value)))
        return NULL;
    copy = json_deep_copy(value);
    if (copy == NULL)
        give_up(fill, APR_ENOMEM);
    return copy;
}

/* A string that is one placeholder: the value itself. depth: levels above it. */
static json_t *fill_whole(fill_t *fill, const frame_t *frame, int depth, const char *name)
{
    value_t value;

    if (!resolve(fill, &value, frame, name))
        return NULL;
    if (value.json == NULL) {
        apr_size_t len = strlen(value.text);

        return reserve(fill, frame, len + 2) ? string_of(fill, frame, value.text, len) : NULL;
    }
    if (!bm_json_text_fits_depth(value.json, BM_JSON_MAX_DEPTH - depth)) {
        violation(fill, frame, name, "has a value that is nested too deeply");
        return NULL;
    }
    return copy_of(fill, frame, value.json);
}

static json_t *fill_json_string(fill_t *fill, const frame_t *frame, int depth, const json_t *tmpl)
{
    const char *text = json_string_value(tmpl);
    apr_size_t len = json_string_length(tmpl);
    bm_template_scan_t scan = { text, text + len, NULL, 0 };
    bm_buffer_t out = { 0 };
    json_t *result = NULL;

    if (fill->names == NULL && bm_template_scan_is_whole(&scan))
        return fill_whole(fill, frame, depth, apr_pstrmemdup(fill->p, scan.text, scan.len));
    if (!reserve(fill, frame, 2))
        return NULL;
    fill_string(fill, &out, frame, text, len);
    if (fill->rv == APR_SUCCESS && fill->names == NULL)
        result = string_of(fill, frame, out.data, out.len);
    bm_buffer_free(&out);
    return result;
}

static json_t *fill_value(fill_t *fill, const frame_t *frame, int depth, const json_t *tmpl);

static json_t *fill_array(fill_t *fill, const frame_t *frame, int depth, const json_t *tmpl)
{
    json_t *result = json_array(), *child;
    apr_size_t i;

    for (i = 0; i < json_array_size(tmpl); i++) {
        frame_t here = { frame, NULL, i };

        if (!reserve(fill, &here, 1))
            break;
        child = fill_value(fill, &here, depth + 1, json_array_get(tmpl, i));
        if (child != NULL)
            json_array_append_new(result, child);
    }
    return result;
}

static json_t *fill_object(fill_t *fill, const frame_t *frame, int depth, const json_t *tmpl)
{
    json_t *from = (json_t *)(apr_uintptr_t)tmpl, *result = json_object(), *member, *child;
    const char *key;

    json_object_foreach(from, key, member) {
        frame_t here = { frame, key, 0 };

        if (!reserve(fill, &here, strlen(key) + 4))
            break;
        child = fill_value(fill, &here, depth + 1, member);
        if (child != NULL)
            json_object_set_new(result, key, child);
    }
    return result;
}

static json_t *fill_value(fill_t *fill, const frame_t *frame, int depth, const json_t *tmpl)
{
    if (json_is_string(tmpl))
        return fill_json_string(fill, frame, depth, tmpl);
    if (!json_is_array(tmpl) && !json_is_object(tmpl))
        return copy_of(fill, frame, tmpl);
    if (depth == BM_JSON_MAX_DEPTH) {
        broken(fill, frame, apr_psprintf(fill->p, "The template is nested deeper than %d levels.", BM_JSON_MAX_DEPTH));
        return NULL;
    }
    if (!reserve(fill, frame, 1))
        return NULL;
    return json_is_array(tmpl) ? fill_array(fill, frame, depth, tmpl) : fill_object(fill, frame, depth, tmpl);
}

static void fill_init(fill_t *fill, const bm_template_scope_t *scope, bm_template_context_e context, bm_err_t *err,
                      apr_pool_t *p)
{
    memset(fill, 0, sizeof(*fill));
    fill->scope = scope;
    fill->context = context;
    fill->max = scope->max_bytes ? scope->max_bytes : BM_TEMPLATE_MAX_BYTES;
    fill->err = err;
    fill->p = p;
}

apr_status_t bm_template_fill_json(json_t **presult, const json_t *tmpl, const bm_template_scope_t *scope,
                                   bm_err_t *err, apr_pool_t *p)
{
    json_t *result;
    fill_t fill;

    *presult = NULL;
    fill_init(&fill, scope, BM_TEMPLATE_RAW, err, p);
    result = bm_json_adopt(fill_value(&fill, NULL, 0, tmpl), p);
    if (fill.rv != APR_SUCCESS)
        return fill.rv;
    *presult = result;
    return result ? APR_SUCCESS : APR_ENOMEM;
}

apr_status_t bm_template_fill_text(const char **presult, const char *tmpl, bm_template_context_e context,
                                   const bm_template_scope_t *scope, bm_err_t *err, apr_pool_t *p)
{
    bm_buffer_t out = { 0 };
    fill_t fill;

    *presult = NULL;
    fill_init(&fill, scope, context, err, p);
    if (context == BM_TEMPLATE_HEADER && bm_template_context_refusal(context, tmpl, strlen(tmpl)) != NULL)
        broken(&fill, NULL, "A header cannot hold control characters.");
    fill_string(&fill, &out, NULL, tmpl, strlen(tmpl));
    if (fill.rv == APR_SUCCESS)
        *presult = apr_pstrmemdup(p, out.len ? out.data : "", out.len);
    bm_buffer_free(&out);
    return fill.rv;
}

/* Collect names: of tree, or if that is NULL of text. */
static apr_status_t names_of(apr_array_header_t **pnames, const json_t *tree, const char *text, const char *pointer,
                             bm_err_t *err, apr_pool_t *p)
{
    bm_template_scope_t scope = { .pointer = pointer, .max_bytes = (apr_size_t)-1 };
    fill_t fill;

    fill_init(&fill, &scope, BM_TEMPLATE_RAW, err, p);
    *pnames = fill.names = apr_array_make(p, 4, sizeof(const char *));
    fill.seen = apr_hash_make(p);
    if (tree != NULL)
        json_decref(fill_value(&fill, NULL, 0, tree));
    else
        fill_string(&fill, NULL, NULL, text, strlen(text));
    return fill.rv;
}

apr_status_t bm_template_names_json(apr_array_header_t **pnames, const json_t *tmpl, const char *pointer, bm_err_t *err,
                                    apr_pool_t *p)
{
    return names_of(pnames, tmpl, NULL, pointer, err, p);
}

apr_status_t bm_template_names_text(apr_array_header_t **pnames, const char *tmpl, const char *pointer, bm_err_t *err,
                                    apr_pool_t *p)
{
    return names_of(pnames, NULL, tmpl, pointer, err, p);
}
