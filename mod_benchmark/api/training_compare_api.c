/* SPDX-License-Identifier: Apache-2.0
 *
 * training_compare_api.c: two sessions of training beside each other: what each says that its target can take, and whether these
 * differ by more than their intervals (docs/training.md). */
#include "api/training_compare_api.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "base/text.h"
#include "model/training_model.h"
#include "store/training_store.h"

enum { OURS = BM_FIELD_READ_ONLY, MAYBE = BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE };

/* --- what is answered */

static const bm_field_t side_fields[] = {
    { "id", BM_TYPE_INT, OURS, .doc = "Number of the session." },
    { "name", BM_TYPE_STRING, OURS, .doc = "Its name." },
    { "policy", BM_TYPE_ENUM, OURS, .values = BM_TRAINING_POLICIES, .doc = "Its policy." },
    { "status", BM_TYPE_ENUM, OURS, .values = BM_TRAINING_STATUSES, .doc = "Where it stands." },
    { "automation_id", BM_TYPE_INT, OURS, .doc = "Its target." },
    { "difficulty", BM_TYPE_ENUM, OURS, .values = BM_TRAINING_DIFFICULTIES, .doc = "Of its last problem." },
    { "problems", BM_TYPE_INT, OURS, .doc = "Problems that were judged." },
    { "met", BM_TYPE_INT, OURS, .doc = "Those that met all expected outcomes." },
    { "unclear", BM_TYPE_INT, OURS, .doc = "Those of which that cannot be said." },
    { "success_rate", BM_TYPE_NUMBER, MAYBE, .doc = "Mean success rate of its problems, 0 to 1." },
    { "estimate", BM_TYPE_NUMBER, MAYBE, .doc = "Capacity, requests a second; null: none is known." },
    { "low", BM_TYPE_NUMBER, MAYBE, .doc = "Lower end of its interval." },
    { "high", BM_TYPE_NUMBER, MAYBE, .doc = "Upper end; null beside a low: nothing higher could be tried." },
    { "confidence", BM_TYPE_NUMBER, MAYBE, .doc = "Of the interval; null: none is claimed." },
    { NULL }
};

static const bm_field_t ratio_fields[] = {
    { "value", BM_TYPE_NUMBER, OURS, .doc = "Capacity of B divided by that of A." },
    { "low", BM_TYPE_NUMBER, OURS, .doc = "The least that the two intervals allow." },
    { "high", BM_TYPE_NUMBER, OURS, .doc = "The most." },
    { NULL }
};

static const bm_field_t kind_fields[] = {
    { "type", BM_TYPE_ENUM, OURS, .values = BM_TRAINING_TYPES, .doc = "Type of problems." },
    { "difficulty", BM_TYPE_ENUM, OURS, .values = BM_TRAINING_DIFFICULTIES, .doc = "Their difficulty." },
    { "a_problems", BM_TYPE_INT, OURS, .doc = "Problems of A that were judged." },
    { "a_met", BM_TYPE_INT, OURS, .doc = "Those that met all expected outcomes." },
    { "a_success_rate", BM_TYPE_NUMBER, MAYBE, .doc = "Their mean success rate, 0 to 1." },
    { "b_problems", BM_TYPE_INT, OURS, .doc = "Likewise of B." },
    { "b_met", BM_TYPE_INT, OURS, .doc = "Likewise." },
    { "b_success_rate", BM_TYPE_NUMBER, MAYBE, .doc = "Likewise." },
    { NULL }
};

static const bm_field_t difference_fields[] = {
    { "what", BM_TYPE_STRING, OURS, .doc = "Member of the plan, such as budget.seconds." },
    { "a", BM_TYPE_ANY, OURS, .doc = "Its value in A; null: it has none." },
    { "b", BM_TYPE_ANY, OURS, .doc = "Its value in B." },
    { NULL }
};

static const bm_field_t comparison_fields[] = {
    { "verdict", BM_TYPE_ENUM, OURS, .values = "better|worse|no_difference|not_comparable",
      .doc = "B, seen from A: better or worse where the intervals of the two capacities do not touch." },
    { "sentence", BM_TYPE_STRING, OURS, .doc = "The same in words." },
    { "a", BM_TYPE_OBJECT, OURS, .members = side_fields, .schema = "ComparedSession", .doc = "The one that is compared with." },
    { "b", BM_TYPE_OBJECT, OURS, .members = side_fields, .schema = "ComparedSession",
      .doc = "The one that the verdict is about." },
    { "ratio", BM_TYPE_OBJECT, MAYBE, .members = ratio_fields, .doc = "Of the capacities; null: one of them is not known." },
    { "kinds", BM_TYPE_ARRAY, OURS, .members = kind_fields, .doc = "Problems by type and difficulty." },
    { "configuration", BM_TYPE_ARRAY, OURS, .members = difference_fields, .doc = "In what their plans differ." },
    { NULL }
};

static const bm_schema_t comparison_schema = { "TrainingComparison", comparison_fields };

/* --- the two sides */

typedef struct side_t {
    const bm_rows_t *rows;
    json_t *plan;
    double estimate, low, high;       /* NaN: not known */
    double confidence;
    const char *policy, *difficulty;
} side_t;

/* Column of a field of a session. */
static int column(const char *name)
{
    int i = 0;

    while (strcmp(bm_training_fields[i].name, name) != 0)
        i++;
    return BM_TRAINING_FIRST + i;
}

static double number_at(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return json_is_number(value) ? json_number_value(value) : NAN;
}

static apr_status_t parse(json_t **json, const side_t *side, const char *name, bm_req_t *q)
{
    const char *text = bm_rows_text(side->rows, 0, column(name));

    *json = NULL;
    return text == NULL ? APR_SUCCESS : bm_json_parse(json, text, strlen(text), q->err, q->p);
}

static apr_status_t read_side(side_t *side, bm_req_t *q, const char *param)
{
    apr_int64_t id = bm_query_string_int(q->query, param, 0);
    json_t *conclusion;
    const json_t *capacity;
    bm_rows_t *rows;
    apr_status_t rv;

    if (id == 0)
        return bm_err_violation(q->err, apr_pstrcat(q->p, "?", param, NULL), "Must be given: the number of a session.");
    rv = bm_training_store_get(&rows, q->db, id, 0, q->err, q->p);
    if (rv != APR_SUCCESS)
        return rv;
    side->rows = rows;
    rv = parse(&conclusion, side, "conclusion", q);
    if (rv == APR_SUCCESS)
        rv = parse(&side->plan, side, "plan", q);
    capacity = json_object_get(conclusion, "capacity");
    side->estimate = number_at(capacity, "estimate");
    side->low = number_at(capacity, "low");
    side->high = number_at(capacity, "high");
    side->confidence = number_at(capacity, "confidence");
    side->policy = bm_rows_text(rows, 0, column("policy"));
    side->difficulty = bm_rows_text(rows, 0, column("difficulty"));
    return rv;
}

static json_t *real_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *side_json(const side_t *side)
{
    const bm_rows_t *rows = side->rows;

    return json_pack("{s:I, s:s, s:s, s:s, s:I, s:s, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o}",
                     "id", bm_rows_int64(rows, 0, column("id"), 0), "name", bm_rows_text(rows, 0, column("name")),
                     "policy", side->policy, "status", bm_rows_text(rows, 0, column("status")),
                     "automation_id", bm_rows_int64(rows, 0, column("automation_id"), 0), "difficulty", side->difficulty,
                     "problems", bm_rows_int64(rows, 0, column("total_scenarios"), 0),
                     "met", bm_rows_int64(rows, 0, column("successful_scenarios"), 0),
                     "unclear", bm_rows_int64(rows, 0, column("unclear_scenarios"), 0),
                     "success_rate", real_or_null(bm_rows_double(rows, 0, column("average_performance"), NAN)),
                     "estimate", real_or_null(side->estimate), "low", real_or_null(side->low), "high", real_or_null(side->high),
                     "confidence", real_or_null(side->confidence));
}

/* --- the verdict */

static int has_interval(const side_t *side)
{
    return isfinite(side->low) || isfinite(side->high);
}

static double low_of(const side_t *side)
{
    return isfinite(side->low) ? side->low : 0;
}

static double high_of(const side_t *side)
{
    return isfinite(side->high) ? side->high : INFINITY;
}

static const char *capacity_words(const side_t *side, apr_pool_t *p)
{
    if (!isfinite(side->high))
        return apr_psprintf(p, "%.1f/s or more", side->low);
    if (!isfinite(side->low))
        return apr_psprintf(p, "less than %.1f/s", side->high);
    return isfinite(side->estimate) ? apr_psprintf(p, "%.1f/s (%.1f to %.1f)", side->estimate, side->low, side->high)
                                    : apr_psprintf(p, "%.1f to %.1f/s", side->low, side->high);
}

static const char *judge_capacities(const char **sentence, const side_t *a, const side_t *b, apr_pool_t *p)
{
    int above = low_of(b) > high_of(a), below = high_of(b) < low_of(a), sure = isfinite(a->confidence) && isfinite(b->confidence);

    *sentence = apr_psprintf(p, "B takes %s, A %s: %s.%s", capacity_words(b, p), capacity_words(a, p),
                             above || below ? "the intervals do not touch" : "the intervals touch, so no difference is shown",
                             sure ? "" : " No confidence is claimed for a ladder.");
    return above ? "better" : below ? "worse" : "no_difference";
}

static const char *judge(const char **sentence, const side_t *a, const side_t *b, apr_pool_t *p)
{
    if (has_interval(a) && has_interval(b))
        return judge_capacities(sentence, a, b, p);
    if (strcmp(a->policy, "ladder") == 0 && strcmp(b->policy, "ladder") == 0)
        *sentence = apr_psprintf(p, "B ended at difficulty %s, A at %s. Ladders claim no confidence, so whether that is more than"
                                 " chance cannot be said; the table has what each met.", b->difficulty, a->difficulty);
    else
        *sentence = "One of them has no capacity to compare.";
    return "not_comparable";
}

static json_t *ratio_json(const side_t *a, const side_t *b)
{
    if (!(a->estimate > 0) || !(a->low > 0) || !(a->high > 0) || !isfinite(b->estimate) || !isfinite(b->low)
        || !isfinite(b->high))
        return json_null();
    return json_pack("{s:f, s:f, s:f}", "value", b->estimate / a->estimate, "low", b->low / a->high, "high", b->high / a->low);
}

/* --- how they were set */

static void add_difference(json_t *list, const char *what, json_t *a, json_t *b)
{
    if (a == b || (a != NULL && b != NULL && json_equal(a, b)))
        return;
    json_array_append_new(list, json_pack("{s:s, s:O, s:O}", "what", what, "a", a != NULL ? a : json_null(), "b",
                                          b != NULL ? b : json_null()));
}

/* Members of both, those of objects one by one; `before` is their path so far. */
static void add_differences(json_t *list, const char *before, const json_t *a, const json_t *b, apr_pool_t *p)
{
    json_t *names = json_object(), *value;
    const char *name;

    json_object_update(names, (json_t *)(apr_uintptr_t)a);
    json_object_update_missing(names, (json_t *)(apr_uintptr_t)b);
    json_object_foreach(names, name, value) {
        json_t *of_a = json_object_get(a, name), *of_b = json_object_get(b, name);
        const char *what = apr_pstrcat(p, before, name, NULL);

        if (strcmp(what, "name") == 0)
            continue;
        if (*before == '\0' && json_is_object(of_a) && json_is_object(of_b))
            add_differences(list, apr_pstrcat(p, what, ".", NULL), of_a, of_b, p);
        else
            add_difference(list, what, of_a, of_b);
    }
    json_decref(names);
}

static apr_status_t read_kinds(json_t *list, bm_req_t *q)
{
    bm_rows_t *rows;
    int i;
    apr_status_t rv = bm_training_store_kinds(&rows, q->db, bm_query_string_int(q->query, "a", 0),
                                              bm_query_string_int(q->query, "b", 0), q->err, q->p);

    for (i = 0; rv == APR_SUCCESS && i < bm_rows_count(rows); i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:I, s:o, s:I, s:I, s:o}", "type", bm_rows_text(rows, i, 0),
                                              "difficulty", bm_rows_text(rows, i, 1), "a_problems", bm_rows_int64(rows, i, 2, 0),
                                              "a_met", bm_rows_int64(rows, i, 3, 0), "a_success_rate",
                                              real_or_null(bm_rows_double(rows, i, 4, NAN)), "b_problems",
                                              bm_rows_int64(rows, i, 5, 0), "b_met", bm_rows_int64(rows, i, 6, 0),
                                              "b_success_rate", real_or_null(bm_rows_double(rows, i, 7, NAN))));
    return rv;
}

static apr_status_t sessions_compare(bm_req_t *q)
{
    json_t *kinds = bm_json_adopt(json_array(), q->p), *differences = bm_json_adopt(json_array(), q->p), *answer;
    const char *verdict, *sentence;
    side_t a = { 0 }, b = { 0 };
    apr_status_t rv = read_side(&a, q, "a");

    if (rv == APR_SUCCESS)
        rv = read_side(&b, q, "b");
    if (rv == APR_SUCCESS)
        rv = read_kinds(kinds, q);
    if (rv != APR_SUCCESS)
        return rv;
    add_differences(differences, "", a.plan, b.plan, q->p);
    verdict = judge(&sentence, &a, &b, q->p);
    answer = bm_json_adopt(json_pack("{s:s, s:s, s:o, s:o, s:o, s:O, s:O}", "verdict", verdict, "sentence", sentence, "a",
                                     side_json(&a), "b", side_json(&b), "ratio", ratio_json(&a, &b), "kinds", kinds,
                                     "configuration", differences), q->p);
    bm_jw_json(&q->w, answer);
    return APR_SUCCESS;
}

static const bm_query_param_t params[] = {
    { "a", BM_QUERY_INT, 1, APR_INT64_MAX, NULL, "The session that is compared with." },
    { "b", BM_QUERY_INT, 1, APR_INT64_MAX, NULL, "The one that the verdict is about." },
    { NULL }
};

const bm_route_t bm_training_compare_api_routes[] = {
    { "GET", "/training/sessions/compare", BM_ROLE_VIEWER, sessions_compare, 0, 200, params, NULL, &comparison_schema,
      "compareTrainingSessions", "training",
      "Two sessions beside each other: which target takes more, and whether that is shown." },
    { NULL }
};
