/* SPDX-License-Identifier: Apache-2.0
 *
 * load_classes.c: fair is max-min fairness of what is under way: who has least of it goes next. priority is strict. dynamic is
 * Kleinrock's delay-dependent discipline (Naval Research Logistics Quarterly 11, 1964): priority grows with the wait, the quicker
 * the higher it is, so that everybody's turn comes.
 *
 * Whether a request has starved is told by numbers of places, not by time: an overload that hits all alike starves nobody. */
#include "loadtest/load_classes.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "base/rand.h"
#include "loadtest/load_figures.h"
#include "loadtest/load_request.h"

typedef enum policy_e { FAIR, PRIORITY, DYNAMIC } policy_e;

static const char *const policy_names[] = { "fair", "priority", "dynamic" };

/* So many later ones, for each class, must have gone first, and less than this part of an equal share have been its own. */
enum { STARVED_FACTOR = 10 };

typedef struct class_t {
    const char *name;
    const json_t *inputs;            /* NULL: none */
    int priority;
    double up_to;                    /* of a draw from 0 to 1: its share and those before it */
    bm_load_arrival_t *line;         /* ring */
    int head, waiting, size;
    int held;                        /* places */
    apr_uint64_t begun;              /* places that it was given */
    double held_s;                   /* place-seconds in the window */
    apr_uint64_t requests, completed, not_sent, starved;   /* of the window */
    bm_sketch_t *wait_ms, *e2e_ms;
} class_t;

struct bm_load_classes_t {
    apr_pool_t *p;
    apr_uint64_t seed;
    policy_e policy;
    int budget, held, waiting, n;
    int next;                        /* of those that are alike */
    apr_uint64_t begun;
    class_t *list;
};

static policy_e policy_of(const json_t *json)
{
    const char *name = json_string_value(json_object_get(json, "policy"));

    return name == NULL || strcmp(name, policy_names[FAIR]) == 0 ? FAIR : strcmp(name, policy_names[PRIORITY]) == 0 ? PRIORITY
                                                                                                                  : DYNAMIC;
}

static void read_class(class_t *c, const json_t *json, apr_pool_t *p)
{
    const json_t *inputs = json_object_get(json, "inputs");

    c->name = apr_pstrdup(p, json_string_value(json_object_get(json, "name")));
    c->priority = (int)json_integer_value(json_object_get(json, "priority"));
    c->up_to = json_number_value(json_object_get(json, "share"));
    c->inputs = json_object_size(inputs) > 0 ? inputs : NULL;
    c->wait_ms = bm_sketch_make(p);
    c->e2e_ms = bm_sketch_make(p);
}

bm_load_classes_t *bm_load_classes_make(const json_t *json, apr_uint64_t seed, apr_pool_t *p)
{
    const json_t *list = json_object_get(json, "list");
    bm_load_classes_t *classes;
    double sum = 0;
    int i;

    if (json_array_size(list) == 0)
        return NULL;
    classes = apr_pcalloc(p, sizeof(*classes));
    classes->p = p;
    classes->seed = bm_rand_mix(seed + 0xd1342543de82ef95u);
    classes->policy = policy_of(json);
    classes->budget = (int)json_integer_value(json_object_get(json, "budget"));
    classes->n = (int)json_array_size(list);
    classes->list = apr_pcalloc(p, (apr_size_t)classes->n * sizeof(*classes->list));
    for (i = 0; i < classes->n; i++) {
        read_class(&classes->list[i], json_array_get(list, (size_t)i), p);
        sum += classes->list[i].up_to;
    }
    for (i = 0; i < classes->n; i++)
        classes->list[i].up_to = classes->list[i].up_to / sum + (i > 0 ? classes->list[i - 1].up_to : 0);
    return classes;
}

int bm_load_classes_count(const bm_load_classes_t *classes)
{
    return classes != NULL ? classes->n : 1;
}

const json_t *bm_load_classes_inputs(const bm_load_classes_t *classes, int number)
{
    return classes != NULL ? classes->list[number].inputs : NULL;
}

int bm_load_classes_of(const bm_load_classes_t *classes, apr_int64_t seq)
{
    bm_rand_t rand;
    double drawn;
    int i;

    bm_rand_seed(&rand, bm_rand_mix(classes->seed + 0x9e3779b97f4a7c15u * (apr_uint64_t)(seq + 1)));
    drawn = bm_rand_uniform(&rand);
    for (i = 0; i < classes->n - 1 && drawn >= classes->list[i].up_to; i++)
        ;
    return i;
}

int bm_load_classes_waiting(const bm_load_classes_t *classes)
{
    return classes != NULL ? classes->waiting : 0;
}

/* --- lines */

static bm_load_arrival_t *at(const class_t *c, int i)
{
    return &c->line[(c->head + i) % c->size];
}

static void widen(class_t *c, apr_pool_t *p)
{
    int size = c->size > 0 ? 2 * c->size : 64, i;
    bm_load_arrival_t *line = apr_palloc(p, (apr_size_t)size * sizeof(*line));

    for (i = 0; i < c->waiting; i++)
        line[i] = *at(c, i);
    c->line = line;
    c->size = size;
    c->head = 0;
}

void bm_load_classes_arrive(bm_load_classes_t *classes, const bm_load_arrival_t *arrival)
{
    class_t *c = &classes->list[arrival->class_number];
    bm_load_arrival_t *last;

    if (c->waiting == c->size)
        widen(c, classes->p);
    last = at(c, c->waiting);
    *last = *arrival;
    last->begun = classes->begun;
    last->own_begun = c->begun;
    last->others_before = classes->waiting - c->waiting;
    c->waiting++;
    classes->waiting++;
}

static void leave_line(bm_load_classes_t *classes, class_t *c, bm_load_arrival_t *arrival)
{
    *arrival = *at(c, 0);
    c->head = (c->head + 1) % c->size;
    c->waiting--;
    classes->waiting--;
}

void bm_load_classes_shift(bm_load_classes_t *classes, apr_int64_t by_ns)
{
    int i, k;

    for (i = 0; i < classes->n; i++)
        for (k = 0; k < classes->list[i].waiting; k++)
            at(&classes->list[i], k)->planned_ns += by_ns;
}

/* --- whose turn it is */

/* The greater goes first; alike: the one whose turn is next. */
static double rank_of(const bm_load_classes_t *classes, const class_t *c, apr_int64_t now_ns)
{
    switch (classes->policy) {
    case FAIR:
        return -c->held;
    case PRIORITY:
        return c->priority;
    default:
        return (double)(now_ns - at(c, 0)->planned_ns + 1) * (c->priority + 1);
    }
}

static class_t *choose(bm_load_classes_t *classes, apr_int64_t now_ns)
{
    class_t *best = NULL, *soonest = NULL;
    double best_rank = 0;
    int i;

    for (i = 0; i < classes->n; i++) {
        class_t *c = &classes->list[(classes->next + i) % classes->n];

        if (c->waiting == 0)
            continue;
        if (at(c, 0)->planned_ns > now_ns) {
            if (soonest == NULL || at(c, 0)->planned_ns < at(soonest, 0)->planned_ns)
                soonest = c;
        }
        else if (best == NULL || rank_of(classes, c, now_ns) > best_rank) {
            best = c;
            best_rank = rank_of(classes, c, now_ns);
        }
    }
    return best != NULL ? best : soonest;
}

/* Whether one that waited until now has starved: see docs/load-tests.md. At least so many later ones went first as places went to
 * other classes, less those that waited already when it came. */
static int has_starved(const bm_load_classes_t *classes, const class_t *c, const bm_load_arrival_t *arrival)
{
    double own = (double)(c->begun - arrival->own_begun);
    double others = (double)(classes->begun - arrival->begun) - own;
    double later = others - arrival->others_before, equal = STARVED_FACTOR * classes->n;

    return later >= fmax(classes->budget, equal) && own * equal < later + own;
}

static void count_wait(bm_load_classes_t *classes, class_t *c, const bm_load_arrival_t *arrival, apr_int64_t now_ns)
{
    (void)bm_sketch_add(c->wait_ms, now_ns > arrival->planned_ns ? (double)(now_ns - arrival->planned_ns) / 1e6 : 0, 1);
    c->starved += has_starved(classes, c, arrival);
}

int bm_load_classes_take(bm_load_classes_t *classes, bm_load_arrival_t *arrival, apr_int64_t now_ns)
{
    class_t *c = classes->held < classes->budget ? choose(classes, now_ns) : NULL;

    if (c == NULL)
        return 0;
    leave_line(classes, c, arrival);
    if (arrival->phase == BM_LOAD_WINDOW)
        count_wait(classes, c, arrival, now_ns);
    c->held++;
    c->begun++;
    classes->held++;
    classes->begun++;
    classes->next = (int)(c - classes->list + 1) % classes->n;
    return 1;
}

void bm_load_classes_leave(bm_load_classes_t *classes, int number, double held_s)
{
    classes->list[number].held--;
    classes->list[number].held_s += held_s;
    classes->held--;
}

int bm_load_classes_drop(bm_load_classes_t *classes, bm_load_arrival_t *arrival, int counts, apr_int64_t now_ns)
{
    class_t *c;
    int i;

    for (i = 0; i < classes->n && classes->list[i].waiting == 0; i++)
        ;
    if (i == classes->n)
        return 0;
    c = &classes->list[i];
    leave_line(classes, c, arrival);
    if (counts && arrival->phase == BM_LOAD_WINDOW) {
        count_wait(classes, c, arrival, now_ns);
        c->requests++;
        c->not_sent++;
    }
    return 1;
}

void bm_load_classes_ended(bm_load_classes_t *classes, int number, int completed, double e2e_ms)
{
    class_t *c = &classes->list[number];

    c->requests++;
    c->completed += completed != 0;
    if (completed && !isnan(e2e_ms))
        (void)bm_sketch_add(c->e2e_ms, e2e_ms, 1);
}

/* --- in the result */

static void write_one(bm_jw_t *w, const bm_load_classes_t *classes, const class_t *c, double seconds)
{
    bm_jw_begin_object(w);
    bm_load_put_text(w, "name", c->name);
    bm_load_put_count(w, "priority", (apr_uint64_t)c->priority);
    bm_load_put_count(w, "requests", c->requests);
    bm_load_put_count(w, "not_sent", c->not_sent);
    bm_load_put_number(w, "success", c->requests > 0 ? 100 * (double)c->completed / (double)c->requests : NAN);
    bm_load_put_number(w, "budget_share", seconds > 0 ? c->held_s / (classes->budget * seconds) : NAN);
    bm_load_put_waits(w, "wait_ms", c->wait_ms);
    bm_load_put_ms(w, "p95_ms", bm_sketch_head(c->e2e_ms)->n > 0 ? bm_sketch_quantile(c->e2e_ms, 0.95) : NAN);
    bm_load_put_count(w, "starved", c->starved);
    bm_jw_end_object(w);
}

void bm_load_classes_write(bm_jw_t *w, const bm_load_classes_t *classes, double seconds)
{
    double held_s = 0;
    int i;

    if (classes == NULL)
        return;
    for (i = 0; i < classes->n; i++)
        held_s += classes->list[i].held_s;
    bm_jw_key(w, "classes");
    bm_jw_begin_object(w);
    bm_load_put_text(w, "policy", policy_names[classes->policy]);
    bm_load_put_count(w, "budget", (apr_uint64_t)classes->budget);
    bm_load_put_number(w, "used", seconds > 0 ? held_s / (classes->budget * seconds) : NAN);
    bm_jw_key(w, "starved");
    bm_jw_begin_array(w);
    for (i = 0; i < classes->n; i++)
        if (classes->list[i].starved > 0)
            bm_jw_string(w, classes->list[i].name);
    bm_jw_end_array(w);
    bm_jw_key(w, "list");
    bm_jw_begin_array(w);
    for (i = 0; i < classes->n; i++)
        write_one(w, classes, &classes->list[i], seconds);
    bm_jw_end_array(w);
    bm_jw_end_object(w);
}
