/* SPDX-License-Identifier: Apache-2.0
 *
 * model/observation_tree.h: the order in which a trace's observations are read as a tree. Thread: no state. */
#ifndef BM_MODEL_OBSERVATION_TREE_H
#define BM_MODEL_OBSERVATION_TREE_H

#include <apr_pools.h>

typedef struct bm_observation_node_t {
    const char *id;                      /* never NULL */
    const char *parent_id;               /* NULL: nothing is above it */
    int depth;                           /* of those above it: 0 at the top */
    int children;                        /* right below it */
} bm_observation_node_t;

/** Put nodes, which come in the order of their begin, into that of the tree: each before those below it, siblings by begin; and
 *  fill in depth and children. One whose parent is not among them is at the top, and so is the one of a circle that
 *  is met first. Time and memory (of p) are linear. */
void bm_observation_tree_order(bm_observation_node_t *nodes, int n, apr_pool_t *p);

#endif
