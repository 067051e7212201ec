/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/static_files.h: the built dashboard. Files are served by httpd's own handler; only index.html, which must learn where it
 * is mounted, is ours.
 *
 * Assets carry a hash in their name and never change. Where a compressed copy (.br, .gz) stands beside one, the client gets
 * that. Addresses of pages ("/runs/7") are index.html. Thread: request. */
#ifndef BM_GLUE_STATIC_FILES_H
#define BM_GLUE_STATIC_FILES_H

#include <httpd.h>
#include "glue/router.h"

/** map_to_storage: find the file. @return OK or an HTTP status. */
int bm_static_files_map(request_rec *r, const bm_place_t *place);

/** type_checker: type and encoding of what was found. @return OK. */
int bm_static_files_type(request_rec *r);

/** handler: index.html, or DECLINED for httpd's own. */
int bm_static_files_handle(request_rec *r, const bm_place_t *place);

#endif
