/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/security_headers.h: what every answer of ours tells browsers not to do. Thread: request. */
#ifndef BM_GLUE_SECURITY_HEADERS_H
#define BM_GLUE_SECURITY_HEADERS_H

#include <httpd.h>
#include "glue/router.h"

/** Set the headers that do not depend on the answer, and X-Request-Id. They stay on errors of httpd's own. */
void bm_security_headers_set(request_rec *r, const bm_place_t *place);

#endif
