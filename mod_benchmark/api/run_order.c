/* SPDX-License-Identifier: Apache-2.0 */
#include "api/run_order.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "api/run_location.h"
#include "api/together.h"
#include "model/dataset_model.h"
#include "model/run_model.h"
#include "model/run_spec.h"
#include "parse/json_text.h"
#include "parse/template.h"
#include "store/secret_store.h"

/* Columns of bm_run_order_store_parts. */
enum {
    PROVIDER, CONNECTION, DEFAULT_INPUTS, TINYFISH_ID, INPUTS_TEMPLATE, RUN_SETTINGS, LABELS, VERSION, AUTOMATION, PROJECT, NAME,
    CONFIRMED, SLOS
};

/* Whether the store has a secret of that name; asked once for all names. */
static apr_status_t is_stored(bm_req_t *q, const char *name)
{
    apr_status_t rv = q->secret_names != NULL ? APR_SUCCESS : bm_api_connect(q);

    if (rv == APR_SUCCESS && q->secret_names == NULL)
        rv = bm_secret_store_names(&q->secret_names, q->db, q->secrets_of, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    return apr_hash_get(q->secret_names, name, APR_HASH_KEY_STRING) != NULL ? APR_SUCCESS : APR_NOTFOUND;
}

/* Whether a secret or variable will be there when the run starts. Its value is not looked at here: engines alone do. */
static apr_status_t is_known(const char **pvalue, int *psecret, void *baton, const char *name, apr_pool_t *p)
{
    bm_req_t *q = baton;
    const bm_settings_t *settings = q->api->settings;

    (void)p;
    *pvalue = "";
    *psecret = 1;
    if (strncmp(name, "env.", 4) == 0)
        return apr_table_get(settings->env_allow, name + 4) != NULL ? APR_SUCCESS : APR_NOTFOUND;
    return apr_table_get(settings->secrets, name + 7) != NULL ? APR_SUCCESS : is_stored(q, name + 7);
}

/* Fill everything once, for the violations only, in p. inputs_pointer: what those of the inputs are named by. */
static apr_status_t check_placeholders(bm_req_t *q, const json_t *connection, const json_t *inputs, const char *inputs_pointer,
                                       apr_pool_t *p)
{
    bm_template_scope_t scope = { .inputs = inputs, .lookup = is_known, .mask = "***" };
    json_t *filled;
    apr_status_t rv, inputs_rv;

    scope.baton = q;
    scope.pointer = "/connection";
    rv = bm_template_fill_json(&filled, connection, &scope, q->err, p);
    scope.pointer = inputs_pointer;
    inputs_rv = bm_template_fill_json(&filled, inputs, &scope, q->err, p);
    return rv != APR_SUCCESS ? rv : inputs_rv;
}

static apr_status_t refuse_placeholders(bm_req_t *q, apr_status_t rv)
{
    if (rv != APR_EINVAL)
        return rv;                       /* secrets could not be asked for */
    return bm_err_set(q->err, rv, "placeholder_without_value", "The run cannot be made: %s.",
                      q->err->violations->nelts == 1 ? "a placeholder has no usable value"
                                                     : "placeholders have no usable values");
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

void bm_run_order_add_labels(bm_run_order_t *order, const json_t *more, apr_pool_t *p)
{
    const char **texts = apr_palloc(p, ((size_t)order->label_count + json_array_size(more) + 1) * sizeof(*texts));
    int n = order->label_count, j;
    size_t i;

    for (j = 0; j < n; j++)
        texts[j] = order->labels[j];
    for (i = 0; i < json_array_size(more); i++) {
        const char *label = json_string_value(json_array_get(more, i));

        for (j = 0; j < n && strcmp(texts[j], label) != 0; j++)
            ;
        if (j == n)
            texts[n++] = label;
    }
    order->labels = texts;
    order->label_count = n;
}

static int max_attempts(const bm_req_t *q, const json_t *run_settings)
{
    const json_t *given = json_object_get(run_settings, "max_attempts");

    return json_is_integer(given) ? (int)json_integer_value(given) : q->api->settings->max_attempts;
}

/* A scenario and its automation as they are now. */
typedef struct source_t {
    bm_run_parts_t parts;
    json_t *labels;
    const bm_rows_t *rows;
} source_t;

static apr_status_t read_source(source_t *source, bm_req_t *q, apr_int64_t scenario_id)
{
    json_t *connection, *defaults, *template, *run_settings, *slos;
    bm_rows_t *rows;
    apr_status_t rv = bm_together_parts(&rows, q, scenario_id);

    memset(source, 0, sizeof(*source));
    if (rv == APR_SUCCESS)
        rv = column(&connection, q, rows, CONNECTION);
    if (rv == APR_SUCCESS)
        rv = column(&defaults, q, rows, DEFAULT_INPUTS);
    if (rv == APR_SUCCESS)
        rv = column(&template, q, rows, INPUTS_TEMPLATE);
    if (rv == APR_SUCCESS)
        rv = column(&run_settings, q, rows, RUN_SETTINGS);
    if (rv == APR_SUCCESS)
        rv = column(&source->labels, q, rows, LABELS);
    if (rv == APR_SUCCESS)
        rv = column(&slos, q, rows, SLOS);
    if (rv != APR_SUCCESS)
        return rv;
    if (q->secrets_of != bm_rows_int64(rows, 0, PROJECT, 0))
        q->secret_names = NULL;
    q->secrets_of = bm_rows_int64(rows, 0, PROJECT, 0);
    source->rows = rows;
    source->parts.provider = bm_rows_text(rows, 0, PROVIDER);
    source->parts.connection = connection;
    source->parts.default_inputs = defaults;
    source->parts.inputs_template = template;
    source->parts.run_settings = run_settings;
    source->parts.slos = slos;
    source->parts.tinyfish_automation_id = bm_rows_text(rows, 0, TINYFISH_ID);
    source->parts.mock = q->api->settings->mock_mode && strcmp(source->parts.provider, "tinyfish") == 0;
    return APR_SUCCESS;
}

static void fill_order(bm_run_order_t *order, bm_req_t *q, apr_int64_t scenario_id, const source_t *source, const json_t *inputs)
{
    memset(order, 0, sizeof(*order));
    order->automation_id = bm_rows_int64(source->rows, 0, AUTOMATION, 0);
    order->scenario_id = scenario_id;
    order->project_id = bm_rows_int64(source->rows, 0, PROJECT, 1);
    order->confirmed_rate = bm_rows_double(source->rows, 0, CONFIRMED, NAN);
    order->provider = source->parts.provider;
    order->model = json_string_value(json_object_get(json_is_string(json_object_get(inputs, "model"))
                                                     ? inputs : source->parts.connection, "model"));
    order->kind = BM_RUN_KIND_RUN;
    order->scenario_version = (int)bm_rows_int64(source->rows, 0, VERSION, 1);
    order->max_attempts = max_attempts(q, source->parts.run_settings);
    order->spec = bm_run_spec_text(&source->parts, inputs, q->p);
    order->created_by = q->who.user;
    bm_run_order_add_labels(order, source->labels, q->p);
}

apr_status_t bm_run_order_create(bm_run_order_t *order, bm_req_t *q, apr_int64_t scenario_id, const json_t *override,
                                 const json_t *inputs, const json_t *where)
{
    source_t source;
    const json_t *merged;
    apr_status_t rv = read_source(&source, q, scenario_id);

    if (rv != APR_SUCCESS)
        return rv;
    source.parts.inputs_override = override;
    merged = inputs != NULL ? inputs : bm_run_spec_inputs(&source.parts, q->p);
    rv = check_placeholders(q, source.parts.connection, merged, "/inputs_override", q->p);
    if (rv != APR_SUCCESS)
        return refuse_placeholders(q, rv);
    fill_order(order, q, scenario_id, &source, merged);
    return bm_run_location_choose(order, q, where, source.parts.run_settings);
}

/* An entry is laid over the inputs by the engine; here, too, as it may be what gives a placeholder its value. */
static apr_status_t check_entry(bm_req_t *q, const json_t *connection, const json_t *inputs, const json_t *entry,
                                const char *pointer, apr_pool_t *p)
{
    if (!bm_json_text_fits_depth(entry, BM_DATASET_DEPTH_MAX))
        return bm_err_violation(q->err, pointer, "Is nested deeper than %d levels.", BM_DATASET_DEPTH_MAX);
    return check_placeholders(q, connection, bm_json_overlay(inputs, entry, p), pointer, p);
}

/* Those of an uploaded dataset are named by their number in it. */
static apr_status_t check_entries(bm_req_t *q, const json_t *connection, const json_t *inputs, const json_t *items,
                                  int are_inline)
{
    apr_status_t rv = APR_SUCCESS;
    apr_pool_t *p;
    size_t i;

    apr_pool_create(&p, q->p);          /* of one entry: together they may be large */
    for (i = 0; i < json_array_size(items) && q->err->violations->nelts < BM_ERR_VIOLATIONS_MAX; i++) {
        const char *pointer = are_inline ? apr_psprintf(p, "/dataset/inline/%lu", (unsigned long)i)
            : apr_psprintf(p, "/dataset/dataset_id/%lu", (unsigned long)i + 1);

        apr_status_t entry_rv = check_entry(q, connection, inputs, json_array_get(items, i), pointer, p);

        if (entry_rv != APR_SUCCESS)
            rv = entry_rv;
        apr_pool_clear(p);
    }
    apr_pool_destroy(p);
    return rv;
}

static apr_status_t check_dataset(bm_req_t *q, const json_t *connection, const json_t *inputs, const json_t *dataset,
                                  const json_t *items)
{
    if (json_object_get(dataset, "generate") != NULL)
        return check_entry(q, connection, inputs, bm_json_adopt(json_pack("{s:s, s:i}", "prompt", "word", "max_tokens", 1), q->p),
                           "/dataset/generate", q->p);
    if (items != NULL)
        return check_entries(q, connection, inputs, items, json_object_get(dataset, "inline") != NULL);
    return check_placeholders(q, connection, inputs, "/inputs", q->p);
}

/* What classes lay over the inputs, where a dataset has entries over its first. */
static apr_status_t check_classes(bm_req_t *q, const json_t *connection, const json_t *inputs, const json_t *plan,
                                  const json_t *items)
{
    const json_t *list = json_object_get(json_object_get(plan, "classes"), "list"), *first = json_array_get(items, 0);
    apr_status_t rv = APR_SUCCESS;
    size_t i;

    if (first != NULL)
        inputs = bm_json_overlay(inputs, first, q->p);
    for (i = 0; i < json_array_size(list); i++) {
        const json_t *own = json_object_get(json_array_get(list, i), "inputs");
        apr_status_t one = json_object_size(own) == 0 ? APR_SUCCESS
            : check_entry(q, connection, inputs, own, apr_psprintf(q->p, "/classes/list/%lu/inputs", (unsigned long)i), q->p);

        rv = one != APR_SUCCESS ? one : rv;
    }
    return rv;
}

/* The plan as the engine gets it: the entries of a dataset that has a number are copied in, so that it needs nothing else. */
static const json_t *plan_of_engine(const json_t *plan, const json_t *items, apr_pool_t *p)
{
    const json_t *dataset = json_object_get(plan, "dataset");
    json_t *copy, *own;

    if (json_object_get(dataset, "dataset_id") == NULL)
        return plan;
    copy = bm_json_overlay(plan, NULL, p);
    own = bm_json_overlay(dataset, NULL, p);
    json_object_set(own, "inline", (json_t *)(apr_uintptr_t)items);
    json_object_set(copy, "dataset", own);
    return copy;
}

apr_status_t bm_run_order_create_loadtest(bm_run_order_t *order, json_t **pinputs, bm_req_t *q, json_t *plan,
                                          const json_t *items)
{
    apr_int64_t scenario_id = json_integer_value(json_object_get(plan, "scenario_id"));
    source_t source;
    apr_status_t rv = read_source(&source, q, scenario_id);

    if (rv != APR_SUCCESS)
        return rv;
    *pinputs = bm_run_spec_inputs(&source.parts, q->p);
    rv = check_dataset(q, source.parts.connection, *pinputs, json_object_get(plan, "dataset"), items);
    if (rv == APR_SUCCESS)
        rv = check_classes(q, source.parts.connection, *pinputs, plan, items);
    if (rv != APR_SUCCESS)
        return refuse_placeholders(q, rv);
    if (json_object_get(plan, "name") == NULL)
        json_object_set_new(plan, "name", json_string(bm_rows_text(source.rows, 0, NAME)));
    source.parts.loadtest = plan_of_engine(plan, items, q->p);
    fill_order(order, q, scenario_id, &source, *pinputs);
    order->kind = BM_RUN_KIND_LOADTEST;
    order->max_attempts = 1;
    bm_run_order_add_labels(order, json_object_get(plan, "labels"), q->p);
    return bm_run_location_choose(order, q, plan, source.parts.run_settings);
}
