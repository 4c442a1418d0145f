-- What nodes share: where organizations are, which master key belongs to the data, and how their staff signs in.
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
-- The keys by which nodes protect forms and cookies for one another, each sealed by the master key.
create table if not exists registry.data_protection_key (
    name text primary key,
    content xml not null,
    stored_at timestamptz not null default now()
);
-- What a staff member's browser proves itself by; only the hash of it is known.
create table if not exists registry.session (
    id uuid primary key,
    hash bytea not null unique,
    organization_id uuid not null,
    staff_id uuid not null,
    created_at timestamptz not null,
    stepped_up_at timestamptz not null,
    seen_at timestamptz not null,
    address text,
    agent text,
    revoked_at timestamptz
);
create index if not exists session_of_staff on registry.session (organization_id, staff_id);
-- Links by which somebody registers a passkey, once; without a staff member it is for whoever comes first.
create table if not exists registry.invitation (
    hash bytea primary key,
    organization_id uuid not null,
    staff_id uuid,
    expires_at timestamptz not null,
    used_at timestamptz
);
create table if not exists registry.passkey (
    credential_id bytea primary key,
    organization_id uuid not null,
    staff_id uuid not null,
    created_at timestamptz not null,
    used_at timestamptz not null,
    public_key bytea not null,
    sign_count bigint not null,
    transports text[] not null,
    user_verified boolean not null,
    backup_eligible boolean not null,
    backed_up boolean not null,
    attestation_object bytea not null,
    client_data bytea not null
);
alter table registry.passkey add column if not exists agent text;
create index if not exists passkey_of_staff on registry.passkey (staff_id);
-- Challenges that a passkey has answered: each is answered once.
create table if not exists registry.answered_challenge (
    hash bytea primary key,
    expires_at timestamptz not null
);
