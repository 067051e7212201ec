/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/langfuse_page.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "base/text.h"
#include "base/timefmt.h"

#define TOKENS_MAX 1e12
#define COST_MAX 1e6                          /* USD of one observation */
#define SECONDS_MAX 1e8
#define FIRST_TIME 1                          /* 0 stands for none */
#define LAST_TIME apr_time_from_sec(7258118400LL)     /* 2200 */

/* --- members */

/* Cut to max bytes, between characters. */
static const char *text_of(const json_t *object, const char *name, apr_size_t max, apr_pool_t *p)
{
    const json_t *value = json_object_get(object, name);
    apr_size_t len;

    if (!json_is_string(value))
        return NULL;
    len = json_string_length(value);
    return len <= max ? apr_pstrmemdup(p, json_string_value(value), len)
                      : bm_text_clean_utf8(json_string_value(value), len, max, p);
}

static const char *id_of(const json_t *object, const char *name, apr_pool_t *p)
{
    const json_t *value = json_object_get(object, name);

    if (!json_is_string(value) || json_string_length(value) == 0 || json_string_length(value) > BM_OBSERVATION_ID_MAX)
        return NULL;
    return apr_pstrdup(p, json_string_value(value));
}

static apr_time_t time_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    apr_time_t t;

    return text != NULL && bm_timefmt_parse(&t, text) == APR_SUCCESS && t >= FIRST_TIME && t < LAST_TIME ? t : 0;
}

/* Servers write prices and costs as numbers or as text. @return -1: none, or not within 0 and max. */
static double number_of(const json_t *value, double max)
{
    double number = -1;

    if (json_is_number(value))
        number = json_number_value(value);
    else if (json_is_string(value) && bm_text_to_double(&number, json_string_value(value)) != APR_SUCCESS)
        return -1;
    return number >= 0 && number <= max ? number : -1;
}

static apr_int64_t scaled(const json_t *value, double max, double scale)
{
    double number = number_of(value, max);

    return number < 0 ? -1 : (apr_int64_t)llround(number * scale);
}

/* NULL for what is empty, or too long to be kept. */
static const char *object_of(const json_t *object, const char *name, apr_pool_t *p)
{
    const json_t *value = json_object_get(object, name);
    apr_size_t len;
    const char *text;

    if (value == NULL || json_is_null(value) || (json_is_object(value) && json_object_size(value) == 0))
        return NULL;
    text = bm_json_dump(&len, value, p);
    return len <= BM_OBSERVATION_OBJECT_MAX ? text : NULL;
}

static char *quote(char *to, const char *text)
{
    *to++ = '"';
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            *to++ = '\\';
        *to++ = *text;
    }
    *to++ = '"';
    return to;
}

/* As PostgreSQL writes an array of text. */
static const char *tags_of(const json_t *object, apr_pool_t *p)
{
    const json_t *tags = json_object_get(object, "tags");
    size_t i, n = json_array_size(tags), bytes = 3;
    char *text, *to;
    int count = 0;

    if (!json_is_array(tags))
        return NULL;
    for (i = 0; i < n; i++)
        bytes += 2 * json_string_length(json_array_get(tags, i)) + 3;
    to = text = apr_palloc(p, bytes);
    *to++ = '{';
    for (i = 0; i < n && count < BM_OBSERVATION_TAGS_MAX; i++) {
        const char *tag = json_string_value(json_array_get(tags, i));

        if (tag == NULL || strlen(tag) > BM_OBSERVATION_TEXT_MAX)
            continue;
        if (count++ > 0)
            *to++ = ',';
        to = quote(to, tag);
    }
    *to++ = '}';
    *to = '\0';
    return text;
}

/* Upper case, as the contract has them; a server that we do not know may not. */
static const char *word_of(const json_t *object, const char *name, const char *otherwise, apr_pool_t *p)
{
    char *word = apr_pstrdup(p, text_of(object, name, 50, p)), *at;

    if (word == NULL || *word == '\0')
        return otherwise;
    for (at = word; *at != '\0'; at++)
        *at = (char)toupper((unsigned char)*at);
    return word;
}

/* --- an observation */

static void read_usage(bm_observation_t *o, const json_t *json, apr_pool_t *p)
{
    const json_t *usage = json_object_get(json, "usageDetails"), *costs = json_object_get(json, "costDetails");
    const json_t *cost = json_object_get(json, "totalCost");

    if (!json_is_object(usage))
        usage = json_object_get(json, "usage");             /* of servers before usageDetails; later ones fill it with zeros */
    o->input_tokens = scaled(json_object_get(usage, "input"), TOKENS_MAX, 1);
    o->output_tokens = scaled(json_object_get(usage, "output"), TOKENS_MAX, 1);
    o->total_tokens = scaled(json_object_get(usage, "total"), TOKENS_MAX, 1);
    if (o->total_tokens < 0 && (o->input_tokens >= 0 || o->output_tokens >= 0))
        o->total_tokens = (o->input_tokens > 0 ? o->input_tokens : 0) + (o->output_tokens > 0 ? o->output_tokens : 0);
    if (number_of(cost, COST_MAX) < 0)
        cost = json_object_get(costs, "total");
    if (number_of(cost, COST_MAX) < 0)
        cost = json_object_get(json, "calculatedTotalCost");
    o->cost_nano = scaled(cost, COST_MAX, 1e9);
    o->usage_details = object_of(json, "usageDetails", p);
    o->cost_details = object_of(json, "costDetails", p);
}

/* By its own times; what the server computed where it has no end. Clocks that disagree make none. */
static void read_times(bm_observation_t *o, const json_t *json)
{
    o->end = time_of(json, "endTime");
    o->completion = time_of(json, "completionStartTime");
    o->updated = time_of(json, "updatedAt");
    o->latency_us = o->end != 0 ? o->end - o->start : scaled(json_object_get(json, "latency"), SECONDS_MAX, 1e6);
    o->ttft_us = o->completion != 0 ? o->completion - o->start
                                    : scaled(json_object_get(json, "timeToFirstToken"), SECONDS_MAX, 1e6);
    if (o->latency_us < 0 || o->latency_us > SECONDS_MAX * 1e6)
        o->latency_us = -1;
    if (o->ttft_us < 0 || o->ttft_us > SECONDS_MAX * 1e6)
        o->ttft_us = -1;
}

static bm_observation_t *read_observation(const json_t *json, bm_langfuse_bodies_t *bodies, apr_pool_t *p)
{
    bm_observation_t *o = apr_pcalloc(p, sizeof(*o));

    o->id = id_of(json, "id", p);
    o->start = time_of(json, "startTime");
    if (o->id == NULL || o->start == 0)
        return NULL;
    o->trace_id = id_of(json, "traceId", p);
    if (o->trace_id == NULL)
        o->trace_id = o->id;
    o->parent_id = id_of(json, "parentObservationId", p);
    o->type = word_of(json, "type", "SPAN", p);
    o->level = word_of(json, "level", "DEFAULT", p);
    o->name = text_of(json, "name", BM_OBSERVATION_TEXT_MAX, p);
    o->status_message = text_of(json, "statusMessage", BM_OBSERVATION_MESSAGE_MAX, p);
    o->environment = text_of(json, "environment", BM_OBSERVATION_TEXT_MAX, p);
    o->version = text_of(json, "version", BM_OBSERVATION_TEXT_MAX, p);
    o->release = text_of(json, "release", BM_OBSERVATION_TEXT_MAX, p);
    o->trace_name = text_of(json, "traceName", BM_OBSERVATION_TEXT_MAX, p);
    o->session_id = id_of(json, "sessionId", p);
    o->user_id = text_of(json, "userId", BM_OBSERVATION_TEXT_MAX, p);
    o->tags = tags_of(json, p);
    o->model = text_of(json, "providedModelName", BM_OBSERVATION_TEXT_MAX, p);
    if (o->model == NULL)
        o->model = text_of(json, "model", BM_OBSERVATION_TEXT_MAX, p);
    o->metadata = object_of(json, "metadata", p);
    o->input = bm_langfuse_body(bodies, json_object_get(json, "input"), p);
    o->output = bm_langfuse_body(bodies, json_object_get(json, "output"), p);
    read_times(o, json);
    read_usage(o, json, p);
    bm_observation_seal(o);
    return o;
}

static bm_trace_told_t *read_trace(const json_t *json, apr_pool_t *p)
{
    bm_trace_told_t *t = apr_pcalloc(p, sizeof(*t));

    t->id = id_of(json, "id", p);
    t->start = time_of(json, "timestamp");
    t->name = text_of(json, "name", BM_OBSERVATION_TEXT_MAX, p);
    t->session_id = id_of(json, "sessionId", p);
    t->user_id = text_of(json, "userId", BM_OBSERVATION_TEXT_MAX, p);
    t->environment = text_of(json, "environment", BM_OBSERVATION_TEXT_MAX, p);
    t->release = text_of(json, "release", BM_OBSERVATION_TEXT_MAX, p);
    t->version = text_of(json, "version", BM_OBSERVATION_TEXT_MAX, p);
    t->tags = tags_of(json, p);
    t->metadata = object_of(json, "metadata", p);
    return t->id != NULL && t->start != 0 ? t : NULL;
}

/* --- a score */

static void read_value(bm_trace_score_t *score, const json_t *json, apr_pool_t *p)
{
    const json_t *value = json_object_get(json, "value");

    score->string_value = text_of(json, json_is_string(value) ? "value" : "stringValue", BM_OBSERVATION_MESSAGE_MAX, p);
    if (json_is_boolean(value)) {
        score->value = json_is_true(value) ? "1" : "0";
        score->string_value = json_is_true(value) ? "true" : "false";
    }
    else if (json_is_number(value) && isfinite(json_number_value(value)))
        score->value = bm_text_number(json_number_value(value), 17, p);
}

/* v4 says what it is about in one object, the old API by its ids. */
static void read_subject(bm_trace_score_t *score, const json_t *json, apr_pool_t *p)
{
    const json_t *subject = json_object_get(json, "subject");
    const char *kind = json_string_value(json_object_get(subject, "kind"));

    score->trace_id = id_of(json, "traceId", p);
    score->observation_id = id_of(json, "observationId", p);
    score->session_id = id_of(json, "sessionId", p);
    if (kind == NULL)
        return;
    score->trace_id = id_of(subject, strcmp(kind, "trace") == 0 ? "id" : "traceId", p);
    score->observation_id = strcmp(kind, "observation") == 0 ? id_of(subject, "id", p) : NULL;
    score->session_id = strcmp(kind, "session") == 0 ? id_of(subject, "id", p) : NULL;
}

static bm_trace_score_t *read_score(const json_t *json, apr_pool_t *p)
{
    bm_trace_score_t *score = apr_pcalloc(p, sizeof(*score));

    score->id = id_of(json, "id", p);
    score->at = time_of(json, "timestamp");
    score->updated = time_of(json, "updatedAt");
    score->name = text_of(json, "name", BM_OBSERVATION_TEXT_MAX, p);
    score->data_type = word_of(json, "dataType", NULL, p);
    score->source = word_of(json, "source", NULL, p);
    score->comment = text_of(json, "comment", BM_OBSERVATION_MESSAGE_MAX, p);
    score->environment = text_of(json, "environment", BM_OBSERVATION_TEXT_MAX, p);
    read_value(score, json, p);
    read_subject(score, json, p);
    return score->id != NULL && score->at != 0 ? score : NULL;
}

/* --- pages */

static apr_status_t open_page(bm_langfuse_page_t **ppage, const json_t **pdata, const json_t *body, bm_err_t *err, apr_pool_t *p)
{
    const json_t *meta = json_object_get(body, "meta");
    bm_langfuse_page_t *page = apr_pcalloc(p, sizeof(*page));

    *pdata = json_object_get(body, "data");
    if (!json_is_array(*pdata))
        return bm_err_set(err, APR_EINVAL, "not_a_page", "The answer is JSON, but has no array \"data\".");
    page->received = (int)json_array_size(*pdata);
    page->cursor = apr_pstrdup(p, json_string_value(json_object_get(meta, "cursor")));
    page->total_items = json_integer_value(json_object_get(meta, "totalItems"));
    page->total_pages = json_integer_value(json_object_get(meta, "totalPages"));
    *ppage = page;
    return APR_SUCCESS;
}

apr_status_t bm_langfuse_page_observations(bm_langfuse_page_t **ppage, const json_t *body, bm_langfuse_bodies_t *bodies,
                                           bm_err_t *err, apr_pool_t *p)
{
    const json_t *data;
    bm_langfuse_page_t *page;
    apr_status_t rv = open_page(ppage, &data, body, err, p);
    int i;

    if (rv != APR_SUCCESS)
        return rv;
    page = *ppage;
    page->observations = apr_palloc(p, ((size_t)page->received + 1) * sizeof(*page->observations));
    for (i = 0; i < page->received; i++) {
        bm_observation_t *o = read_observation(json_array_get(data, (size_t)i), bodies, p);

        if (o != NULL)
            page->observations[page->observation_count++] = o;
        else
            page->refused++;
    }
    bm_observation_once(page->observations, &page->observation_count);
    return APR_SUCCESS;
}

apr_status_t bm_langfuse_page_traces(bm_langfuse_page_t **ppage, const json_t *body, bm_langfuse_bodies_t *bodies, bm_err_t *err,
                                     apr_pool_t *p)
{
    const json_t *data;
    bm_langfuse_page_t *page;
    apr_status_t rv = open_page(ppage, &data, body, err, p);
    int i;

    if (rv != APR_SUCCESS)
        return rv;
    (void)bodies;
    page = *ppage;
    page->traces = apr_palloc(p, ((size_t)page->received + 1) * sizeof(*page->traces));
    for (i = 0; i < page->received; i++) {
        bm_trace_told_t *t = read_trace(json_array_get(data, (size_t)i), p);

        if (t != NULL)
            page->traces[page->trace_count++] = t;
        else
            page->refused++;
    }
    return APR_SUCCESS;
}

apr_status_t bm_langfuse_page_scores(bm_langfuse_page_t **ppage, const json_t *body, bm_langfuse_bodies_t *bodies, bm_err_t *err,
                                     apr_pool_t *p)
{
    const json_t *data;
    bm_langfuse_page_t *page;
    apr_status_t rv = open_page(ppage, &data, body, err, p);
    int i;

    if (rv != APR_SUCCESS)
        return rv;
    (void)bodies;
    page = *ppage;
    page->scores = apr_palloc(p, ((size_t)page->received + 1) * sizeof(*page->scores));
    for (i = 0; i < page->received; i++) {
        bm_trace_score_t *score = read_score(json_array_get(data, (size_t)i), p);

        if (score != NULL)
            page->scores[page->score_count++] = score;
        else
            page->refused++;
    }
    return APR_SUCCESS;
}
