/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/audit_denials.h: answers 401 and 403 of the API go into the audit log, whoever gave them: httpd, an authentication module
 * or we. Of one address at most 60 a minute, so that a flood fills neither the log nor the pool. */
#ifndef BM_GLUE_AUDIT_DENIALS_H
#define BM_GLUE_AUDIT_DENIALS_H

#include <apr_pools.h>

void bm_audit_denials_register(apr_pool_t *p);

#endif
