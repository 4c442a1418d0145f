-- The provisioning log: one row a request, by month. What is personal stands sealed, under the person's key or that of the
-- organization's day; subjects are keyed hashes of whom it names. A day without its key is past its retention.
create table if not exists history.request_log (
    tenant_id varchar not null,
    at timestamptz not null,
    id uuid not null,
    last_at timestamptz,
    count integer not null default 1,
    token_id uuid,
    token_label text,
    token_end text,
    provider text not null,
    provider_request text,
    agent text,
    address text,
    verb text not null,
    route text not null,
    resource_type text,
    resource_id uuid,
    action text not null,
    status smallint not null,
    scim_type text,
    detail_kind text,
    milliseconds integer not null default 0,
    bytes_in bigint not null default 0,
    bytes_out bigint not null default 0,
    events uuid[] not null default '{}',
    event_types text[] not null default '{}',
    repairs text[] not null default '{}',
    unmapped text[] not null default '{}',
    rebuilt boolean not null default false,
    person_id uuid,
    sealed_for_day boolean not null default false,
    sealed bytea,
    subjects bytea[],
    constraint pkey_request_log primary key (tenant_id, at, id)
) partition by range (at);
create index if not exists ix_request_log_errors on history.request_log (tenant_id, at, id) where status >= 400;
create index if not exists ix_request_log_person on history.request_log (tenant_id, person_id, at) where person_id is not null;
create index if not exists ix_request_log_subjects on history.request_log using gin (subjects) where subjects is not null;
-- Rows that count requests go on changing: the one that did last.
create index if not exists ix_request_log_counted on history.request_log (tenant_id, last_at) where last_at is not null;
-- Ciphertext does not compress.
alter table history.request_log alter column sealed set storage external;
create table if not exists history.request_log_key (
    tenant_id varchar not null,
    day date not null,
    wrapped bytea not null,
    primary key (tenant_id, day)
);
create index if not exists ix_request_log_key_day on history.request_log_key (day);
-- Commands of the last day are looked for when a log that lost its end is completed.
create index if not exists ix_commit_log_at on history.commit_log using brin (at);
-- The service's login makes and drops months of the log by these two, and no other table.
create or replace function history.make_request_log_month(month date) returns boolean language plpgsql security definer
    set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$ declare since date := date_trunc('month', month)::date; name text :=
    'request_log_' || to_char(since, 'YYYY_MM'); begin
    if since > current_date + 100 or since < current_date - 3750 then raise exception 'The month % is too far away.', since using errcode = '22023'; end if; perform
    pg_advisory_xact_lock(99020011); if to_regclass('history.' || name) is not null then return false; end if; execute
    format('create table history.%I (like history.request_log including defaults including constraints including storage)', name); execute
    format('alter table history.request_log attach partition history.%I for values from (%L) to (%L)', name, since, (since + interval '1 month')::date); return
    true; end $$;
create or replace function history.drop_request_log_months(before date) returns integer language plpgsql security definer
    set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$ declare part record; dropped integer := 0; begin
    if before > current_date - 1 then raise exception 'Months up to % are in use.', before using errcode = '22023'; end if; for part in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'history.request_log'::regclass
    and c.relname ~ '^request_log_[0-9]{4}_[0-9]{2}$' and to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= before loop
    execute format('drop table history.%I', part.relname); dropped := dropped + 1; end loop; return dropped; end $$;
revoke execute on function history.make_request_log_month(date), history.drop_request_log_months(date) from public;
select history.make_request_log_month((now() at time zone 'UTC')::date), history.make_request_log_month((now() at time zone 'UTC' + interval '1 month')::date),
    history.make_request_log_month((now() at time zone 'UTC' + interval '2 months')::date);
