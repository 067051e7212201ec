/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/push_batch.h"

#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>
#include "base/timefmt.h"
#include "model/observation.h"

#define LAST_TIME apr_time_from_sec(7258118400LL)       /* 2200 */

enum { CREATED = 201, BAD = 400 };

/* --- kinds of events */

typedef enum kind_e {
    OF_TRACE, OF_OBSERVATION, OF_NOTHING, NOT_TAKEN
} kind_e;

static const struct {
    const char *name;
    kind_e kind;
    int is_create;
    const char *type;                        /* of the observation; NULL: the body says it */
} kinds[] = {
    { "trace-create", OF_TRACE, 1, NULL },
    { "span-create", OF_OBSERVATION, 1, "SPAN" }, { "span-update", OF_OBSERVATION, 0, "SPAN" },
    { "generation-create", OF_OBSERVATION, 1, "GENERATION" }, { "generation-update", OF_OBSERVATION, 0, "GENERATION" },
    { "event-create", OF_OBSERVATION, 1, "EVENT" }, { "agent-create", OF_OBSERVATION, 1, "AGENT" },
    { "tool-create", OF_OBSERVATION, 1, "TOOL" }, { "chain-create", OF_OBSERVATION, 1, "CHAIN" },
    { "retriever-create", OF_OBSERVATION, 1, "RETRIEVER" }, { "evaluator-create", OF_OBSERVATION, 1, "EVALUATOR" },
    { "embedding-create", OF_OBSERVATION, 1, "EMBEDDING" }, { "guardrail-create", OF_OBSERVATION, 1, "GUARDRAIL" },
    { "observation-create", OF_OBSERVATION, 1, NULL }, { "observation-update", OF_OBSERVATION, 0, NULL },
    { "sdk-log", OF_NOTHING, 1, NULL }, { "score-create", NOT_TAKEN, 1, NULL }, { "dataset-run-item-create", NOT_TAKEN, 1, NULL }
};

static int kind_of(const char *name)
{
    size_t i;

    for (i = 0; name != NULL && i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return (int)i;
    return -1;
}

/* --- bodies */

/* Members that are known and said; null says nothing. A new object in p. */
static json_t *said(const json_t *body, const char *const *names, apr_pool_t *p)
{
    json_t *o = bm_json_adopt(json_object(), p), *value;

    for (; *names != NULL; names++) {
        value = json_object_get(body, *names);
        if (value != NULL && !json_is_null(value))
            json_object_set(o, *names, value);
    }
    return o;
}

static void rename_number(json_t *to, const char *member, const json_t *from, const char *name)
{
    json_t *value = json_object_get(from, name);

    if (json_is_number(value) && json_object_get(to, member) == NULL)
        json_object_set(to, member, value);
}

/* By the names that Langfuse has, whichever of its own older ones or of OpenAI's the SDK used. */
static void put_usage(json_t *o, const json_t *body)
{
    static const char *const names[][2] = {
        { "input", "input" }, { "output", "output" }, { "total", "total" },
        { "input", "promptTokens" }, { "output", "completionTokens" }, { "total", "totalTokens" },
        { "input", "prompt_tokens" }, { "output", "completion_tokens" }, { "total", "total_tokens" },
        { "input", "input_tokens" }, { "output", "output_tokens" }
    };
    const json_t *given = json_object_get(body, "usageDetails"), *usage = json_object_get(body, "usage");
    json_t *details = json_object(), *value;
    const char *key;
    size_t i, n = sizeof(names) / sizeof(names[0]);

    if (!json_is_object(given))
        given = usage;
    for (i = 0; i < n; i++)
        rename_number(details, names[i][0], given, names[i][1]);
    json_object_foreach((json_t *)(apr_uintptr_t)json_object_get(body, "usageDetails"), key, value) {
        for (i = 0; i < n && strcmp(key, names[i][1]) != 0; i++)
            ;
        if (i == n && json_is_number(value))
            json_object_set(details, key, value);
    }
    if (json_object_size(details) > 0)
        json_object_set(o, "usageDetails", details);
    json_decref(details);
    if (json_is_number(json_object_get(usage, "totalCost")))
        json_object_set_new(o, "totalCost", json_real(json_number_value(json_object_get(usage, "totalCost"))));
}

/* Where the whole is not told it is the sum of its parts. */
static void put_costs(json_t *o, const json_t *body)
{
    json_t *costs = json_object_get(body, "costDetails"), *value;
    const char *key;
    double sum = 0;

    if (json_object_size(costs) == 0)
        return;
    json_object_set(o, "costDetails", costs);
    json_object_foreach(costs, key, value)
        sum = strcmp(key, "total") == 0 ? sum : sum + json_number_value(value);
    json_object_set_new(o, "totalCost", json_is_number(json_object_get(costs, "total"))
                                        ? json_real(json_number_value(json_object_get(costs, "total"))) : json_real(sum));
}

static json_t *time_json(apr_time_t t)
{
    char text[BM_TIMEFMT_SIZE];

    bm_timefmt_rfc3339(text, t);
    return json_string(text);
}

/* 0: it is none, or beyond what is stored (sync/langfuse_page.c). */
static apr_time_t time_of(const json_t *value)
{
    apr_time_t t;

    if (!json_is_string(value) || bm_timefmt_parse(&t, json_string_value(value)) != APR_SUCCESS)
        return 0;
    return t > 0 && t < LAST_TIME ? t : 0;
}

/* In one form, so that they can be compared; what is none was not said. */
static void mend_time(json_t *o, const char *member)
{
    apr_time_t t = time_of(json_object_get(o, member));

    if (t != 0)
        json_object_set_new(o, member, time_json(t));
    else
        json_object_del(o, member);
}

static json_t *observation_body(const json_t *body, int kind, apr_pool_t *p)
{
    static const char *const names[] = { "traceId", "parentObservationId", "name", "level", "statusMessage", "startTime",
                                         "endTime", "completionStartTime", "version", "environment", "model", "metadata",
                                         "input", "output", NULL };
    json_t *o = said(body, names, p), *type = json_object_get(body, "type");

    if (kinds[kind].type != NULL)
        json_object_set_new(o, "type", json_string(kinds[kind].type));
    else if (json_is_string(type))
        json_object_set(o, "type", type);
    mend_time(o, "startTime");
    mend_time(o, "endTime");
    mend_time(o, "completionStartTime");
    put_usage(o, body);
    put_costs(o, body);
    return o;
}

static json_t *trace_body(const json_t *body, apr_pool_t *p)
{
    static const char *const names[] = { "timestamp", "name", "userId", "sessionId", "release", "version", "environment", "tags",
                                         "metadata", "input", "output", NULL };
    json_t *o = said(body, names, p);

    mend_time(o, "timestamp");
    return o;
}

/* --- a batch */

static int is_id(const json_t *id)
{
    return json_is_string(id) && json_string_length(id) > 0 && json_string_length(id) <= BM_OBSERVATION_ID_MAX;
}

static void refuse(bm_push_event_t *e, const char *message)
{
    e->status = BAD;
    e->message = message;
}

static void read_event(bm_push_event_t *e, const json_t *json, apr_pool_t *p)
{
    const json_t *id = json_object_get(json, "id"), *body = json_object_get(json, "body");
    const json_t *key = json_object_get(body, "id"), *trace = json_object_get(body, "traceId");
    int kind = kind_of(json_string_value(json_object_get(json, "type")));

    e->status = CREATED;
    e->id = is_id(id) ? apr_pstrdup(p, json_string_value(id)) : "unknown";
    if (!is_id(id))
        return refuse(e, "id must be a text of 1 to 255 bytes.");
    if (kind < 0)
        return refuse(e, "type must be one of the kinds of events that Langfuse knows.");
    if (kinds[kind].kind == NOT_TAKEN)
        return refuse(e, "Events of this type are not taken here.");
    if (kinds[kind].kind == OF_NOTHING)
        return;
    e->at = time_of(json_object_get(json, "timestamp"));
    if (e->at == 0)
        return refuse(e, "timestamp must be a time of RFC 3339 between 1970 and 2200.");
    if (!json_is_object(body))
        return refuse(e, "body must be an object.");
    if (key != NULL && !json_is_null(key) && !is_id(key))
        return refuse(e, "body.id must be a text of 1 to 255 bytes.");
    if (trace != NULL && !json_is_null(trace) && !is_id(trace))
        return refuse(e, "body.traceId must be a text of 1 to 255 bytes.");
    e->key = is_id(key) ? apr_pstrdup(p, json_string_value(key)) : e->id;
    e->is_trace = kinds[kind].kind == OF_TRACE;
    e->is_create = kinds[kind].is_create;
    e->body = e->is_trace ? trace_body(body, p) : observation_body(body, kind, p);
}

apr_status_t bm_push_batch_read(bm_push_batch_t **pbatch, const json_t *body, bm_err_t *err, apr_pool_t *p)
{
    const json_t *list = json_object_get(body, "batch");
    apr_hash_t *seen = apr_hash_make(p);
    bm_push_batch_t *batch;
    int i;

    if (!json_is_array(list))
        return bm_err_violation(err, json_is_object(body) ? "/batch" : "", "Must be an %s.",
                                json_is_object(body) ? "array of events" : "object with the member batch");
    if (json_array_size(list) > BM_PUSH_EVENTS_MAX)
        return APR_ENOSPC;
    batch = *pbatch = apr_pcalloc(p, sizeof(*batch));
    batch->n = (int)json_array_size(list);
    batch->events = apr_pcalloc(p, ((size_t)batch->n + 1) * sizeof(*batch->events));
    for (i = 0; i < batch->n; i++) {
        bm_push_event_t *e = &batch->events[i];

        e->order = i;
        read_event(e, json_array_get(list, (size_t)i), p);
        if (e->key != NULL && apr_hash_get(seen, e->id, APR_HASH_KEY_STRING) != NULL)
            e->key = NULL;                   /* sent twice */
        else if (e->key != NULL)
            apr_hash_set(seen, e->id, APR_HASH_KEY_STRING, e);
    }
    return APR_SUCCESS;
}

/* --- by what it is about */

static int compare(const void *a, const void *b)
{
    const bm_push_event_t *x = *(const bm_push_event_t *const *)a, *y = *(const bm_push_event_t *const *)b;
    int by_key = strcmp(x->key, y->key);

    if (by_key != 0)
        return by_key;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->is_create != y->is_create ? y->is_create - x->is_create : x->order - y->order;
}

/* Those about traces, or about observations, in the order in which they count. */
static const bm_push_event_t **sorted(int *n, const bm_push_batch_t *batch, int traces, apr_pool_t *p)
{
    const bm_push_event_t **events = apr_palloc(p, ((size_t)batch->n + 1) * sizeof(*events));
    int i;

    *n = 0;
    for (i = 0; i < batch->n; i++)
        if (batch->events[i].key != NULL && batch->events[i].status == CREATED && batch->events[i].is_trace == traces)
            events[(*n)++] = &batch->events[i];
    qsort((void *)events, (size_t)*n, sizeof(*events), compare);
    return events;
}

const char **bm_push_batch_keys(int *n, const bm_push_batch_t *batch, int traces, apr_pool_t *p)
{
    int i, count;
    const bm_push_event_t **events = sorted(&count, batch, traces, p);
    const char **keys = apr_palloc(p, ((size_t)count + 1) * sizeof(*keys));

    *n = 0;
    for (i = 0; i < count; i++)
        if (i == 0 || strcmp(events[i]->key, events[i - 1]->key) != 0)
            keys[(*n)++] = events[i]->key;
    return keys;
}

/* --- what comes of it */

/* Members of both; what `over` says counts. */
static void merge_objects(json_t *o, const char *member, json_t *under, json_t *over)
{
    json_t *merged = json_deep_copy(under);

    json_object_update_recursive(merged, over);
    json_object_set_new(o, member, merged);
}

static void add_tags(json_t *o, const json_t *more)
{
    json_t *tags = json_copy(json_object_get(o, "tags"));
    size_t i, k;

    for (i = 0; i < json_array_size(more) && json_array_size(tags) < BM_OBSERVATION_TAGS_MAX; i++) {
        json_t *tag = json_array_get(more, i);

        for (k = 0; k < json_array_size(tags) && !json_equal(json_array_get(tags, k), tag); k++)
            ;
        if (k == json_array_size(tags))
            json_array_append(tags, tag);
    }
    json_object_set_new(o, "tags", tags);
}

/* late: something later has been said already. */
static void apply(json_t *o, const bm_push_event_t *e, int late)
{
    const char *member;
    json_t *value;

    json_object_foreach(e->body, member, value) {
        json_t *is = json_object_get(o, member);

        if (is == NULL)
            json_object_set(o, member, value);
        else if (strcmp(member, "metadata") == 0 && json_is_object(is) && json_is_object(value))
            merge_objects(o, member, late ? value : is, late ? is : value);
        else if (strcmp(member, "tags") == 0 && json_is_array(is) && json_is_array(value))
            add_tags(o, value);
        else if (strcmp(member, "startTime") == 0 || strcmp(member, "type") == 0 ? e->is_create : !late)
            /* begin and type are known to the creation, whenever it comes */
            json_object_set(o, member, value);
    }
}

/* Events of one, in order, on what is stored of it. @return NULL: nothing changes. */
static json_t *merge(const bm_push_event_t *const *events, int n, const bm_push_stored_t *stored, apr_pool_t *p)
{
    json_t *o = bm_json_adopt(stored != NULL ? json_copy(stored->document) : json_object(), p);
    const char *begin = events[0]->is_trace ? "timestamp" : "startTime";
    apr_time_t at = stored != NULL ? stored->at : 0, last = at;
    int i;

    for (i = 0; i < n; i++) {
        apply(o, events[i], at != 0 && (events[i]->at < at || (events[i]->at == at && events[i]->is_create)));
        if (events[i]->at > last)
            last = events[i]->at;
    }
    json_object_set_new(o, "id", json_string(events[0]->key));
    if (json_object_get(o, begin) == NULL)
        json_object_set_new(o, begin, time_json(events[0]->at));             /* until somebody says it */
    if (stored != NULL && last == stored->at && json_equal(o, stored->document))
        return NULL;
    json_object_set_new(o, "updatedAt", time_json(last));
    return o;
}

json_t *bm_push_batch_merge(const bm_push_batch_t *batch, int traces, apr_hash_t *stored, apr_pool_t *p)
{
    json_t *merged = bm_json_adopt(json_array(), p), *one;
    int i, end, n;
    const bm_push_event_t **events = sorted(&n, batch, traces, p);

    for (i = 0; i < n; i = end) {
        for (end = i + 1; end < n && strcmp(events[end]->key, events[i]->key) == 0; end++)
            ;
        one = merge(events + i, end - i, apr_hash_get(stored, events[i]->key, APR_HASH_KEY_STRING), p);
        if (one != NULL)
            json_array_append(merged, one);
    }
    return merged;
}
