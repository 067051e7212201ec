/* SPDX-License-Identifier: Apache-2.0 */
#include "model/run_spec.h"

#include "base/json.h"

json_t *bm_run_spec_inputs(const bm_run_parts_t *parts, apr_pool_t *p)
{
    return bm_json_overlay(bm_json_overlay(parts->default_inputs, parts->inputs_template, p), parts->inputs_override, p);
}

static void put(json_t *spec, const char *name, const json_t *object)
{
    json_object_set_new(spec, name, json_is_object(object) ? json_deep_copy(object) : json_object());
}

const char *bm_run_spec_text(const bm_run_parts_t *parts, const json_t *inputs, apr_pool_t *p)
{
    json_t *spec = bm_json_adopt(json_object(), p);

    json_object_set_new(spec, "provider", json_string(parts->provider));
    json_object_set_new(spec, "mock", json_boolean(parts->mock));
    put(spec, "connection", parts->connection);
    put(spec, "inputs", inputs);
    json_object_set_new(spec, "tinyfish_automation_id",
                        parts->tinyfish_automation_id ? json_string(parts->tinyfish_automation_id) : json_null());
    put(spec, "run_settings", parts->run_settings);
    if (json_array_size(parts->slos) > 0)
        json_object_set_new(spec, "slos", json_deep_copy(parts->slos));
    if (parts->loadtest != NULL)
        put(spec, "loadtest", parts->loadtest);
    return bm_json_dump(NULL, spec, p);
}
