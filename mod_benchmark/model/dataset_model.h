/* SPDX-License-Identifier: Apache-2.0
 *
 * model/dataset_model.h: a dataset: entries that load tests lay over the inputs of a scenario, uploaded once. */
#ifndef BM_MODEL_DATASET_MODEL_H
#define BM_MODEL_DATASET_MODEL_H

#include "model/field.h"

/** Most entries of a dataset, bytes of all as compact JSON, and levels of arrays and objects in one. */
#define BM_DATASET_ENTRIES_MAX 100000
#define BM_DATASET_BYTES_MAX   (64 * 1024 * 1024)
#define BM_DATASET_DEPTH_MAX   32

/** Bytes of a dataset whose entries stand in exported definitions (others are told by their hash), and of one that may be
 *  defined. */
#define BM_DATASET_INLINE_BYTES  65536
#define BM_DATASET_DEFINED_BYTES 4194304

/** Most bytes that one load test takes from a dataset: they travel in its row of the queue. */
#define BM_DATASET_LOADTEST_BYTES_MAX (4 * 1024 * 1024)

/** The resource. BM_FIELD_BULKY: left out of lists. */
extern const bm_field_t bm_dataset_fields[];

/** Bodies of POST and PATCH. */
extern const bm_field_t bm_dataset_upload_fields[];
extern const bm_field_t bm_dataset_patch_fields[];

/** One row of GET /datasets/{id}/entries. */
extern const bm_field_t bm_dataset_entry_fields[];

/** A dataset as a definition: as it is looked for, and as it is exported. The columns differ, the members do not. */
extern const bm_field_t bm_dataset_definition_fields[];
extern const bm_field_t bm_dataset_export_fields[];

#endif
