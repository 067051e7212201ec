/* SPDX-License-Identifier: Apache-2.0 */
#include "model/observation_tree.h"

#include <string.h>
#include <apr_hash.h>
#include <apr_strings.h>

typedef struct tree_t {
    const bm_observation_node_t *nodes;
    int *parent;                         /* -1: none that is here */
    int *last_child, *before;            /* children from the last to the first; -1: no more */
    int *depth;                          /* -1: not yet met */
    int *order, met;
    int *stack;
} tree_t;

static int *numbers(int n, int value, apr_pool_t *p)
{
    int i, *made = apr_palloc(p, ((size_t)n + 1) * sizeof(*made));

    for (i = 0; i < n; i++)
        made[i] = value;
    return made;
}

static void find_parents(tree_t *t, int n, apr_pool_t *p)
{
    apr_hash_t *places = apr_hash_make(p);
    int i, *own = numbers(n, 0, p);

    for (i = 0; i < n; i++) {
        own[i] = i;
        apr_hash_set(places, t->nodes[i].id, APR_HASH_KEY_STRING, &own[i]);
    }
    for (i = 0; i < n; i++) {
        const char *above = t->nodes[i].parent_id;
        const int *place = above != NULL ? apr_hash_get(places, above, APR_HASH_KEY_STRING) : NULL;

        if (place == NULL || *place == i)
            continue;
        t->parent[i] = *place;
        t->before[i] = t->last_child[*place];
        t->last_child[*place] = i;
    }
}

/* One and all below it that were not met before. */
static void meet(tree_t *t, int top)
{
    int waiting = 0, i, child;

    t->stack[waiting++] = top;
    t->depth[top] = 0;
    while (waiting > 0) {
        i = t->stack[--waiting];
        t->order[t->met++] = i;
        for (child = t->last_child[i]; child >= 0; child = t->before[child]) {
            if (t->depth[child] >= 0)
                continue;                /* a circle comes back */
            t->depth[child] = t->depth[i] + 1;
            t->stack[waiting++] = child;
        }
    }
}

void bm_observation_tree_order(bm_observation_node_t *nodes, int n, apr_pool_t *p)
{
    const bm_observation_node_t *given = apr_pmemdup(p, nodes, (size_t)n * sizeof(*nodes));
    tree_t t = { .nodes = given, .parent = numbers(n, -1, p), .last_child = numbers(n, -1, p), .before = numbers(n, -1, p),
                 .depth = numbers(n, -1, p), .order = numbers(n, 0, p), .stack = numbers(n, 0, p) };
    int i, *place = numbers(n, 0, p);

    find_parents(&t, n, p);
    for (i = 0; i < n; i++)
        if (t.parent[i] < 0)
            meet(&t, i);
    for (i = 0; i < n; i++)
        if (t.depth[i] < 0)
            meet(&t, i);
    for (i = 0; i < n; i++) {
        nodes[i] = given[t.order[i]];
        nodes[i].depth = t.depth[t.order[i]];
        nodes[i].children = 0;
        place[t.order[i]] = i;
    }
    for (i = 0; i < n; i++)
        if (t.parent[i] >= 0 && t.depth[i] > 0)
            nodes[place[t.parent[i]]].children++;
}
