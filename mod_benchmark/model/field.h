/* SPDX-License-Identifier: Apache-2.0
 *
 * model/field.h: one table per resource. From it come the check of request bodies, the SQL columns,
 * the JSON of answers and the schema in the OpenAPI document, so they cannot disagree. */
#ifndef BM_MODEL_FIELD_H
#define BM_MODEL_FIELD_H

#include <apr_pools.h>
#include "base/err.h"
#include "base/json.h"

typedef enum bm_field_type_e {
    BM_TYPE_INT,          /* 64-bit integer */
    BM_TYPE_NUMBER,       /* double */
    BM_TYPE_STRING,       /* UTF-8 text; min and max count bytes */
    BM_TYPE_BOOL,
    BM_TYPE_ENUM,         /* one of `values`, "a|b|c" */
    BM_TYPE_TIME,         /* RFC 3339 */
    BM_TYPE_OBJECT,       /* JSON object; `members` closes it, NULL leaves it free */
    BM_TYPE_ARRAY,        /* JSON array; `members` describes object elements, NULL leaves them free; min and max count items.
                           * In both the one row BM_FIELD_EACH describes every value, whatever its name or place */
    BM_TYPE_STRINGS,      /* array of distinct strings, of `values` if that is set; SQL text[]; min and max count items */
    BM_TYPE_ANY           /* any JSON value */
} bm_field_type_e;

enum {
    BM_FIELD_REQUIRED  = 1 << 0,   /* must be given when the resource is created */
    BM_FIELD_READ_ONLY = 1 << 1,   /* ours; a body may repeat the stored value, nothing else */
    BM_FIELD_NULLABLE  = 1 << 2,   /* null is a value */
    BM_FIELD_FIXED     = 1 << 3,   /* given once, at creation */
    BM_FIELD_BULKY     = 1 << 4,   /* left out of view=summary */
    BM_FIELD_MICROS    = 1 << 5,   /* the column holds whole microseconds, the member milliseconds */
    BM_FIELD_ABSENT    = 1 << 6    /* answers may be without it, also where they are not a summary */
};

/** Name of the only row of a table that describes all values of a map or an array: numbers, pairs, objects.
 *  As the last of several rows of an answer's table it describes all members that they do not name; such a row is BM_FIELD_ABSENT
 *  and no column. */
#define BM_FIELD_EACH "*"

typedef struct bm_field_t bm_field_t;
struct bm_field_t {
    const char *name;              /* JSON member; NULL ends the table */
    bm_field_type_e type;
    unsigned flags;
    double min, max;               /* limits of the value, of the bytes or of the items; both 0: none */
    const char *values;            /* BM_TYPE_ENUM, BM_TYPE_STRINGS */
    const char *fallback;          /* value when absent at creation, as JSON text; NULL: null or SQL default */
    const char *column;            /* SQL expression; NULL: the name; "": not a column (an object is then made of the
                                    * columns of its members, and null when all of them are) */
    const bm_field_t *members;
    const char *schema;            /* name of members in the reference's answers; NULL: they are described in place */
    const char *doc;               /* one sentence for the API's reference */
};

typedef enum bm_field_mode_e {
    BM_FIELD_CREATE,               /* POST: required members must be there */
    BM_FIELD_UPDATE                /* PUT and PATCH: any subset */
} bm_field_mode_e;

/** Check body against a table; every violation is added to err with a JSON Pointer below `prefix` ("" at the root; "?"
 *  for query parameters, which are then named "?name"). Objects and arrays inside are replaced as a whole, so their
 *  required members must be there in both modes. stored: the resource as JSON for BM_FIELD_UPDATE (read-only members are
 *  compared with it), else NULL.
 *  Unknown members are violations, a body that is not an object is one. @return APR_SUCCESS or APR_EINVAL. */
apr_status_t bm_field_check(const json_t *body, const bm_field_t *fields, bm_field_mode_e mode, const json_t *stored,
                            const char *prefix, bm_err_t *err, apr_pool_t *p);

/** The field of that name; NULL if there is none. */
const bm_field_t *bm_field_find(const bm_field_t *fields, const char *name);

/** body with the fallbacks of absent members put in, as a new object in p. body must have been checked. Members
 *  without a fallback stay absent. */
json_t *bm_field_complete(const json_t *body, const bm_field_t *fields, apr_pool_t *p);

typedef enum bm_field_view_e {
    BM_FIELD_OF_ANSWER,            /* everything; all but bulky and absent members are there. Named parts are references */
    BM_FIELD_OF_NEW,               /* what a body of BM_FIELD_CREATE may have; nothing else */
    BM_FIELD_OF_CHANGE             /* what a body of BM_FIELD_UPDATE may have; nothing is required */
} bm_field_view_e;

/** Write the JSON Schema (draft 2020-12, as OpenAPI 3.1 uses it) of a table. */
void bm_field_write_schema(bm_jw_t *w, const bm_field_t *fields, bm_field_view_e view);

/** Write the member "enum": the words of "a|b|c", and null if it may be that. */
void bm_field_write_enum(bm_jw_t *w, const char *values, int nullable);

#endif
