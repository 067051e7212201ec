/* SPDX-License-Identifier: Apache-2.0 */
#include "model/secret_model.h"

#include <string.h>
#include <apr_strings.h>
#include "model/project_model.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
#define NAME_DOC "What connection.secret and {{secret.NAME}} say. Fixed: the encryption is bound to it."

const bm_field_t bm_secret_fields[] = {
    { "id", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Number of the secret." },
    { "name", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = NAME_DOC },
    { "description", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "What it is for." },
    { "project_id", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Project that it belongs to; only that one's runs can name it." },
    { "key_id", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "Key of the key ring that encrypted the value." },
    { "set_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "When the value was last set." },
    { "last_used_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE,
      .doc = "When an engine last used it, to the minute; null: never." },
    { "created_by", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "User who made it; null: anonymous." },
    { "created_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "When it was made." },
    { "updated_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "When it was last changed." },
    { NULL }
};

#define DESCRIPTION { "description", BM_TYPE_STRING, BM_FIELD_NULLABLE, 0, 2000, .doc = "What it is for." }
#define VALUE(flags) { "value", BM_TYPE_STRING, flags, 1, BM_SECRET_VALUE_MAX, .doc = "The value; no answer ever has it." }

const bm_field_t bm_secret_new_fields[] = {
    { "name", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, 100, .doc = NAME_DOC },
    DESCRIPTION,
    BM_FIELD_PROJECT,
    VALUE(BM_FIELD_REQUIRED),
    { NULL }
};

const bm_field_t bm_secret_change_fields[] = { DESCRIPTION, VALUE(0), { NULL } };

const bm_field_t bm_secret_use_fields[] = {
    { "kind", BM_TYPE_ENUM, BM_FIELD_READ_ONLY, .values = "automation|scenario", .doc = "What names the secret." },
    { "id", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Number of that." },
    { "name", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "Its name." },
    { NULL }
};

int bm_secret_is_name(const char *name)
{
    return *name != '\0' && strchr(LETTERS, *name) != NULL && strspn(name, LETTERS "0123456789.-") == strlen(name);
}

const char *bm_secret_place(apr_int64_t project_id, const char *name, apr_pool_t *p)
{
    return apr_psprintf(p, "secrets|%" APR_INT64_T_FMT "|%s|value", project_id, name);
}
