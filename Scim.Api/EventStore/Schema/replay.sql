-- Runs that hold the directory against the history: how far each has got, and what it found: ids and paths, never values.
create table if not exists history.replay_run (
    tenant_id varchar not null,
    id uuid not null,
    state text not null default 'running' check (state in ('running', 'done', 'cancelled', 'failed')),
    by_whom text not null,
    repair boolean not null,
    to_position bigint,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    holder uuid,
    heartbeat_at timestamptz,
    next_stream uuid not null default '00000000-0000-0000-0000-000000000000',
    streams bigint not null default 0,
    events bigint not null default 0,
    total bigint not null default 0,
    worked_ms bigint not null default 0,
    found bigint not null default 0,
    repaired bigint not null default 0,
    failure text,
    constraint pkey_replay_run primary key (tenant_id, id)
);
create index if not exists ix_replay_run_running on history.replay_run (started_at) where state = 'running';
create table if not exists history.replay_difference (
    tenant_id varchar not null,
    run_id uuid not null,
    no bigint not null,
    difference jsonb not null,
    constraint pkey_replay_difference primary key (tenant_id, run_id, no)
);
