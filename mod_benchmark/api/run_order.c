/* SPDX-License-Identifier: Apache-2.0 */
#include "api/run_order.h"

#include <string.h>
#include <apr_strings.h>
#include "model/run_model.h"
#include "model/run_spec.h"
#include "parse/template.h"

/* Columns of bm_run_store_parts. */
enum { PROVIDER, CONNECTION, DEFAULT_INPUTS, TINYFISH_ID, INPUTS_TEMPLATE, RUN_SETTINGS, LABELS, VERSION, AUTOMATION, PROJECT };

/* Whether a secret or variable will be there when the run starts. Its value is not looked at here: this process cannot
 * read secrets. */
static apr_status_t is_known(const char **pvalue, int *psecret, void *baton, const char *name, apr_pool_t *p)
{
    const bm_settings_t *settings = baton;
    const char *found = NULL;

    (void)p;
    if (strncmp(name, "secret.", 7) == 0)
        found = apr_table_get(settings->secrets, name + 7);
    else if (strncmp(name, "env.", 4) == 0)
        found = apr_table_get(settings->env_allow, name + 4);
    *pvalue = "";
    *psecret = 1;
    return found != NULL ? APR_SUCCESS : APR_NOTFOUND;
}

/* Fill everything once, for the violations only. */
static apr_status_t check_placeholders(bm_req_t *q, const json_t *connection, const json_t *inputs)
{
    bm_template_scope_t scope = { .inputs = inputs, .lookup = is_known, .mask = "***" };
    json_t *filled;
    apr_status_t rv, inputs_rv;

    scope.baton = (void *)(apr_uintptr_t)q->api->settings;
    scope.pointer = "/connection";
    rv = bm_template_fill_json(&filled, connection, &scope, q->err, q->p);
    scope.pointer = "/inputs_override";
    inputs_rv = bm_template_fill_json(&filled, inputs, &scope, q->err, q->p);
    rv = rv != APR_SUCCESS ? rv : inputs_rv;
    if (rv != APR_SUCCESS)
        bm_err_set(q->err, rv, "placeholder_without_value", "The run cannot be made: %s.",
                   q->err->violations->nelts == 1 ? "a placeholder has no usable value" : "placeholders have no usable values");
    return rv;
}

/* A json column of the row; an empty object for NULL. */
static apr_status_t column(json_t **pj, bm_req_t *q, const bm_rows_t *rows, int column_number)
{
    const char *text = bm_rows_text(rows, 0, column_number);

    if (bm_json_parse(pj, text ? text : "{}", text ? (apr_size_t)bm_rows_length(rows, 0, column_number) : 2, NULL, q->p)
        != APR_SUCCESS)
        return bm_err_set(q->err, APR_EGENERAL, NULL, "a stored object cannot be read back (column %d)", column_number);
    return APR_SUCCESS;
}

static void take_labels(bm_run_order_t *order, const json_t *labels, apr_pool_t *p)
{
    size_t i, n = json_array_size(labels);
    const char **texts = apr_palloc(p, (n + 1) * sizeof(*texts));

    for (i = 0; i < n; i++)
        texts[i] = apr_pstrdup(p, json_string_value(json_array_get(labels, i)));
    order->labels = texts;
    order->label_count = (int)n;
}

static int max_attempts(const bm_req_t *q, const json_t *run_settings)
{
    const json_t *given = json_object_get(run_settings, "max_attempts");

    return json_is_integer(given) ? (int)json_integer_value(given) : q->api->settings->max_attempts;
}

apr_status_t bm_run_order_create(bm_run_order_t *order, bm_req_t *q, apr_int64_t scenario_id, const json_t *override,
                                 const json_t *inputs)
{
    bm_run_parts_t parts = { 0 };
    json_t *connection, *defaults, *template, *run_settings, *labels;
    const json_t *merged;
    bm_rows_t *rows;
    apr_status_t rv = bm_run_store_parts(&rows, q->db, scenario_id, q->err, q->p);

    if (rv == APR_SUCCESS)
        rv = column(&connection, q, rows, CONNECTION);
    if (rv == APR_SUCCESS)
        rv = column(&defaults, q, rows, DEFAULT_INPUTS);
    if (rv == APR_SUCCESS)
        rv = column(&template, q, rows, INPUTS_TEMPLATE);
    if (rv == APR_SUCCESS)
        rv = column(&run_settings, q, rows, RUN_SETTINGS);
    if (rv == APR_SUCCESS)
        rv = column(&labels, q, rows, LABELS);
    if (rv != APR_SUCCESS)
        return rv;
    parts.provider = bm_rows_text(rows, 0, PROVIDER);
    parts.connection = connection;
    parts.default_inputs = defaults;
    parts.inputs_template = template;
    parts.inputs_override = override;
    parts.run_settings = run_settings;
    parts.tinyfish_automation_id = bm_rows_text(rows, 0, TINYFISH_ID);
    parts.mock = q->api->settings->mock_mode && strcmp(parts.provider, "tinyfish") == 0;
    merged = inputs != NULL ? inputs : bm_run_spec_inputs(&parts, q->p);
    rv = check_placeholders(q, connection, merged);
    if (rv != APR_SUCCESS)
        return rv;
    memset(order, 0, sizeof(*order));
    order->automation_id = bm_rows_int64(rows, 0, AUTOMATION, 0);
    order->scenario_id = scenario_id;
    order->project_id = bm_rows_int64(rows, 0, PROJECT, 1);
    order->kind = BM_RUN_KIND_RUN;
    order->scenario_version = (int)bm_rows_int64(rows, 0, VERSION, 1);
    order->max_attempts = max_attempts(q, run_settings);
    order->spec = bm_run_spec_text(&parts, merged, q->p);
    order->created_by = q->who.user;
    take_labels(order, labels, q->p);
    return APR_SUCCESS;
}
