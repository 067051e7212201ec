/* SPDX-License-Identifier: Apache-2.0
 *
 * loadtest/prompts.h: generated prompts of given lengths (docs/load-tests.md, `dataset.generate`), each made when it is asked.
 *
 * A prompt of n tokens is n words of a list of 256 with spaces between. Each word, with and without a space before it, is one
 * token in gpt2 (r50k_base), p50k_base, cl100k_base, o200k_base and in the tokenizer of Llama 1 and 2: there a prompt has exactly
 * n tokens (each word was looked up, and 300 random prompts of up to 400 words were counted: js-tiktoken 1.0.21,
 * llama-tokenizer-js 1.2.2). Vocabularies that were made from cl100k_base (Llama 3, Qwen) very likely count the same; others
 * (Gemma, Mistral, Claude) were not looked at and may count some per cent more or less. The template of a chat adds a few tokens
 * everywhere. So the lengths are estimates, and the plan says so (`provenance`).
 *
 * Each entry is drawn from the seed and its number alone, so any can be made at any time and none is kept. Words are drawn
 * independently, so two prompts hardly share a beginning that a cache could use, but for the prefixes that are shared on purpose.
 *
 * Thread: read only once made. */
#ifndef BM_LOADTEST_PROMPTS_H
#define BM_LOADTEST_PROMPTS_H

#include <apr_pools.h>
#include <jansson.h>

typedef struct bm_prompts_t bm_prompts_t;

/** From `generate` of a checked, complete plan, which need not live on. In p. NULL: it is not one. */
bm_prompts_t *bm_prompts_make(const json_t *generate, apr_pool_t *p);

/** How many different entries there are. */
int bm_prompts_count(const bm_prompts_t *prompts);

/** Entry number i (from 0): {"prompt": text} and, if output lengths are given, "max_tokens". In p. */
json_t *bm_prompts_entry(const bm_prompts_t *prompts, int i, apr_pool_t *p);

#endif
