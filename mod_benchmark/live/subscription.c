/* SPDX-License-Identifier: Apache-2.0 */
#include "live/subscription.h"

#include <string.h>
#include <apr_strings.h>
#include "base/json.h"
#include "base/text.h"
#include "parse/json_pointer.h"

/* Objects of a topic that have all of these members; 0: any. */
typedef struct filter_t {
    bm_live_topic_e topic;
    apr_int64_t id, scenario_id, automation_id;
} filter_t;

/* filters is canonical: in order, and none that another one contains. */
struct bm_subscription_t {
    filter_t filters[BM_SUBSCRIPTION_FILTERS];
    int n;
    apr_int64_t *projects;           /* in order, each once; NULL: all */
    int project_count;
    const char *key;
};

/* Which members the objects of a topic have beside their id. A scenario or an automation is named by its own id. */
static int knows_scenario(bm_live_topic_e topic)
{
    return topic == BM_TOPIC_RUN || topic == BM_TOPIC_LOADTEST;
}

static int knows_automation(bm_live_topic_e topic)
{
    return knows_scenario(topic) || topic == BM_TOPIC_SCENARIO;
}

/* --- canonical form */

static int contains(const filter_t *wide, const filter_t *narrow)
{
    return wide->topic == narrow->topic && (wide->id == 0 || wide->id == narrow->id)
           && (wide->scenario_id == 0 || wide->scenario_id == narrow->scenario_id)
           && (wide->automation_id == 0 || wide->automation_id == narrow->automation_id);
}

static int before(const filter_t *a, const filter_t *b)
{
    if (a->topic != b->topic)
        return a->topic < b->topic;
    if (a->id != b->id)
        return a->id < b->id;
    return a->scenario_id != b->scenario_id ? a->scenario_id < b->scenario_id : a->automation_id < b->automation_id;
}

static void add_filter(bm_subscription_t *s, const filter_t *filter)
{
    int i, kept = 0, at;

    for (i = 0; i < s->n; i++)
        if (contains(&s->filters[i], filter))
            return;
    for (i = 0; i < s->n; i++)
        if (!contains(filter, &s->filters[i]))
            s->filters[kept++] = s->filters[i];
    for (at = kept; at > 0 && before(filter, &s->filters[at - 1]); at--)
        s->filters[at] = s->filters[at - 1];
    s->filters[at] = *filter;
    s->n = kept + 1;
}

static const char *key_part(const char *key, const char *name, apr_int64_t value, apr_pool_t *p)
{
    return value != 0 ? apr_psprintf(p, "%s,%s=%" APR_INT64_T_FMT, key, name, value) : key;
}

/* "run,scenario=3;loadtest,id=7;" and, for somebody who may not see all, "@1,2". */
static void set_key(bm_subscription_t *s, apr_pool_t *p)
{
    const char *key = "";
    int i;

    for (i = 0; i < s->n; i++) {
        const filter_t *f = &s->filters[i];

        key = apr_pstrcat(p, key, bm_live_topic_name(f->topic), NULL);
        key = key_part(key, "id", f->id, p);
        key = key_part(key, "scenario", f->scenario_id, p);
        key = key_part(key, "automation", f->automation_id, p);
        key = apr_pstrcat(p, key, ";", NULL);
    }
    for (i = 0; i < s->project_count; i++)
        key = apr_psprintf(p, "%s%s%" APR_INT64_T_FMT, key, i == 0 ? "@" : ",", s->projects[i]);
    s->key = s->projects != NULL && s->project_count == 0 ? apr_pstrcat(p, key, "@", NULL) : key;
}

/* --- from a query */

/* "run" or "loadtest:7". */
static apr_status_t read_topic(filter_t *filter, char *text, bm_err_t *err, apr_pool_t *p)
{
    char *id = strchr(text, ':');
    int topic;

    if (id != NULL)
        *id++ = '\0';
    topic = bm_live_topic_find(text);
    if (topic < 0)
        return bm_err_violation(err, "?topic", "There is no topic \"%s\".", bm_text_clean_utf8(text, strlen(text), 40, p));
    if (id != NULL && bm_text_to_int64(&filter->id, id, 1, APR_INT64_MAX) != APR_SUCCESS)
        return bm_err_violation(err, "?topic", "\"%s\" is not the id of a %s.", bm_text_clean_utf8(id, strlen(id), 40, p), text);
    filter->topic = (bm_live_topic_e)topic;
    return APR_SUCCESS;
}

static void narrow(filter_t *filter, apr_int64_t scenario_id, apr_int64_t automation_id)
{
    if (knows_scenario(filter->topic))
        filter->scenario_id = scenario_id;
    else if (filter->topic == BM_TOPIC_SCENARIO && filter->id == 0)
        filter->id = scenario_id;
    if (knows_automation(filter->topic))
        filter->automation_id = automation_id;
    else if (filter->topic == BM_TOPIC_AUTOMATION && filter->id == 0)
        filter->id = automation_id;
}

apr_status_t bm_subscription_from_query(bm_subscription_t **psubscription, const char *topics, apr_int64_t scenario_id,
                                        apr_int64_t automation_id, bm_err_t *err, apr_pool_t *p)
{
    bm_subscription_t *s = apr_pcalloc(p, sizeof(*s));
    int i, n = 0;

    *psubscription = NULL;
    for (i = 0; topics == NULL && i < BM_TOPICS; i++) {
        filter_t filter = { .topic = (bm_live_topic_e)i };

        narrow(&filter, scenario_id, automation_id);
        add_filter(s, &filter);
    }
    while (topics != NULL) {
        const char *end = strchr(topics, ',');
        char *text = end ? apr_pstrmemdup(p, topics, (apr_size_t)(end - topics)) : apr_pstrdup(p, topics);
        filter_t filter = { 0 };
        apr_status_t rv;

        if (++n > BM_SUBSCRIPTION_FILTERS)
            return bm_err_violation(err, "?topic", "These are more than %d topics.", BM_SUBSCRIPTION_FILTERS);
        rv = read_topic(&filter, text, err, p);
        if (rv != APR_SUCCESS)
            return rv;
        narrow(&filter, scenario_id, automation_id);
        add_filter(s, &filter);
        topics = end ? end + 1 : NULL;
    }
    set_key(s, p);
    *psubscription = s;
    return APR_SUCCESS;
}

/* --- from JSON */

static apr_status_t read_id(apr_int64_t *id, const json_t *value, int known, const char *name, const char *pointer, bm_err_t *err)
{
    if (!known)
        return bm_err_violation(err, pointer, "This topic has no \"%s\" to choose by.", name);
    if (!json_is_integer(value) || json_integer_value(value) < 1)
        return bm_err_violation(err, pointer, "An id is a whole number from 1.");
    *id = json_integer_value(value);
    return APR_SUCCESS;
}

/* pointer: of the filter. */
static apr_status_t read_filter(filter_t *filter, const json_t *json, const char *pointer, bm_err_t *err, apr_pool_t *p)
{
    const json_t *topic = json_object_get(json, "topic");
    apr_status_t rv = APR_SUCCESS;
    const char *name;
    json_t *value;
    int found;

    if (!json_is_object(json))
        return bm_err_violation(err, pointer, "A filter is an object.");
    found = json_is_string(topic) ? bm_live_topic_find(json_string_value(topic)) : -1;
    if (found < 0)
        return bm_err_violation(err, apr_pstrcat(p, pointer, "/topic", NULL), "This is not the name of a topic.");
    filter->topic = (bm_live_topic_e)found;
    json_object_foreach((json_t *)(apr_uintptr_t)json, name, value) {
        const char *at = bm_json_pointer_add(pointer, name, p);

        if (strcmp(name, "id") == 0)
            rv = read_id(&filter->id, value, 1, name, at, err);
        else if (strcmp(name, "scenario_id") == 0)
            rv = read_id(&filter->scenario_id, value, knows_scenario(filter->topic), name, at, err);
        else if (strcmp(name, "automation_id") == 0)
            rv = read_id(&filter->automation_id, value, knows_automation(filter->topic), name, at, err);
        else if (strcmp(name, "topic") != 0)
            rv = bm_err_violation(err, at, "A filter has no such member.");
        if (rv != APR_SUCCESS)
            return rv;
    }
    return APR_SUCCESS;
}

apr_status_t bm_subscription_from_json(bm_subscription_t **psubscription, const json_t *filters, bm_err_t *err, apr_pool_t *p)
{
    bm_subscription_t *s = apr_pcalloc(p, sizeof(*s));
    apr_size_t i;

    *psubscription = NULL;
    if (!json_is_array(filters))
        return bm_err_violation(err, "", "The filters are an array.");
    if (json_array_size(filters) > BM_SUBSCRIPTION_FILTERS)
        return bm_err_violation(err, "", "These are more than %d filters.", BM_SUBSCRIPTION_FILTERS);
    for (i = 0; i < json_array_size(filters); i++) {
        filter_t filter = { 0 };
        apr_status_t rv = read_filter(&filter, json_array_get(filters, i), bm_json_pointer_add_index("", i, p), err, p);

        if (rv != APR_SUCCESS)
            return rv;
        add_filter(s, &filter);
    }
    set_key(s, p);
    *psubscription = s;
    return APR_SUCCESS;
}

/* --- copies */

/* The ids in order, each once. */
static void set_projects(bm_subscription_t *s, const apr_int64_t *projects, int n, apr_pool_t *p)
{
    int i, at;

    s->projects = apr_palloc(p, ((apr_size_t)n + 1) * sizeof(*projects));
    s->project_count = 0;
    for (i = 0; i < n; i++) {
        for (at = s->project_count; at > 0 && projects[i] < s->projects[at - 1]; at--)
            ;
        if (at > 0 && s->projects[at - 1] == projects[i])
            continue;
        memmove(&s->projects[at + 1], &s->projects[at], (apr_size_t)(s->project_count - at) * sizeof(*projects));
        s->projects[at] = projects[i];
        s->project_count++;
    }
}

static int may_watch(bm_live_topic_e topic, int administers, int sees_all)
{
    switch (topic) {
    case BM_TOPIC_USER:
    case BM_TOPIC_KEY:
        return administers && sees_all;
    case BM_TOPIC_SECRET:
        return administers;
    default:
        return 1;
    }
}

bm_subscription_t *bm_subscription_limited(const bm_subscription_t *subscription, int administers, const apr_int64_t *projects,
                                           int n, apr_pool_t *p)
{
    bm_subscription_t *s = apr_pmemdup(p, subscription, sizeof(*s));
    int i;

    s->n = 0;
    for (i = 0; i < subscription->n; i++)
        if (may_watch(subscription->filters[i].topic, administers, projects == NULL))
            s->filters[s->n++] = subscription->filters[i];
    s->projects = NULL;
    s->project_count = 0;
    if (projects != NULL)
        set_projects(s, projects, n, p);
    set_key(s, p);
    return s;
}

const char *bm_subscription_key(const bm_subscription_t *subscription)
{
    return subscription->key;
}

bm_subscription_t *bm_subscription_copy(const bm_subscription_t *subscription, apr_pool_t *p)
{
    bm_subscription_t *s = apr_pmemdup(p, subscription, sizeof(*s));

    if (s->projects != NULL)
        s->projects = apr_pmemdup(p, subscription->projects, ((apr_size_t)s->project_count + 1) * sizeof(*s->projects));
    s->key = apr_pstrdup(p, subscription->key);
    return s;
}

/* --- telling */

static int has_member(const json_t *object, const char *name, apr_int64_t wanted)
{
    return wanted == 0 || json_integer_value(json_object_get(object, name)) == wanted;
}

static int takes(const filter_t *f, bm_live_topic_e topic, const json_t *object)
{
    return f->topic == topic && has_member(object, "id", f->id) && has_member(object, "scenario_id", f->scenario_id)
           && has_member(object, "automation_id", f->automation_id);
}

static int is_taken(const bm_subscription_t *s, bm_live_topic_e topic, const json_t *object)
{
    int i;

    for (i = 0; i < s->n; i++)
        if (takes(&s->filters[i], topic, object))
            return 1;
    return 0;
}

static int sees_project(const bm_subscription_t *s, apr_int64_t project_id)
{
    int i;

    for (i = 0; i < s->project_count; i++)
        if (s->projects[i] == project_id)
            return 1;
    return s->projects == NULL || project_id == 0;
}

int bm_subscription_sees(const bm_subscription_t *subscription, const bm_live_event_t *event)
{
    return sees_project(subscription, event->project_id);
}

/* data with those of its runs that are wanted. */
static void write_runs(bm_jw_t *w, const bm_subscription_t *s, const bm_live_event_t *event)
{
    const char *name;
    json_t *value;
    apr_size_t i;

    bm_jw_begin_object(w);
    json_object_foreach((json_t *)(apr_uintptr_t)event->data, name, value) {
        bm_jw_key(w, name);
        if (strcmp(name, "runs") != 0) {
            bm_jw_json(w, value);
            continue;
        }
        bm_jw_begin_array(w);
        for (i = 0; i < json_array_size(value); i++)
            if (is_taken(s, event->topic, json_array_get(value, i)))
                bm_jw_json(w, json_array_get(value, i));
        bm_jw_end_array(w);
    }
    bm_jw_end_object(w);
}

/* How much of an event is told. */
typedef enum extent_e { NOTHING, SOME_RUNS, ALL } extent_e;

static extent_e extent(const bm_subscription_t *s, const bm_live_event_t *event)
{
    const json_t *runs = json_object_get(event->data, "runs");
    apr_size_t i, n = json_array_size(runs), taken = 0;

    if (event->topic == BM_TOPIC_STREAM)
        return ALL;
    if (!sees_project(s, event->project_id))
        return NOTHING;
    if (!json_is_array(runs))
        return is_taken(s, event->topic, event->data) ? ALL : NOTHING;
    for (i = 0; i < n; i++)
        taken += (apr_size_t)is_taken(s, event->topic, json_array_get(runs, i));
    return taken == 0 ? NOTHING : taken == n ? ALL : SOME_RUNS;
}

apr_status_t bm_subscription_render(bm_buffer_t *out, const bm_subscription_t *subscription, const bm_live_event_t *event)
{
    extent_e told = extent(subscription, event);
    apr_size_t begin = out->len;
    bm_jw_t w;

    if (told == NOTHING)
        return APR_NOTFOUND;
    bm_jw_init(&w, out);
    bm_jw_begin_object(&w);
    bm_jw_key(&w, "id");
    bm_jw_string(&w, event->token);
    bm_jw_key(&w, "topic");
    bm_jw_string(&w, bm_live_topic_name(event->topic));
    bm_jw_key(&w, "event");
    bm_jw_string(&w, event->name);
    bm_jw_key(&w, "at");
    bm_jw_time(&w, event->at);
    bm_jw_key(&w, "data");
    if (told == SOME_RUNS)
        write_runs(&w, subscription, event);
    else
        bm_jw_json(&w, event->data);
    bm_jw_end_object(&w);
    if (w.rv != APR_SUCCESS)
        out->len = begin;
    return w.rv == APR_SUCCESS ? APR_SUCCESS : APR_ENOMEM;
}
