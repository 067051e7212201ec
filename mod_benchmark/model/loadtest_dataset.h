/* SPDX-License-Identifier: Apache-2.0
 *
 * model/loadtest_dataset.h: what a load test asks: the member `dataset` of its plan. Thread: no state. */
#ifndef BM_MODEL_LOADTEST_DATASET_H
#define BM_MODEL_LOADTEST_DATASET_H

#include "model/field.h"

/** Most entries that one load test takes from a dataset, inline or uploaded. */
#define BM_LOADTEST_ENTRIES_MAX 10000

/** Most tokens of one length: of a generated prompt, of its shared prefix, of an answer. */
#define BM_LOADTEST_TOKENS_MAX 200000

/** Entries that may be drawn by Zipf's law. */
#define BM_LOADTEST_ZIPF_MAX 100000

/** Members of `dataset.generate`, of its lengths, and of its shared prefixes. */
extern const bm_field_t bm_loadtest_generate_fields[];
extern const bm_field_t bm_loadtest_length_fields[];
extern const bm_field_t bm_loadtest_prefix_fields[];

/** What the table cannot say about a dataset (NULL: there is none); every violation is added to err. */
void bm_loadtest_dataset_check(const json_t *dataset, bm_err_t *err, apr_pool_t *p);

/** A sound dataset with its defaults, those of generate, too. In p. */
json_t *bm_loadtest_dataset_complete(const json_t *dataset, apr_pool_t *p);

/** Largest max_tokens that a complete `generate` asks for; -1: it asks for none. */
double bm_loadtest_generate_most_output(const json_t *generate);

/** Most tokens of its prompts, shared prefixes included; -1: there is no `generate`. */
double bm_loadtest_generate_most_input(const json_t *generate);

#endif
