/* SPDX-License-Identifier: Apache-2.0 */
#include "provider/provider_mask.h"

#include <string.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include "base/buffer.h"
#include "base/json.h"
#include "base/text.h"
#include "parse/template_context.h"

/* Parts of header names whose values are credentials, lower case. */
static const char *const hidden[] = { "auth", "key", "token", "secret", "cookie", "password", "signature", NULL };

void bm_provider_mask_add(bm_call_t *call, const char *value)
{
    int i;

    if (value == NULL || *value == '\0')
        return;
    for (i = 0; i < call->secrets->nelts; i++)
        if (strcmp(APR_ARRAY_IDX(call->secrets, i, const char *), value) == 0)
            return;
    APR_ARRAY_PUSH(call->secrets, const char *) = apr_pstrdup(call->p, value);
}

/* --- the forms of a secret */

typedef struct form_t {
    const char *text;
    apr_size_t len;
} form_t;

static void add_form(apr_array_header_t *forms, const char *text, apr_size_t len)
{
    form_t *form;
    int i;

    for (i = 0; i < forms->nelts; i++) {
        form = &APR_ARRAY_IDX(forms, i, form_t);
        if (form->len == len && memcmp(form->text, text, len) == 0)
            return;
    }
    form = apr_array_push(forms);
    form->text = text;
    form->len = len;
}

/* As in a JSON string, without its quotes. */
static const char *json_form(const char *text, apr_size_t *len, apr_pool_t *p)
{
    bm_buffer_t out = { 0 };
    bm_jw_t w;
    const char *copy = text;

    bm_jw_init(&w, &out);
    bm_jw_string_n(&w, text, *len);
    if (w.rv == APR_SUCCESS && out.len >= 2) {
        *len = out.len - 2;
        copy = apr_pstrmemdup(p, out.data + 1, *len);
    }
    bm_buffer_free(&out);
    return copy;
}

/* Every way in which the call's secrets may appear. */
static apr_array_header_t *forms_of(const bm_call_t *call)
{
    apr_array_header_t *forms = apr_array_make(call->p, 4, sizeof(form_t));
    int i;

    for (i = 0; i < call->secrets->nelts; i++) {
        const char *secret = APR_ARRAY_IDX(call->secrets, i, const char *), *text;
        apr_size_t len = strlen(secret);

        add_form(forms, secret, len);
        text = bm_template_context_encode(BM_TEMPLATE_URL, secret, &len, call->p);
        add_form(forms, text, len);
        len = strlen(secret);
        text = json_form(secret, &len, call->p);
        add_form(forms, text, len);
    }
    return forms;
}

/* The longest form that stands at `at`; 0: none. The longest, so that no rest of a longer secret stays. */
static apr_size_t form_at(const apr_array_header_t *forms, const char *at, apr_size_t left)
{
    apr_size_t longest = 0;
    int i;

    for (i = 0; i < forms->nelts; i++) {
        const form_t *form = &APR_ARRAY_IDX(forms, i, form_t);

        if (form->len > longest && form->len <= left && *form->text == *at && memcmp(form->text, at, form->len) == 0)
            longest = form->len;
    }
    return longest;
}

static int any_form_in(const apr_array_header_t *forms, const char *text, apr_size_t len)
{
    int i;

    for (i = 0; i < forms->nelts; i++) {
        const form_t *form = &APR_ARRAY_IDX(forms, i, form_t);

        if (bm_text_find(text, len, form->text, form->len) != NULL)
            return 1;
    }
    return 0;
}

const char *bm_provider_mask_text(const bm_call_t *call, const char *text, apr_size_t *len)
{
    apr_array_header_t *forms;
    bm_buffer_t out = { 0 };
    apr_size_t i, n;

    if (text == NULL || *len == 0 || call->secrets->nelts == 0)
        return text;
    forms = forms_of(call);
    if (!any_form_in(forms, text, *len))
        return text;
    for (i = 0; i < *len; i += n) {
        apr_status_t rv;

        n = form_at(forms, text + i, *len - i);
        rv = n > 0 ? bm_buffer_append(&out, BM_PROVIDER_MASK, sizeof(BM_PROVIDER_MASK) - 1)
                   : bm_buffer_append(&out, text + i, n = 1);
        if (rv != APR_SUCCESS) {        /* rather nothing than a secret */
            bm_buffer_free(&out);
            *len = sizeof(BM_PROVIDER_MASK) - 1;
            return BM_PROVIDER_MASK;
        }
    }
    text = apr_pstrmemdup(call->p, out.data, out.len);
    *len = out.len;
    bm_buffer_free(&out);
    return text;
}

int bm_provider_mask_header(const char *name, apr_size_t len)
{
    char lower[128];
    apr_size_t i;
    int k;

    if (len >= sizeof(lower))
        return 1;
    for (i = 0; i < len; i++)
        lower[i] = (char)apr_tolower(name[i]);
    for (k = 0; hidden[k] != NULL; k++)
        if (bm_text_find(lower, len, hidden[k], strlen(hidden[k])) != NULL)
            return 1;
    return 0;
}

/* --- the request as it is kept */

/* "Bearer ***": the scheme says which kind of credential was sent and is no secret. */
static const char *masked_value(const char *value, apr_pool_t *p)
{
    apr_size_t scheme = strcspn(value, " ");

    if (value[scheme] == ' ' && scheme <= 8)
        return apr_pstrcat(p, apr_pstrmemdup(p, value, scheme + 1), BM_PROVIDER_MASK, NULL);
    return BM_PROVIDER_MASK;
}

static void write_headers(bm_jw_t *w, const bm_call_t *call, const apr_array_header_t *headers)
{
    int i;

    bm_jw_begin_object(w);
    for (i = 0; headers != NULL && i < headers->nelts; i++) {
        const char *line = APR_ARRAY_IDX(headers, i, const char *), *value;
        apr_size_t name_len = strcspn(line, ":"), len;

        if (line[name_len] != ':')
            continue;
        value = line + name_len + 1 + strspn(line + name_len + 1, " \t");
        if (bm_provider_mask_header(line, name_len))
            value = masked_value(value, call->p);
        len = strlen(value);
        value = bm_provider_mask_text(call, value, &len);
        bm_jw_key(w, apr_pstrmemdup(call->p, line, name_len));
        bm_jw_string(w, bm_text_clean_utf8(value, len, len * 3, call->p));
    }
    bm_jw_end_object(w);
}

/* A new reference. */
static json_t *masked_json(const bm_call_t *call, const json_t *j)
{
    json_t *copy, *value;
    const char *key, *text;
    apr_size_t len, i;

    if (json_is_string(j)) {
        len = json_string_length(j);
        text = bm_provider_mask_text(call, json_string_value(j), &len);
        return json_stringn(text, len);
    }
    if (json_is_array(j)) {
        copy = json_array();
        for (i = 0; i < json_array_size(j); i++)
            json_array_append_new(copy, masked_json(call, json_array_get(j, i)));
        return copy;
    }
    if (!json_is_object(j))
        return json_deep_copy(j);
    copy = json_object();
    json_object_foreach((json_t *)(apr_uintptr_t)j, key, value) {
        len = strlen(key);
        text = bm_provider_mask_text(call, key, &len);
        json_object_set_new(copy, text, masked_json(call, value));
    }
    return copy;
}

/* A copy of j in which every string and every member's name is masked; in call->p. j itself if the call has no secrets. */
static const json_t *mask_json(const bm_call_t *call, const json_t *j)
{
    return call->secrets->nelts > 0 ? bm_json_adopt(masked_json(call, j), call->p) : j;
}

static void write_body(bm_jw_t *w, const bm_call_t *call, const bm_http_request_t *request)
{
    const char *text;
    apr_size_t len = request->body_len;
    json_t *j;

    if (request->body == NULL) {
        bm_jw_null(w);
        return;
    }
    if (bm_json_parse(&j, request->body, len, NULL, call->p) == APR_SUCCESS) {
        text = bm_json_dump(&len, mask_json(call, j), call->p);
        bm_jw_raw(w, text, len);
        return;
    }
    text = bm_provider_mask_text(call, request->body, &len);
    bm_jw_string(w, bm_text_clean_utf8(text, len, len * 3, call->p));
}

const char *bm_provider_request_json(const bm_call_t *call, const bm_http_request_t *request)
{
    bm_buffer_t out = { 0 };
    apr_size_t len = strlen(request->url);
    const char *text;
    bm_jw_t w;

    bm_jw_init(&w, &out);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "method");
    bm_jw_string(&w, request->method);
    bm_jw_key(&w, "url");
    text = bm_provider_mask_text(call, request->url, &len);
    bm_jw_string_n(&w, text, len);
    bm_jw_key(&w, "headers");
    write_headers(&w, call, request->headers);
    bm_jw_key(&w, "body");
    write_body(&w, call, request);
    bm_jw_end_object(&w);
    text = w.rv == APR_SUCCESS ? apr_pstrmemdup(call->p, out.data, out.len) : "null";
    bm_buffer_free(&out);
    return text;
}
