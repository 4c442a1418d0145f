-- What nodes share: where organizations are, which master key belongs to the data. No person stands here.
create table if not exists registry.placement (
    organization_id uuid primary key,
    shard text not null,
    epoch integer not null default 1,
    state text not null default 'open' check (state in ('open', 'moving'))
);
create table if not exists registry.master_key (
    id smallint primary key,
    check_value bytea not null
);
-- Organizations that a restore brought and has not finished: their tokens are still as in the backup, and nobody is served.
create table if not exists registry.restoring (
    organization_id uuid primary key
);
create table if not exists registry.schema_version (
    one boolean primary key default true check (one),
    version integer not null
);
