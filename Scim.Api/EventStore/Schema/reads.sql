-- Who read what is personal: a row for each person and minute and kind of reading, for ever. Ids alone; where many were
-- listed there is no person.
create table if not exists history.read_record (
    tenant_id varchar not null,
    id uuid not null,
    minute timestamptz not null,
    first_at timestamptz not null,
    actor text not null,
    kind text not null,
    person_id uuid,
    constraint pkey_read_record primary key (tenant_id, id)
);
create unique index if not exists ux_read_record_minute on history.read_record (tenant_id, minute, actor, kind, coalesce(person_id, '00000000-0000-0000-0000-000000000000'));
create index if not exists ix_read_record_at on history.read_record (tenant_id, first_at, id);
create index if not exists ix_read_record_person on history.read_record (tenant_id, person_id, first_at, id);
create index if not exists ix_read_record_actor on history.read_record (tenant_id, actor, first_at, id);
-- What was exported: that it began, before its first byte leaves, and how it ended. One without an end runs, or broke off
-- with the process that made it.
create table if not exists history.export_begun (
    tenant_id varchar not null,
    id uuid not null,
    at timestamptz not null,
    actor text not null,
    what text not null,
    format text not null,
    query jsonb not null,
    constraint pkey_export_begun primary key (tenant_id, id)
);
create table if not exists history.export_ended (
    tenant_id varchar not null,
    id uuid not null,
    at timestamptz not null,
    broken boolean not null,
    rows bigint not null,
    bytes bigint not null,
    first_position bigint,
    last_position bigint,
    sha256 bytea,
    constraint pkey_export_ended primary key (tenant_id, id)
);
