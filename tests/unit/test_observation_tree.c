/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include <apr_strings.h>
#include "model/observation_tree.h"

/* "id<parent", by begin -> "id depth children" in the order of the tree. */
static const struct {
    const char *given, *made;
} trees[] = {
    { "", "" },
    { "a", "a 0 0" },
    { "a b<a c<a d<b", "a 0 2, b 1 1, d 2 0, c 1 0" },
    { "b<a a c<b", "a 0 1, b 1 1, c 2 0" },                      /* a child that began before its parent */
    { "a x<gone b<a", "a 0 1, b 1 0, x 0 0" },                   /* whose parent is not here */
    { "a<a b<a", "a 0 1, b 1 0" },                               /* above itself */
    { "r a<c b<a c<b", "r 0 0, a 0 1, b 1 1, c 2 0" },           /* a circle */
    { "x<b a<b b<a", "x 0 0, a 0 1, b 1 0" },                    /* what hangs on one and was met first */
    { "a b c<b d<a", "a 0 1, d 1 0, b 0 1, c 1 0" },
};

static int read_nodes(bm_observation_node_t *nodes, const char *given)
{
    char *last, *word, *text = apr_pstrdup(g_pool, given);
    int n = 0;

    for (word = apr_strtok(text, " ", &last); word != NULL; word = apr_strtok(NULL, " ", &last)) {
        char *above = strchr(word, '<');

        if (above != NULL)
            *above++ = '\0';
        nodes[n++] = (bm_observation_node_t){ .id = word, .parent_id = above };
    }
    return n;
}

BM_LOOP_TEST(each_before_those_below_it, BM_COUNT(trees))
{
    bm_observation_node_t nodes[16];
    int i, n = read_nodes(nodes, trees[_i].given);
    const char *made = "";

    bm_observation_tree_order(nodes, n, g_pool);
    for (i = 0; i < n; i++)
        made = apr_psprintf(g_pool, "%s%s%s %d %d", made, i > 0 ? ", " : "", nodes[i].id, nodes[i].depth, nodes[i].children);
    ck_assert_str_eq(made, trees[_i].made);
}
END_TEST

/* A chain of 100,000 is neither too deep for a stack nor does it take its square. */
BM_TEST(deep_and_long)
{
    enum { N = 100000 };
    bm_observation_node_t *nodes = apr_pcalloc(g_pool, N * sizeof(*nodes));
    int i;

    for (i = 0; i < N; i++) {
        nodes[N - 1 - i].id = apr_psprintf(g_pool, "o%d", i);
        nodes[N - 1 - i].parent_id = i > 0 ? apr_psprintf(g_pool, "o%d", i - 1) : NULL;
    }
    bm_observation_tree_order(nodes, N, g_pool);
    for (i = 0; i < N; i++) {
        ck_assert_int_eq(nodes[i].depth, i);
        ck_assert_int_eq(nodes[i].children, i < N - 1);
    }
}
END_TEST

#include "test_observation_tree.reg"
