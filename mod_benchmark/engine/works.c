/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/works.h"

#include "engine/calibration.h"
#include "engine/run_work.h"

static const bm_work_t *const works[] = {
    &bm_run_work,
    &bm_calibration_work,
    NULL
};

const bm_work_t *const *bm_works_list(void)
{
    return works;
}
