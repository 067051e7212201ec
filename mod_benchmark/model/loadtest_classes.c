/* SPDX-License-Identifier: Apache-2.0 */
#include "model/loadtest_classes.h"

#include <stddef.h>
#include <string.h>
#include <apr_strings.h>
#include "model/field_values.h"

enum {
    OURS = BM_FIELD_READ_ONLY,
    MAYBE = BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE,
    NEEDED = BM_FIELD_REQUIRED
};

#define POLICIES "fair|priority|dynamic"

static const bm_field_t class_fields[] = {
    { "name", BM_TYPE_STRING, NEEDED, 1, 50, .doc = "Name; each class has another." },
    { "share", BM_TYPE_NUMBER, NEEDED, 0.001, 1, .doc = "Its share of the requests, drawn by seed; all add up to 1." },
    { "priority", BM_TYPE_INT, 0, 0, 1000, .fallback = "0", .doc = "priority, dynamic: the higher goes first." },
    { "inputs", BM_TYPE_OBJECT, 0, .fallback = "{}", .doc = "Laid over the scenario's inputs and the dataset's entry." },
    { NULL }
};

const bm_field_t bm_loadtest_classes_fields[] = {
    { "budget", BM_TYPE_INT, NEEDED, 1, 20000, .doc = "Requests under way, of all classes together." },
    { "policy", BM_TYPE_ENUM, 0, .values = POLICIES, .fallback = "\"fair\"",
      .doc = "Whose turn it is when a place is free. fair: the class with the fewest under way; priority: the highest; dynamic:"
             " the longest wait times priority plus 1." },
    { "list", BM_TYPE_ARRAY, NEEDED, 1, 16, .members = class_fields, .doc = "The classes." },
    { NULL }
};

/* --- what came of them */

static const bm_field_t wait_fields[] = {
    { "p50", BM_TYPE_NUMBER, MAYBE, .doc = "Median." },
    { "p99", BM_TYPE_NUMBER, MAYBE, .doc = "99th percentile." },
    { "max", BM_TYPE_NUMBER, MAYBE, .doc = "The longest." },
    { NULL }
};

static const bm_field_t result_fields[] = {
    { "name", BM_TYPE_STRING, OURS, .doc = "As the plan has it." },
    { "priority", BM_TYPE_INT, OURS, .doc = "Likewise." },
    { "requests", BM_TYPE_INT, OURS, .doc = "Of the window, those that got no place until the end included." },
    { "not_sent", BM_TYPE_INT, OURS, .doc = "Those that got none." },
    { "success", BM_TYPE_NUMBER, MAYBE, .doc = "Completed of its requests, in percent." },
    { "budget_share", BM_TYPE_NUMBER, MAYBE, .doc = "Of the budget that it held, on average over the window; 1 is all of it." },
    { "wait_ms", BM_TYPE_OBJECT, OURS, .members = wait_fields, .doc = "From the planned send until it had a place." },
    { "p95_ms", BM_TYPE_NUMBER, MAYBE,
      .doc = "95th percentile until the last content, from the planned send: the wait is in it." },
    { "starved", BM_TYPE_INT, OURS, .doc = "Requests that starved." },
    { NULL }
};

const bm_field_t bm_loadtest_class_results_fields[] = {
    { "policy", BM_TYPE_ENUM, OURS, .values = POLICIES, .doc = "As the plan has it." },
    { "budget", BM_TYPE_INT, OURS, .doc = "Likewise." },
    { "used", BM_TYPE_NUMBER, MAYBE, .doc = "Of the budget that was held, on average over the window; 1 is all of it." },
    { "starved", BM_TYPE_STRINGS, OURS, .doc = "Names of the classes of which requests starved." },
    { "list", BM_TYPE_ARRAY, OURS, .members = result_fields, .doc = "In the plan's order." },
    { NULL }
};

/* --- the check */

static double number(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

static void check_names(const json_t *list, bm_err_t *err, apr_pool_t *p)
{
    size_t i, k;

    for (i = 1; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_object_get(json_array_get(list, i), "name"));

        for (k = 0; name != NULL && k < i; k++) {
            const char *other = json_string_value(json_object_get(json_array_get(list, k), "name"));

            if (other != NULL && strcmp(name, other) == 0) {
                bm_err_violation(err, apr_psprintf(p, "/classes/list/%lu/name", (unsigned long)i),
                                 "Another class has this name.");
                break;
            }
        }
    }
}

void bm_loadtest_classes_check(const json_t *plan, int is_of_rates, bm_err_t *err, apr_pool_t *p)
{
    const json_t *classes = json_object_get(plan, "classes"), *list = json_object_get(classes, "list");
    const json_t *ceiling = json_object_get(plan, "max_in_flight");
    double shares = 0;
    size_t i;

    if (!json_is_object(classes))
        return;
    for (i = 0; i < json_array_size(list); i++)
        shares += number(json_array_get(list, i), "share");
    if (json_array_size(list) > 0 && (shares < 0.99 || shares > 1.01))
        bm_err_violation(err, "/classes/list", "The shares must add up to 1.");
    check_names(list, err, p);
    if (!is_of_rates)
        bm_err_violation(err, "/classes", "Goes with rates only: a closed loop and a session send when an answer is there.");
    if (json_is_number(ceiling) && number(classes, "budget") > json_number_value(ceiling))
        bm_err_violation(err, "/classes/budget", "Must be at most max_in_flight.");
    if (json_object_get(plan, "hedge") != NULL)
        bm_err_violation(err, "/hedge", "Does not go with classes: copies would go beside their budget.");
}

json_t *bm_loadtest_classes_complete(const json_t *classes, apr_pool_t *p)
{
    json_t *whole = bm_field_complete(classes, bm_loadtest_classes_fields, p), *list = bm_json_adopt(json_array(), p);
    const json_t *given = json_object_get(classes, "list");
    size_t i;

    for (i = 0; i < json_array_size(given); i++)
        json_array_append(list, bm_field_complete(json_array_get(given, i), class_fields, p));
    json_object_set(whole, "list", list);
    return whole;
}
