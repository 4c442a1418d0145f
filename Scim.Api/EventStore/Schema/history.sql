-- Beside Marten's events: the wrapped keys of people, and one row a command and stream.
create table if not exists history.person_key (
    tenant_id varchar not null,
    person_id uuid not null,
    wrapped bytea not null,
    primary key (tenant_id, person_id)
);
create table if not exists history.person_erased (
    tenant_id varchar not null,
    person_id uuid not null,
    erased_at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, person_id)
);
create index if not exists ix_person_erased_at on history.person_erased (erased_at);
-- CACHE 1: a number taken later must be larger, on every connection.
create sequence if not exists history.commit_ord as bigint cache 1;
create table if not exists history.commit_log (
    tenant_id varchar not null,
    command_id uuid not null,
    stream_id uuid not null,
    from_version bigint not null,
    to_version bigint not null,
    request_id uuid,
    ord bigint not null default nextval('history.commit_ord'),
    at timestamptz not null default clock_timestamp(),
    position bigint,
    instant timestamptz,
    constraint pkey_commit_log primary key (tenant_id, command_id, stream_id)
);
create index if not exists ix_commit_log_due on history.commit_log (tenant_id, ord) where position is null;
-- A commit has no position yet when it is written, and costs these indexes nothing then.
create index if not exists ix_commit_log_numbered on history.commit_log (tenant_id, position) where position is not null;
-- With the position: after a clock that ran ahead, many have one instant.
create index if not exists ix_commit_log_moment on history.commit_log (tenant_id, instant, position) where instant is not null;
drop index if exists history.ix_commit_log_position, history.ix_commit_log_instant, history.ix_commit_log_dated;
create table if not exists history.last_position (
    tenant_id varchar primary key,
    last bigint not null,
    instant timestamptz not null
);
create table if not exists history.schema_version (
    one boolean primary key default true check (one),
    version integer not null
);
-- Who of all nodes does this database's background work. Its holder renews it; whoever finds it lapsed takes it, and a
-- holder that was stopped meanwhile finds it taken, because each of its transactions begins by holding it.
create table if not exists history.lease (
    name text primary key,
    holder uuid not null,
    until timestamptz not null
);
create or replace function history.hold_lease(which text, by_whom uuid) returns void language plpgsql as $$ begin
    update history.lease set until = clock_timestamp() + interval '3 seconds' where name = which and holder = by_whom and until > clock_timestamp(); if
    not found then raise exception 'The lease % is another''s.', which using errcode = '55L01'; end if; end $$;
