/* SPDX-License-Identifier: Apache-2.0
 *
 * engine/audit_sealing.h: rows of the audit log that are final are hashed in batches, each chained to the one before. Thread:
 * that of jobs. */
#ifndef BM_ENGINE_AUDIT_SEALING_H
#define BM_ENGINE_AUDIT_SEALING_H

#include "job/job_kind.h"

extern const bm_job_t bm_audit_sealing_job;
/** Removes old ones (BenchmarkKeepAudit). */
extern const bm_job_t bm_audit_retention_job;

#endif
