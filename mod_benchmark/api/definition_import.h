/* SPDX-License-Identifier: Apache-2.0
 *
 * api/definition_import.h: make the store what a document of definitions says. Thread: one request. */
#ifndef BM_API_DEFINITION_IMPORT_H
#define BM_API_DEFINITION_IMPORT_H

#include "api/definition_kind.h"

/** What became of the definitions of one kind. */
typedef struct bm_definition_count_t {
    int created, updated, unchanged;
} bm_definition_count_t;

typedef struct bm_definition_report_t {
    bm_definition_count_t counts[BM_DEFINITION_KINDS];
    json_t *changes;                 /* one object for each that was made or changed; in the request's pool */
} bm_definition_report_t;

/** All definitions of q->body, within the transaction that q->db has open: all or none. What is not in the document stays.
 *  @return APR_EINVAL: violations name every definition that cannot be. */
apr_status_t bm_definition_import(bm_definition_report_t *report, bm_req_t *q);

#endif
