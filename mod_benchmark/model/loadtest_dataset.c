/* SPDX-License-Identifier: Apache-2.0 */
#include "model/loadtest_dataset.h"

#include <string.h>
#include <apr_strings.h>
#include "model/loadtest_model.h"

enum { NEEDED = BM_FIELD_REQUIRED };

const bm_field_t bm_loadtest_length_fields[] = {
    { "dist", BM_TYPE_ENUM, NEEDED, .values = "fixed|uniform|normal", .doc = "Says which of the other members there are." },
    { "value", BM_TYPE_INT, BM_FIELD_ABSENT, 1, BM_LOADTEST_TOKENS_MAX, .doc = "fixed: tokens of each." },
    { "min", BM_TYPE_INT, BM_FIELD_ABSENT, 1, BM_LOADTEST_TOKENS_MAX, .fallback = "1",
      .doc = "uniform, normal: no fewer (normal: default 1)." },
    { "max", BM_TYPE_INT, BM_FIELD_ABSENT, 1, BM_LOADTEST_TOKENS_MAX, .fallback = "200000",
      .doc = "uniform, normal: no more (normal: default 200000)." },
    { "mean", BM_TYPE_NUMBER, BM_FIELD_ABSENT, 1, BM_LOADTEST_TOKENS_MAX,
      .doc = "normal: mean, before what lies outside is put to min or max." },
    { "stddev", BM_TYPE_NUMBER, BM_FIELD_ABSENT, 0, BM_LOADTEST_TOKENS_MAX, .doc = "normal: standard deviation, likewise." },
    { NULL }
};

const bm_field_t bm_loadtest_prefix_fields[] = {
    { "count", BM_TYPE_INT, NEEDED, 1, 10000, .doc = "How many different prefixes there are." },
    { "tokens", BM_TYPE_INT, NEEDED, 1, BM_LOADTEST_TOKENS_MAX,
      .doc = "Tokens of each; they come before those of input_tokens." },
    { "zipf", BM_TYPE_NUMBER, 0, 0, 10, .fallback = "1.0",
      .doc = "The k-th prefix is asked with a probability proportional to 1/k^zipf; 0: all alike." },
    { NULL }
};

const bm_field_t bm_loadtest_generate_fields[] = {
    { "count", BM_TYPE_INT, NEEDED, 1, 10000000, .doc = "Different entries; a load test of more requests begins again." },
    { "input_tokens", BM_TYPE_OBJECT, NEEDED, .members = bm_loadtest_length_fields, .doc = "Length of prompts." },
    { "output_tokens", BM_TYPE_OBJECT, BM_FIELD_ABSENT, .members = bm_loadtest_length_fields,
      .doc = "max_tokens of each entry; absent: that of the scenario, if it has one." },
    { "shared_prefixes", BM_TYPE_OBJECT, BM_FIELD_ABSENT, .members = bm_loadtest_prefix_fields,
      .doc = "Prompts begin with one of a few texts, as with system prompts." },
    { "seed", BM_TYPE_INT, 0, 0, 9007199254740991, .fallback = "1", .doc = "The same seed, the same prompts." },
    { "provenance", BM_TYPE_ENUM, 0, .values = "estimated", .fallback = "\"estimated\"",
      .doc = "Where the numbers of tokens come from: words that are one token in common tokenizers were counted." },
    { NULL }
};

/* --- the check */

typedef struct distribution_t {
    const char *name, *needs, *may;      /* members beside `dist`: "|a|b|" */
} distribution_t;

static const distribution_t distributions[] = {
    { "fixed", "|value|", "" }, { "uniform", "|min|max|", "" }, { "normal", "|mean|stddev|", "|min|max|" }
};

static const distribution_t *distribution_of(const json_t *length)
{
    const char *name = json_string_value(json_object_get(length, "dist"));
    size_t i;

    for (i = 0; name != NULL && i < sizeof(distributions) / sizeof(distributions[0]); i++)
        if (strcmp(name, distributions[i].name) == 0)
            return &distributions[i];
    return NULL;
}

static int has_word(const char *words, const char *word, apr_pool_t *p)
{
    return strstr(words, apr_pstrcat(p, "|", word, "|", NULL)) != NULL;
}

static void check_length(const json_t *generate, const char *name, bm_err_t *err, apr_pool_t *p)
{
    const json_t *length = json_object_get(generate, name);
    const json_t *min = json_object_get(length, "min"), *max = json_object_get(length, "max");
    const distribution_t *distribution = distribution_of(length);
    const bm_field_t *field;

    for (field = bm_loadtest_length_fields + 1; distribution != NULL && field->name != NULL; field++) {
        const char *pointer = apr_pstrcat(p, "/dataset/generate/", name, "/", field->name, NULL);
        int needed = has_word(distribution->needs, field->name, p), given = json_object_get(length, field->name) != NULL;

        if (needed && !given)
            bm_err_violation(err, pointer, "Is missing.");
        else if (given && !needed && !has_word(distribution->may, field->name, p))
            bm_err_violation(err, pointer, "Does not go with dist %s.", distribution->name);
    }
    if (json_is_integer(min) && json_is_integer(max) && json_integer_value(min) > json_integer_value(max))
        bm_err_violation(err, apr_pstrcat(p, "/dataset/generate/", name, "/max", NULL), "Must not be less than min.");
}

static int is_zipf(const json_t *dataset)
{
    const char *order = json_string_value(json_object_get(dataset, "order"));

    return order != NULL && strcmp(order, "zipf") == 0;
}

/* The law is a table in the engine's memory: eight bytes an entry. */
static void check_order(const json_t *dataset, bm_err_t *err)
{
    const json_t *count = json_object_get(json_object_get(dataset, "generate"), "count");

    if (json_object_get(dataset, "zipf") != NULL && !is_zipf(dataset))
        bm_err_violation(err, "/dataset/zipf", "Goes with order zipf only.");
    if (is_zipf(dataset) && json_integer_value(count) > BM_LOADTEST_ZIPF_MAX)
        bm_err_violation(err, "/dataset/generate/count", "Must be at most %d with order zipf.", BM_LOADTEST_ZIPF_MAX);
}

void bm_loadtest_dataset_check(const json_t *dataset, bm_err_t *err, apr_pool_t *p)
{
    static const char *const sources[] = { "inline", "dataset_id", "generate" };
    size_t i;
    int given = 0;

    if (!json_is_object(dataset))
        return;
    for (i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
        if (json_object_get(dataset, sources[i]) != NULL && ++given > 1)
            bm_err_violation(err, apr_pstrcat(p, "/dataset/", sources[i], NULL),
                             "Give one of inline, dataset_id and generate, not more.");
    if (given == 0)
        bm_err_violation(err, "/dataset/inline", "Is missing: give inline, dataset_id or generate.");
    check_order(dataset, err);
    check_length(json_object_get(dataset, "generate"), "input_tokens", err, p);
    check_length(json_object_get(dataset, "generate"), "output_tokens", err, p);
}

/* --- defaults */

static json_t *complete_length(const json_t *length, apr_pool_t *p)
{
    const distribution_t *distribution = distribution_of(length);
    json_t *whole = bm_json_overlay(length, NULL, p);
    const bm_field_t *field;

    for (field = bm_loadtest_length_fields; field->name != NULL; field++)
        if (field->fallback != NULL && json_object_get(length, field->name) == NULL
            && has_word(distribution->may, field->name, p))
            json_object_set_new(whole, field->name, json_loads(field->fallback, JSON_DECODE_ANY, NULL));
    return whole;
}

static json_t *complete_generate(const json_t *generate, apr_pool_t *p)
{
    json_t *whole = bm_field_complete(generate, bm_loadtest_generate_fields, p);
    const json_t *output = json_object_get(generate, "output_tokens"), *prefixes = json_object_get(generate, "shared_prefixes");

    json_object_set(whole, "input_tokens", complete_length(json_object_get(generate, "input_tokens"), p));
    if (output != NULL)
        json_object_set(whole, "output_tokens", complete_length(output, p));
    if (prefixes != NULL)
        json_object_set(whole, "shared_prefixes", bm_field_complete(prefixes, bm_loadtest_prefix_fields, p));
    return whole;
}

json_t *bm_loadtest_dataset_complete(const json_t *dataset, apr_pool_t *p)
{
    json_t *whole = bm_field_complete(dataset, bm_loadtest_dataset_fields, p);
    const json_t *generate = json_object_get(dataset, "generate");

    if (!is_zipf(dataset))
        json_object_del(whole, "zipf");
    if (generate != NULL)
        json_object_set(whole, "generate", complete_generate(generate, p));
    return whole;
}

static double most_of(const json_t *length)
{
    const json_t *most = json_object_get(length, json_object_get(length, "value") != NULL ? "value" : "max");

    return most != NULL ? json_number_value(most) : -1;
}

double bm_loadtest_generate_most_output(const json_t *generate)
{
    return most_of(json_object_get(generate, "output_tokens"));
}

double bm_loadtest_generate_most_input(const json_t *generate)
{
    double prefix = json_number_value(json_object_get(json_object_get(generate, "shared_prefixes"), "tokens"));

    return generate == NULL ? -1 : prefix + most_of(json_object_get(generate, "input_tokens"));
}
