/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/reply.h: what bm_api_call left, as an answer of httpd's. Thread: request. */
#ifndef BM_GLUE_REPLY_H
#define BM_GLUE_REPLY_H

#include <httpd.h>
#include "api/api.h"

/** Send status, headers and body of q; q is not used afterwards. @return OK: it is answered, whatever the status. */
int bm_reply_send(bm_req_t *q, request_rec *r);

#endif
