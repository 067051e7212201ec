/* SPDX-License-Identifier: Apache-2.0
 *
 * model/calibration_model.h: a measurement of the engine's own error on the reference target. A calibration is a run of
 * kind `calibration`; what it found is the run's response. */
#ifndef BM_MODEL_CALIBRATION_MODEL_H
#define BM_MODEL_CALIBRATION_MODEL_H

#include "model/field.h"

/** The resource. Its row comes from the view `run`. */
extern const bm_field_t bm_calibration_fields[];

/** Body of POST /calibrations. */
extern const bm_field_t bm_calibration_request_fields[];

/** What stands in it, and in the certificates of load tests. */
extern const bm_field_t bm_calibration_error_fields[];
extern const bm_field_t bm_calibration_priority_fields[];
extern const bm_field_t bm_calibration_host_fields[];

#endif
