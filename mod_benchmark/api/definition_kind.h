/* SPDX-License-Identifier: Apache-2.0
 *
 * api/definition_kind.h: what there are definitions of, in the order in which they need each other. A definition is the resource
 * without what is ours (its id, who made it, ...); where it refers to another it names it. Thread: no state. */
#ifndef BM_API_DEFINITION_KIND_H
#define BM_API_DEFINITION_KIND_H

#include "api/resource.h"
#include "store/definition_store.h"

/** "format" of the document. */
#define BM_DEFINITIONS_FORMAT "mod_benchmark.definitions.v1"

/** Most objects of a kind in one document. */
#define BM_DEFINITIONS_MAX 10000

typedef struct bm_definition_kind_t {
    const char *member;              /* of the document, and word of ?kinds */
    const char *one;                 /* in sentences and in the report */
    const bm_resource_t *resource;
    bm_definition_table_e table;
    const char *named_by;            /* member that the store looks for */
    const char *key[4];              /* members that tell one from all others, NULL at the end */
    const char *owner_id;            /* member that refers to an automation by id; NULL: none */
    const char *owner;               /* its place in a definition, by name */
    int page;                        /* objects that are read at once */
    const bm_field_t *shown;         /* as the list's rows have them */
    apr_status_t (*list)(bm_rows_t **prows, bm_db_t *db, const bm_listing_t *listing, bm_err_t *err, apr_pool_t *p);
} bm_definition_kind_t;

#define BM_DEFINITION_KINDS 5
#define BM_DEFINITION_KIND_WORDS "automations|scenarios|prices|datasets|views"

extern const bm_definition_kind_t bm_definition_kinds[BM_DEFINITION_KINDS];

/** Its name for people: that of the named_by member, with the owner's, the provider's where it has one. In p. */
const char *bm_definition_name(const bm_definition_kind_t *kind, const json_t *definition, apr_pool_t *p);

/** One text for all that tells it from others. In p. */
const char *bm_definition_key(const bm_definition_kind_t *kind, const json_t *object, apr_pool_t *p);

#endif
