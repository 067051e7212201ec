/* SPDX-License-Identifier: Apache-2.0 */
#include "model/user_model.h"

#include <string.h>
#include "model/projects.h"
#include "model/scope.h"

#define ROLES "none|viewer|operator|admin"
const bm_field_t bm_each_project[] = {
    { BM_FIELD_EACH, BM_TYPE_INT, 0, 1, 9007199254740991.0, .doc = "Number of a project." }, { NULL }
};

#define PROJECTS(what) \
    { "projects", BM_TYPE_ARRAY, BM_FIELD_NULLABLE, 0, BM_PROJECTS_MAX, .members = bm_each_project, .fallback = "null", \
      .column = "array_to_json(projects)", .doc = what }
#define OF_USER PROJECTS("Projects that he sees, by number; what he makes goes into the first. null: all.")
#define PASSWORD \
    { "password", BM_TYPE_STRING, BM_FIELD_NULLABLE, 8, 1024, \
      .doc = "A new password: taken byte by byte as it is, and never shown. null: none, so he cannot sign in here." }
#define ID { "id", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Number of the user." }
#define NAME \
    { "name", BM_TYPE_STRING, BM_FIELD_REQUIRED | BM_FIELD_FIXED, 1, 100, \
      .doc = "What he signs in with and what is written beside what he does. No colon, no control character." }
#define EMAIL { "email", BM_TYPE_STRING, BM_FIELD_NULLABLE, 3, 254, .doc = "He may sign in with it, too." }
#define FULL_NAME { "full_name", BM_TYPE_STRING, BM_FIELD_NULLABLE, 1, 200, .doc = "For people to read." }
#define ROLE { "role", BM_TYPE_ENUM, 0, .values = ROLES, .fallback = "\"viewer\"", .doc = "What he may do." }
#define DISABLED \
    { "disabled", BM_TYPE_BOOL, 0, .fallback = "false", .doc = "Whether he is kept out; his sessions end when it becomes true." }
#define REST \
    { "has_password", BM_TYPE_BOOL, BM_FIELD_READ_ONLY, .column = "password_hash is not null", \
      .doc = "Whether he can sign in with a password of ours." }, \
    { "password_link_until", BM_TYPE_TIME, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, \
      .column = "(select l.expires_at from password_links l where l.user_id = id and l.expires_at > now())", \
      .doc = "Until when a link holds by which he can set his password; null: there is none." }, \
    { "login_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "When he last signed in." }, \
    { "password_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "When his password was last changed." }, \
    { "created_by", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "User who made him; null: the command." }, \
    { "created_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "When he was made." }, \
    { "updated_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "When he was last changed." }

const bm_field_t bm_user_fields[] = { ID, NAME, EMAIL, FULL_NAME, ROLE, OF_USER, DISABLED, REST, { NULL } };

const bm_field_t bm_user_body_fields[] = { ID, NAME, EMAIL, FULL_NAME, ROLE, OF_USER, DISABLED, PASSWORD, REST, { NULL } };

const bm_field_t bm_me_body_fields[] = {
    EMAIL, FULL_NAME,
    { "password", BM_TYPE_STRING, 0, 8, 1024, .doc = "A new password. Ends all other sessions." },
    { "current_password", BM_TYPE_STRING, 0, 1, 1024, .doc = "The present one: needed for a new one." },
    { NULL }
};

const bm_field_t bm_api_key_fields[] = {
    { "id", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Number of the key." },
    { "name", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, 200, .doc = "What it is for." },
    { "prefix", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .doc = "How it begins, behind bmk_: what logs and people know it by." },
    { "user", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .column = "user_name", .doc = "Whose it is: it can do no more than he." },
    { "role", BM_TYPE_ENUM, 0, .values = "viewer|operator|admin", .fallback = "\"viewer\"", .doc = "What it gives at most." },
    { "scopes", BM_TYPE_STRINGS, BM_FIELD_NULLABLE, 1, 5, .values = BM_SCOPES, .column = "array_to_json(scopes)",
      .doc = "What it may be used for; null: everything." },
    PROJECTS("Projects that it sees, of those that its owner sees; null: all of these."),
    { "expires_at", BM_TYPE_TIME, BM_FIELD_NULLABLE, .doc = "Until when; null: until it is deleted." },
    { "last_used_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "When it was last used, to the minute." },
    { "created_by", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "User who made it." },
    { "created_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "When it was made." },
    { NULL }
};

/* Columns are those of the list in store/session_store.c. */
const bm_field_t bm_session_fields[] = {
    { "id", BM_TYPE_INT, BM_FIELD_READ_ONLY, .doc = "Number of the session." },
    { "user", BM_TYPE_STRING, BM_FIELD_READ_ONLY, .column = "user_name", .doc = "Whose it is." },
    { "kind", BM_TYPE_ENUM, BM_FIELD_READ_ONLY, .values = "cookie|tokens",
      .doc = "What stands for it: the cookie of a browser, or tokens of a program." },
    { "current", BM_TYPE_BOOL, BM_FIELD_READ_ONLY, .doc = "Whether this request came with it." },
    { "address", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "Address that signed in." },
    { "agent", BM_TYPE_STRING, BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE, .doc = "User-Agent that signed in." },
    { "created_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "When it began." },
    { "seen_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "When it was last used, to the minute." },
    { "ends_at", BM_TYPE_TIME, BM_FIELD_READ_ONLY, .doc = "When it ends unless it is used before." },
    { NULL }
};

const char *bm_user_name_trouble(const char *name)
{
    const unsigned char *c;

    for (c = (const unsigned char *)name; *c != '\0'; c++)
        if (*c < 0x20 || *c == 0x7f || *c == ':')
            return "Must have neither a colon nor control characters.";
    if (name[0] == ' ' || name[strlen(name) - 1] == ' ')
        return "Must not begin or end with a space.";
    return strcmp(name, "*") == 0 ? "Must not be *, which stands for everybody (BenchmarkRole)." : NULL;
}
