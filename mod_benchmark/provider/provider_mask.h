/* SPDX-License-Identifier: Apache-2.0
 *
 * provider/provider_mask.h: nothing that came from a secret is stored or shown.
 *
 * Everything a provider leaves behind (request, answer, error sentence) passes through here, since a target may
 * repeat what it was sent. Thread: that of the call. */
#ifndef BM_PROVIDER_PROVIDER_MASK_H
#define BM_PROVIDER_PROVIDER_MASK_H

#include "provider/provider.h"

#define BM_PROVIDER_MASK "***"

/** Remember that value is a secret of this call. NULL and "" are ignored. */
void bm_provider_mask_add(bm_call_t *call, const char *value);

/** text with every secret of the call, as it is, percent-encoded or escaped as in JSON, replaced by "***". text itself if there
 *  is none in it, else in call->p. *len is read and set. */
const char *bm_provider_mask_text(const bm_call_t *call, const char *text, apr_size_t *len);

/** Whether the value of a header of this name (len bytes, any case) is never shown. */
int bm_provider_mask_header(const char *name, apr_size_t len);

#endif
