/* SPDX-License-Identifier: Apache-2.0
 *
 * model/location.h: names of the places that engines measure from (BenchmarkEngineLocation). Thread: any; no state. */
#ifndef BM_MODEL_LOCATION_H
#define BM_MODEL_LOCATION_H

/** Longest name, and most of them that one request may fan out to. */
#define BM_LOCATION_NAME_MAX 63
#define BM_LOCATIONS_MAX     20

/** The members that say where runs (what: one, as the reference calls it) are performed; api/run_location.h checks them. */
#define BM_LOCATION_FIELDS(what) \
    { "location", BM_TYPE_STRING, BM_FIELD_NULLABLE | BM_FIELD_ABSENT, 1, BM_LOCATION_NAME_MAX, \
      .doc = "Only engines of this location perform it; null: any; absent: run_settings.location of the scenario." }, \
    { "locations", BM_TYPE_STRINGS, BM_FIELD_ABSENT, 1, BM_LOCATIONS_MAX, \
      .doc = "One " what " for each of these locations, answered together, with a label in common." }

/** Whether name may be a location: 1 to BM_LOCATION_NAME_MAX letters (a-z, A-Z), digits and . _ - */
int bm_location_is_name(const char *name);

#endif
