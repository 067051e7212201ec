/* SPDX-License-Identifier: Apache-2.0
 *
 * parse/template_context.h: what a value must look like where it is put (contexts: parse/template.h). */
#ifndef BM_PARSE_TEMPLATE_CONTEXT_H
#define BM_PARSE_TEMPLATE_CONTEXT_H

#include "parse/template.h"

/** Why context refuses len bytes of text, as the end of a sentence about the value's placeholder; NULL: it does not. */
const char *bm_template_context_refusal(bm_template_context_e context, const char *text, apr_size_t len);

/** Text as context wants it, and its length in *len; text itself if nothing needs to change, else in p. */
const char *bm_template_context_encode(bm_template_context_e context, const char *text, apr_size_t *len, apr_pool_t *p);

#endif
