/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/inputs.h"

#include <string.h>
#include <strings.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/text.h"
#include "parse/json_pointer.h"
#include "parse/template.h"
#include "provider/provider_mask.h"
#include "provider/provider_request.h"

enum { REFERENCES_MAX = 32, COMPLAINTS_MAX = 3 };

/* What is filled in, and from where. */
typedef struct source_t {
    const bm_settings_t *settings;
    bm_vault_t *vault;
    bm_call_t *call;
    bm_err_t *err;
    apr_pool_t *p;
    const json_t *raw;           /* inputs as they came */
    json_t *filled;              /* those that are done */
    json_t *open;                /* names of those under way */
    apr_status_t rv;
} source_t;

static apr_status_t look_up(const char **pvalue, int *psecret, void *baton, const char *name, apr_pool_t *p)
{
    const source_t *source = baton;
    bm_err_t *why;
    apr_status_t rv;

    *psecret = strncmp(name, "secret.", 7) == 0;
    if (!*psecret) {
        *pvalue = source->settings->env_allow ? apr_table_get(source->settings->env_allow, name + 4) : NULL;
        return *pvalue ? APR_SUCCESS : APR_NOTFOUND;
    }
    why = bm_err_make(p);
    rv = bm_vault_secret(pvalue, source->vault, name + 7, why, p);
    if (rv != APR_SUCCESS && rv != APR_NOTFOUND)       /* that there is none is said like that of any name */
        (void)bm_err_set(source->err, rv, why->code, "%s", why->detail);
    return rv;
}

static bm_template_scope_t scope_of(source_t *source, const char *pointer)
{
    return (bm_template_scope_t){ .inputs = source->filled, .lookup = look_up, .baton = source, .pointer = pointer,
                                  .secrets = source->call->secrets };
}

static void refuse(source_t *source, const char *pointer, const char *detail)
{
    source->rv = bm_err_violation(source->err, pointer, "%s", detail);
}

/* --- inputs */

static void fill_input(source_t *source, const char *name, int depth);

/* The member that {{name}} is taken from: the name itself, or what stands before one of its dots. NULL: there is none. */
static const char *member_of(const json_t *inputs, const char *name, apr_pool_t *p)
{
    const char *dot;

    if (json_object_get(inputs, name) != NULL)
        return name;
    for (dot = strchr(name, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        const char *part = apr_pstrmemdup(p, name, (apr_size_t)(dot - name));

        if (json_object_get(inputs, part) != NULL)
            return part;
    }
    return NULL;
}

/* Fill what value refers to first. */
static void fill_references(source_t *source, const json_t *value, const char *pointer, int depth)
{
    apr_array_header_t *names;
    int i;

    (void)bm_template_names_json(&names, value, pointer, NULL, source->p);
    for (i = 0; i < names->nelts; i++) {
        const char *name = APR_ARRAY_IDX(names, i, const char *);
        const char *member = bm_template_is_reserved(name) ? NULL : member_of(source->raw, name, source->p);

        if (member == NULL || json_object_get(source->filled, member) != NULL)
            continue;
        if (json_object_get(source->open, member) != NULL || depth >= REFERENCES_MAX) {
            refuse(source, pointer, apr_psprintf(source->p, "Placeholder {{%s}} refers to itself, or through more than %d "
                                                 "others.", name, REFERENCES_MAX));
            continue;
        }
        fill_input(source, member, depth + 1);
    }
}

static void fill_input(source_t *source, const char *name, int depth)
{
    const char *pointer = bm_json_pointer_add("/inputs", name, source->p);
    const json_t *value = json_object_get(source->raw, name);
    bm_template_scope_t scope = scope_of(source, pointer);
    apr_status_t rv;
    json_t *result;

    json_object_set_new(source->open, name, json_true());
    fill_references(source, value, pointer, depth);
    if (source->rv == APR_SUCCESS) {
        rv = bm_template_fill_json(&result, value, &scope, source->err, source->p);
        if (rv == APR_SUCCESS)
            json_object_set(source->filled, name, result);
        else
            source->rv = rv;
    }
    json_object_del(source->open, name);
}

static void fill_inputs(source_t *source)
{
    apr_status_t rv = APR_SUCCESS;
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(apr_uintptr_t)source->raw, key, value) {
        (void)value;
        source->rv = APR_SUCCESS;       /* every member is looked at, so that all that is wrong is said at once */
        if (json_object_get(source->filled, key) == NULL)
            fill_input(source, key, 0);
        if (source->rv != APR_SUCCESS)
            rv = source->rv;
    }
    source->rv = rv;
}

/* --- connection */

static void put_text(source_t *source, json_t *to, const char *name, const char *tmpl, bm_template_context_e context,
                     const char *pointer)
{
    bm_template_scope_t scope = scope_of(source, pointer);
    const char *text;
    apr_status_t rv = bm_template_fill_text(&text, tmpl, context, &scope, source->err, source->p);
    json_t *string = rv == APR_SUCCESS ? json_string(text) : NULL;

    if (string != NULL)
        json_object_set_new(to, name, string);
    else if (rv == APR_SUCCESS)
        refuse(source, pointer, "Is not valid UTF-8 once it is filled.");
    else
        source->rv = rv;
}

static void put_json(source_t *source, json_t *to, const char *name, const json_t *tmpl, const char *pointer)
{
    bm_template_scope_t scope = scope_of(source, pointer);
    json_t *result;
    apr_status_t rv = bm_template_fill_json(&result, tmpl, &scope, source->err, source->p);

    if (rv == APR_SUCCESS)
        json_object_set(to, name, result);
    else
        source->rv = rv;
}

static void put_url(source_t *source, json_t *to, const char *name, const char *tmpl, const char *pointer)
{
    put_text(source, to, name, tmpl, strncmp(tmpl, "{{", 2) == 0 ? BM_TEMPLATE_RAW : BM_TEMPLATE_URL, pointer);
}

static void put_headers(source_t *source, json_t *to, const json_t *headers, const char *pointer)
{
    json_t *filled = bm_json_adopt(json_object(), source->p), *value;
    const char *key;

    json_object_foreach((json_t *)(apr_uintptr_t)headers, key, value) {
        const char *at = bm_json_pointer_add(pointer, key, source->p);

        if (json_is_string(value))
            put_text(source, filled, key, json_string_value(value), BM_TEMPLATE_HEADER, at);
        else
            json_object_set(filled, key, value);
    }
    json_object_set(to, "headers", filled);
}

static const char *content_type(const json_t *connection)
{
    const json_t *headers = json_object_get(connection, "headers");
    json_t *value;
    const char *key;

    json_object_foreach((json_t *)(apr_uintptr_t)headers, key, value)
        if (strcasecmp(key, "Content-Type") == 0 && json_is_string(value))
            return json_string_value(value);
    return NULL;
}

static int holds(const char *text, const char *part)
{
    return text != NULL && bm_text_find(text, strlen(text), part, strlen(part)) != NULL;
}

/* A text body: JSON and forms are filled so that no value can change their structure. */
static void put_text_body(source_t *source, json_t *to, const json_t *connection, const json_t *body, const char *pointer)
{
    const char *text = json_string_value(body), *type = content_type(connection);
    json_t *j;

    if (type ? holds(type, "json") : text[strspn(text, " \t\r\n")] == '{') {
        if (bm_json_parse(&j, text, json_string_length(body), NULL, source->p) == APR_SUCCESS)
            put_json(source, to, "body", j, pointer);
        else
            refuse(source, pointer, "Must be valid JSON before it is filled.");
        return;
    }
    put_text(source, to, "body", text, holds(type, "x-www-form-urlencoded") ? BM_TEMPLATE_URL : BM_TEMPLATE_RAW, pointer);
}

static json_t *fill_connection(source_t *source, const json_t *connection)
{
    json_t *filled = bm_json_adopt(json_object(), source->p), *value;
    const char *key;

    json_object_foreach((json_t *)(apr_uintptr_t)connection, key, value) {
        const char *pointer = bm_json_pointer_add("/connection", key, source->p);
        const char *text = json_string_value(value);

        if (text != NULL && (strcmp(key, "url") == 0 || strcmp(key, "target_url") == 0))
            put_url(source, filled, key, text, pointer);
        else if (json_is_object(value) && strcmp(key, "headers") == 0)
            put_headers(source, filled, value, pointer);
        else if (text != NULL && strcmp(key, "body") == 0)
            put_text_body(source, filled, connection, value, pointer);
        else
            put_json(source, filled, key, value, pointer);
    }
    return filled;
}

/* --- the spec */

static apr_int64_t timeout_ms(const json_t *run_settings, const bm_call_t *call, const bm_settings_t *settings)
{
    const json_t *seconds = json_object_get(run_settings, "timeout_seconds");
    apr_int64_t ms;

    if (json_is_number(seconds) && json_number_value(seconds) > 0 && json_number_value(seconds) <= BM_PROVIDER_SECONDS_MAX) {
        ms = (apr_int64_t)(json_number_value(seconds) * 1000.0);
        return ms > 0 ? ms : 1;
    }
    ms = bm_provider_request_ms(call, "timeout_seconds");
    return ms > 0 ? ms : apr_time_as_msec(settings->run_timeout);
}

/* A target's failure is a result: repeating it unasked would flatter the success rate. */
static void read_retry(bm_run_inputs_t *inputs, const json_t *run_settings)
{
    const json_t *retry = json_object_get(run_settings, "retry");
    const json_t *attempts = json_object_get(json_is_object(retry) ? retry : run_settings, "max_attempts");
    json_int_t most = json_is_integer(attempts) ? json_integer_value(attempts) : 1;

    inputs->retry = json_is_object(retry) ? bm_retry_policy_of(retry) : bm_retry_default;
    inputs->max_attempts = most <= 1 ? 1 : most > 1000 ? 1000 : (int)most;
}

static apr_status_t find_provider(const bm_provider_t **provider, const json_t *j, bm_err_t *err)
{
    const char *name = json_string_value(json_object_get(j, "provider"));

    *provider = bm_provider_find(json_is_true(json_object_get(j, "mock")) ? "mock" : name);
    if (*provider != NULL)
        return APR_SUCCESS;
    return bm_err_set(err, APR_EINVAL, "unknown_provider", "This engine has no provider \"%.100s\".", name ? name : "");
}

static const json_t *object_of(const json_t *j, const char *name, apr_pool_t *p)
{
    const json_t *object = json_object_get(j, name);

    return json_is_object(object) ? object : bm_json_adopt(json_object(), p);
}

/* Inputs and connection of a call that will be made. */
static apr_status_t fill_call(bm_call_t *call, const json_t *j, const bm_settings_t *settings, bm_vault_t *vault, bm_err_t *err)
{
    apr_pool_t *p = call->p;
    source_t source = { .settings = settings, .vault = vault, .call = call, .err = err, .p = p,
                        .raw = object_of(j, "inputs", p), .filled = bm_json_adopt(json_object(), p),
                        .open = bm_json_adopt(json_object(), p) };

    fill_inputs(&source);
    if (source.rv != APR_SUCCESS)
        return source.rv;
    call->inputs = source.filled;
    call->connection = fill_connection(&source, object_of(j, "connection", p));
    return source.rv;
}

apr_status_t bm_inputs_read(bm_run_inputs_t **pinputs, const char *spec, const bm_settings_t *settings, bm_vault_t *vault,
                            bm_err_t *err, apr_pool_t *p)
{
    bm_run_inputs_t *inputs = apr_pcalloc(p, sizeof(*inputs));
    const bm_provider_t *provider;
    const json_t *run_settings;
    bm_call_t *call;
    apr_status_t rv;
    json_t *j;

    *pinputs = NULL;
    rv = bm_json_parse(&j, spec, strlen(spec), err, p);
    if (rv != APR_SUCCESS)
        return bm_err_set(err, APR_EINVAL, "bad_spec", "The queued specification of the run cannot be read.");
    rv = find_provider(&provider, j, err);
    if (rv != APR_SUCCESS)
        return rv;
    inputs->call = call = bm_provider_call_make(provider, p);
    call->asked_provider = apr_pstrdup(p, json_string_value(json_object_get(j, "provider"))
                                          ? json_string_value(json_object_get(j, "provider")) : provider->name);
    call->secret = bm_vault_secret;
    call->secret_baton = vault;
    call->response_max = (apr_size_t)settings->max_response_stored;
    call->tinyfish_automation_id = json_string_value(json_object_get(j, "tinyfish_automation_id"));
    call->known_external_id = json_string_value(json_object_get(j, "external_id"));
    if (json_is_true(json_object_get(j, "mock")))
        call->inputs = object_of(j, "inputs", p);
    else
        rv = fill_call(call, j, settings, vault, err);
    if (rv != APR_SUCCESS)
        return rv;
    run_settings = json_object_get(j, "run_settings");
    call->timeout_ms = timeout_ms(run_settings, call, settings);
    read_retry(inputs, run_settings);
    inputs->slo_count = bm_kpi_slos_read(inputs->slos, json_object_get(j, "slos"), p);
    if (json_object_get(run_settings, "assertions") != NULL) {
        rv = bm_assertions_compile(&inputs->assertions, json_object_get(run_settings, "assertions"), "/run_settings/assertions",
                                   err, p);
        if (rv != APR_SUCCESS)
            return rv;
    }
    *pinputs = inputs;
    return APR_SUCCESS;
}

const char *bm_inputs_complaint(const bm_err_t *err, apr_pool_t *p)
{
    const char *text = "";
    int i;

    if (err->detail != NULL)
        return apr_pstrdup(p, err->detail);
    for (i = 0; i < err->violations->nelts && i < COMPLAINTS_MAX; i++) {
        const bm_violation_t *v = &APR_ARRAY_IDX(err->violations, i, bm_violation_t);

        text = apr_pstrcat(p, text, *text ? " " : "", v->pointer, ": ", v->detail, NULL);
    }
    if (err->violations->nelts > COMPLAINTS_MAX)
        text = apr_psprintf(p, "%s (and %d more)", text, err->violations->nelts - COMPLAINTS_MAX);
    return *text ? text : "The run cannot be performed as it was asked.";
}
