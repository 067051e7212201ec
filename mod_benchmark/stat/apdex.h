/* SPDX-License-Identifier: Apache-2.0
 *
 * stat/apdex.h: the Apdex of a threshold T: (satisfied + tolerating / 2) / all.
 *
 * Satisfied: within T. Tolerating: above T, within 4 T. All others, failures among them, are frustrated and count for nothing.
 * Source: Apdex Alliance, "Application Performance Index - Apdex Technical Specification" 1.1 (2007). Thread-safe. */
#ifndef BM_STAT_APDEX_H
#define BM_STAT_APDEX_H

#include <apr.h>

/** Who tolerates waits up to this many T. */
#define BM_APDEX_TOLERATED 4.0

/** 0 to 1. NaN: nobody was asked, or more were satisfied and tolerating than there are. */
double bm_apdex(apr_uint64_t satisfied, apr_uint64_t tolerating, apr_uint64_t all);

#endif
