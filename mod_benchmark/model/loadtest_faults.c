/* SPDX-License-Identifier: Apache-2.0 */
#include "model/loadtest_faults.h"

#include <stddef.h>

const bm_field_t bm_loadtest_faults_fields[] = {
    { "delay_ms", BM_TYPE_NUMBER, 0, 0, 60000, .fallback = "0",
      .doc = "Each send is put off by so much, as by a long way." },
    { "jitter_ms", BM_TYPE_NUMBER, 0, 0, 60000, .fallback = "0",
      .doc = "Standard deviation of that delay; what is drawn below 0 is 0." },
    { "loss_rate", BM_TYPE_NUMBER, 0, 0, 1, .fallback = "0",
      .doc = "Probability that a send is lost: it goes 200 ms later, doubling while it is lost again, six times at most." },
    { "dead_rate", BM_TYPE_NUMBER, 0, 0, 1, .fallback = "0",
      .doc = "Share of attempts that go to a port where nobody listens: injected_dead." },
    { "abort_rate", BM_TYPE_NUMBER, 0, 0, 1, .fallback = "0",
      .doc = "Share of attempts whose connection we close: injected_abort. With dead_rate and timeout_rate at most 1." },
    { "abort_after_ms", BM_TYPE_NUMBER, 0, 0, 86400000, .fallback = "0", .doc = "How long after the send." },
    { "timeout_rate", BM_TYPE_NUMBER, 0, 0, 1, .fallback = "0",
      .doc = "Share of attempts that get no more than timeout_ms: injected_timeout." },
    { "timeout_ms", BM_TYPE_INT, BM_FIELD_ABSENT, 1, 86400000, .doc = "Their time-out; needed if timeout_rate is not 0." },
    { NULL }
};

void bm_loadtest_faults_check(const json_t *faults, bm_err_t *err)
{
    static const char *const shares[] = { "dead_rate", "abort_rate", "timeout_rate" };
    const char *last = NULL;
    double sum = 0;
    size_t i;

    if (!json_is_object(faults))
        return;
    for (i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
        double share = json_number_value(json_object_get(faults, shares[i]));

        if (share < 0 || share > 1)
            return;                  /* the table says so */
        sum += share;
        last = share > 0 ? shares[i] : last;
    }
    if (sum > 1 + 1e-9 && last != NULL)
        bm_err_violation(err, last == shares[0] ? "/faults/dead_rate" : last == shares[1] ? "/faults/abort_rate"
                                                                                          : "/faults/timeout_rate",
                         "dead_rate, abort_rate and timeout_rate come to more than 1; an attempt has one of them at most.");
    if (json_number_value(json_object_get(faults, "timeout_rate")) > 0 && json_object_get(faults, "timeout_ms") == NULL)
        bm_err_violation(err, "/faults/timeout_ms", "Is missing: timeout_rate needs it.");
}
