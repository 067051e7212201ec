/* SPDX-License-Identifier: Apache-2.0
 *
 * provider/provider_text.h: the text of an answer put together again from its chunks, for the response that is kept.
 *
 * All parts together are capped; what is beyond is dropped and said so ("truncated": true). A character is never cut.
 * Thread: one owner. */
#ifndef BM_PROVIDER_PROVIDER_TEXT_H
#define BM_PROVIDER_PROVIDER_TEXT_H

#include "base/json.h"

typedef enum bm_provider_part_e {
    BM_PROVIDER_CONTENT = 0,
    BM_PROVIDER_REASONING,
    BM_PROVIDER_REFUSAL,
    BM_PROVIDER_PARTS
} bm_provider_part_e;

/** A call of a tool, assembled by its index. */
typedef struct bm_provider_tool_t {
    apr_int64_t index;
    const char *id, *name;       /* NULL: not said */
    bm_buffer_t arguments;
} bm_provider_tool_t;

typedef struct bm_provider_text_t {
    apr_pool_t *p;
    apr_size_t left;             /* bytes that may still be kept */
    int truncated;
    bm_buffer_t parts[BM_PROVIDER_PARTS];
    apr_array_header_t *tools;   /* of bm_provider_tool_t *, in the order of their first delta */
} bm_provider_text_t;

/** Nothing yet; at most max bytes. In p, and its heap memory goes with p. Never NULL. */
bm_provider_text_t *bm_provider_text_make(apr_size_t max, apr_pool_t *p);

/** Add a JSON string to a part. @return whether it is a string that is not empty. */
int bm_provider_text_add(bm_provider_text_t *text, bm_provider_part_e part, const json_t *piece);

/** Add len bytes of UTF-8 to a part. */
void bm_provider_text_put(bm_provider_text_t *text, bm_provider_part_e part, const char *bytes, apr_size_t len);

/** Add to a tool call; id, name and arguments may be NULL or null. @return whether any of them is a string that is not empty.
 *  Tools beyond the 128th are not kept. */
int bm_provider_text_tool(bm_provider_text_t *text, apr_int64_t index, const json_t *id, const json_t *name,
                          const json_t *arguments);

/** Write the members content, reasoning, refusal, tool_calls (those that are there; content always) and truncated into an
 *  open object. */
void bm_provider_text_write(const bm_provider_text_t *text, bm_jw_t *w);

#endif
