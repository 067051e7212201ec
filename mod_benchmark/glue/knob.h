/* SPDX-License-Identifier: Apache-2.0
 *
 * glue/knob.h: a directive with one value: of what type it is, where it goes, and what it may be. Thread: no state. */
#ifndef BM_GLUE_KNOB_H
#define BM_GLUE_KNOB_H

#include <apr_pools.h>

typedef enum bm_knob_type_e {
    BM_KNOB_FLAG,            /* int, On or Off */
    BM_KNOB_INT,             /* int within min..max */
    BM_KNOB_TIME,            /* apr_interval_time_t, limits in seconds */
    BM_KNOB_SIZE,            /* apr_int64_t bytes within min..max */
    BM_KNOB_STRING,          /* const char * */
    BM_KNOB_URL,             /* const char *, http or https */
    BM_KNOB_CPUS,            /* const char *, numbers with commas between */
    BM_KNOB_LISTEN,          /* const char *, numeric address and port */
    BM_KNOB_LOCATION,        /* const char *, model/location.h */
    BM_KNOB_PATH             /* const char *, relative to ServerRoot */
} bm_knob_type_e;

typedef struct bm_knob_t {
    bm_knob_type_e type;
    size_t offset;                /* of its member in the structure */
    const char *fallback;         /* as it would stand in httpd.conf; NULL: zero */
    apr_int64_t min, max;
    int per_server;               /* also in <VirtualHost> */
} bm_knob_t;

/** Put text, as it stands in httpd.conf, into the member of conf. What it points to is in p. @return NULL, or why not, such as
 *  "must be On or Off". */
const char *bm_knob_apply(void *conf, const bm_knob_t *knob, const char *text, apr_pool_t *p);

/** Whether text is scheme://authority and whatever follows; *prest: that. */
int bm_knob_is_url(const char *text, const char **prest);

#endif
