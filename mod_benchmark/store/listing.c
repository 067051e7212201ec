/* SPDX-License-Identifier: Apache-2.0 */
#include "store/listing.h"

#include <string.h>

/* Name, ascending, descending. The index is part of the statement's name. */
static const char *const sorts[][3] = {
    { "id", " order by id", " order by id desc" },
    { "name", " order by name, id", " order by name desc, id desc" },
    { "created_at", " order by created_at, id", " order by created_at desc, id desc" },
    { "updated_at", " order by updated_at, id", " order by updated_at desc, id desc" }
};

static void add_order(bm_select_t *s, const bm_listing_t *listing)
{
    int i, chosen = 0;

    for (i = 0; listing->sort != NULL && i < (int)(sizeof(sorts) / sizeof(sorts[0])); i++)
        if (strcmp(listing->sort, sorts[i][0]) == 0)
            chosen = i;
    bm_select_add(s, (char)((listing->descending ? 'a' : 'A') + chosen), sorts[chosen][listing->descending ? 2 : 1]);
    bm_select_limit(s, listing->limit);
    if (listing->skip > 0)
        bm_select_param(s, 'o', " offset ", bm_param_int64(listing->skip), "");
}

void bm_listing_add(bm_select_t *s, const bm_listing_t *listing)
{
    if (listing->q != NULL)
        bm_select_param(s, 'q', " and strpos(lower(concat(name, ' ', description)), lower(", bm_param_text(listing->q), ")) > 0");
    if (listing->label != NULL)
        bm_select_param(s, 'l', " and ", bm_param_text(listing->label), " = any(labels)");
    if (listing->ids != NULL)
        bm_select_param(s, 'i', " and id = any(", bm_param_int64s(listing->ids, listing->id_count, s->p), ")");
    if (listing->count_only)
        return;
    if (listing->after > 0)
        bm_select_param(s, listing->descending ? 'K' : 'k', listing->descending ? " and id < " : " and id > ",
                        bm_param_int64(listing->after), "");
    add_order(s, listing);
}
