/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/error_document.h: errors of httpd's own (400, 401, 403, 413, 414, 500 ...) below our mount as problem documents.
 *
 * httpd writes its HTML page for them; a filter in front of it throws that away and sends ours. An ErrorDocument of
 * the administrator's for such a URL still wins, as it redirects before. Thread: request. */
#ifndef BM_GLUE_ERROR_DOCUMENT_H
#define BM_GLUE_ERROR_DOCUMENT_H

/** Register hook and filter. */
void bm_error_document_register(void);

#endif
