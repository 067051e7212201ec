#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# migrate.sh: apply the schema by hand with psql, as BenchmarkMigrate On does; run twice it changes nothing.
#
#   migrate.sh CONNINFO [SCHEMA]      CONNINFO as for psql ("host=/run/postgresql dbname=bench"), SCHEMA: benchmark
#
# Each file runs in a transaction of its own under the same advisory lock as the module's, so both may run at once.
set -eu

[ $# -ge 1 ] || { sed -n '5s/^# *//p' "$0"; exit 2; }
conninfo=$1
schema=${2:-benchmark}
here=$(cd "$(dirname "$0")" && pwd)

case $schema in
    [a-z_]*) ;;
    *) echo "migrate.sh: the schema's name must begin with a letter" >&2; exit 2 ;;
esac
case $schema in
    *[!a-z0-9_]*) echo "migrate.sh: the schema's name may hold a-z, 0-9 and _" >&2; exit 2 ;;
esac

# One transaction for one file. psql's variables carry text safely; \if makes it a no-op where it was applied before.
apply() {
    PGOPTIONS="${PGOPTIONS:-} -c lock_timeout=3000 -c client_min_messages=warning" \
    psql -X -q -A -t -v ON_ERROR_STOP=1 -v schema="$schema" -v version="$1" -v name="$2" -v checksum="$3" -v newest="$newest" \
         -v file="$here/$2.sql" -d "$conninfo" <<'SQL'
begin;
select pg_advisory_xact_lock(hashtextextended('mod_benchmark schema ' || :'schema', 0)) \g /dev/null
select not exists (select 1 from pg_namespace where nspname = :'schema') as missing \gset
\if :missing
create schema :"schema";
\endif
set local search_path to :"schema";
create table if not exists schema_migration (version integer primary key, name text not null,
 checksum text not null, applied_at timestamptz not null default now());
select coalesce(max(version), 0) > :newest as newer,
       count(*) filter (where version = :version) = 0 as pending,
       count(*) filter (where version = :version and (name, checksum) <> (:'name', :'checksum')) > 0 as changed
  from schema_migration \gset
\if :newer
\echo refused: the schema is newer than the files here
\quit
\endif
\if :changed
\echo refused: :name was applied from a file with another content or name
\quit
\endif
\if :pending
\i :file
insert into schema_migration (version, name, checksum) values (:version, :'name', :'checksum');
\echo applied :name
\endif
commit;
SQL
}

newest=0
for file in "$here"/[0-9][0-9][0-9]_*.sql; do
    newest=$((newest + 1))
    name=$(basename "$file" .sql)
    [ "${name%%_*}" = "$(printf '%03d' "$newest")" ] || { echo "migrate.sh: number $(printf '%03d' "$newest") is missing or there twice" >&2; exit 1; }
done
[ "$newest" -gt 0 ] || { echo "migrate.sh: there are no migrations in $here" >&2; exit 1; }

version=0
for file in "$here"/[0-9][0-9][0-9]_*.sql; do
    version=$((version + 1))
    said=$(apply "$version" "$(basename "$file" .sql)" "$(sha256sum < "$file" | cut -d' ' -f1)")
    case $said in
        refused:*) echo "migrate.sh: ${said#refused: }" >&2; exit 1 ;;
        ?*) echo "$said" ;;
    esac
done
