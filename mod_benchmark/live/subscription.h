/* SPDX-License-Identifier: Apache-2.0
 *
 * live/subscription.h: what somebody wants to be told.
 *
 * A list of filters; an event that any of them takes is told, once. Of an event about several runs only those are told that a
 * filter takes. Two clients with the same key are told the same bytes, which are made once: the key
 * knows neither the order of the filters, nor those that another one contains.
 *
 * Thread: any; a subscription is not changed after it was made. */
#ifndef BM_LIVE_SUBSCRIPTION_H
#define BM_LIVE_SUBSCRIPTION_H

#include "base/buffer.h"
#include "base/err.h"
#include "live/live_event.h"
#include "parse/query_string.h"

#define BM_SUBSCRIPTION_FILTERS 32

typedef struct bm_subscription_t bm_subscription_t;

/** From the query of GET /events: `topic=run,loadtest:7` and `scenario_id`, `automation_id` (0: any), which narrow the topics
 *  that know them. topics NULL: every topic. In p.
 *  @return APR_EINVAL with a violation of "?topic". */
apr_status_t bm_subscription_from_query(bm_subscription_t **psubscription, const char *topics, apr_int64_t scenario_id,
                                        apr_int64_t automation_id, bm_err_t *err, apr_pool_t *p);

/** From `[{"topic":"run","scenario_id":3}, {"topic":"loadtest","id":7}]`; an empty array: nothing. In p.
 *  @return APR_EINVAL with a violation whose pointer begins at the array ("/0/topic"). */
apr_status_t bm_subscription_from_json(bm_subscription_t **psubscription, const json_t *filters, bm_err_t *err, apr_pool_t *p);

/** The same subscription as far as somebody may be told: of these projects (NULL: all; the ids are copied), of secrets if
 *  he administers, of users and API keys if he administers and sees all projects, as their lists answer. What he may not be
 *  told is no longer part of it. In p. */
bm_subscription_t *bm_subscription_limited(const bm_subscription_t *subscription, int administers, const apr_int64_t *projects,
                                           int n, apr_pool_t *p);

/** Whether the event is of a project that the subscription may be told of. */
int bm_subscription_sees(const bm_subscription_t *subscription, const bm_live_event_t *event);

/** Text that is equal exactly for subscriptions that are told the same. Lives with the subscription. */
const char *bm_subscription_key(const bm_subscription_t *subscription);

/** A copy that lives in p. */
bm_subscription_t *bm_subscription_copy(const bm_subscription_t *subscription, apr_pool_t *p);

/** Append the JSON object of an event, `{"id":…,"topic":…,"event":…,"at":…,"data":{…}}`, as this subscription is
 *  told it. @return APR_NOTFOUND: it is not told (nothing is appended); APR_ENOMEM. */
apr_status_t bm_subscription_render(bm_buffer_t *out, const bm_subscription_t *subscription, const bm_live_event_t *event);

#endif
