-- Indexes of the directory that compare by code point, and when a token was last used, what providers were forgiven.
create unique index if not exists ux_user_user_name_key on directory.mt_doc_user (tenant_id, user_name_key collate "C");
create index if not exists ix_user_user_name on directory.mt_doc_user (tenant_id, (data -> 'match' ->> 'userName') collate "C", id);
create index if not exists ix_user_external_id on directory.mt_doc_user (tenant_id, left(external_id, 256) collate "C", id);
create index if not exists ix_user_display_name on directory.mt_doc_user (tenant_id, left(display_name_key, 256) collate "C", id);
create index if not exists ix_user_family_name on directory.mt_doc_user (tenant_id, left(family_name_key, 256) collate "C", id);
create index if not exists ix_user_created on directory.mt_doc_user (tenant_id, created, id);
create index if not exists ix_user_last_modified on directory.mt_doc_user (tenant_id, last_modified, id);
-- Without a pending list: the look-up by e-mail comes before every create, and would read it each time.
create index if not exists ix_user_emails on directory.mt_doc_user using gin ((data -> 'match' -> 'emails') jsonb_path_ops) with (fastupdate = off);
create table if not exists directory.token_use (
    tenant_id varchar not null,
    token_id uuid not null,
    at timestamptz not null,
    address text,
    primary key (tenant_id, token_id)
);
create table if not exists directory.dialect_count (
    tenant_id varchar not null,
    provider text not null,
    repair text not null,
    day date not null,
    count bigint not null,
    last_at timestamptz not null,
    last_token uuid,
    primary key (tenant_id, provider, repair, day)
);
-- Names alone; what was sent under them is kept nowhere.
create table if not exists directory.unmapped (
    tenant_id varchar not null,
    name text not null,
    provider text not null,
    json_type text not null,
    count bigint not null,
    last_at timestamptz not null,
    last_request uuid not null,
    primary key (tenant_id, name)
);
-- Whom an identity provider looks up by a name or an address. A statement of its own, because its plan is worth keeping:
-- PostgreSQL expects one row in a hundred of a containment it cannot see, and would plan anew at each look-up.
create or replace function directory.user_ids(tenant varchar, name_key text, email jsonb) returns setof uuid language plpgsql stable rows 1
    set plan_cache_mode = force_generic_plan as $$ begin return query
    select d.id from directory.mt_doc_user d where d.tenant_id = tenant and (d.data -> 'match' ->> 'userName') collate "C" = name_key
    union select d.id from directory.mt_doc_user d where d.tenant_id = tenant and d.data -> 'match' -> 'emails' @> email; end $$;
create unique index if not exists ux_group_display_name_key on directory.mt_doc_group (tenant_id, display_name_key collate "C");
create index if not exists ix_group_external_id on directory.mt_doc_group (tenant_id, left(external_id, 256) collate "C", id);
create index if not exists ix_group_created on directory.mt_doc_group (tenant_id, created, id);
create index if not exists ix_group_last_modified on directory.mt_doc_group (tenant_id, last_modified, id);
-- Who is a member of what: one row each, so that a change costs what changes, however large the group is.
create table if not exists directory.group_member (
    tenant_id varchar not null,
    group_id uuid not null,
    member_id uuid not null,
    is_group boolean not null,
    primary key (tenant_id, group_id, member_id)
);
create index if not exists ix_group_member_member on directory.group_member (tenant_id, member_id, group_id);
-- Every group that a person or group is in, each once: directly, or through others. Cycles end where they were.
create or replace function directory.groups_of(tenant varchar, member uuid) returns table (group_id uuid, direct boolean) language plpgsql stable rows 20
    set plan_cache_mode = force_generic_plan as $$ begin return query
    with recursive up(id) as (select m.group_id from directory.group_member m where m.tenant_id = tenant and m.member_id = member
    union select m.group_id from up join directory.group_member m on m.tenant_id = tenant and m.member_id = up.id)
    select up.id, exists (select from directory.group_member m where m.tenant_id = tenant and m.group_id = up.id and m.member_id = member) from up; end $$;
-- Everybody and everything in a group, directly or through others.
create or replace function directory.members_of(tenant varchar, holder uuid) returns setof uuid language plpgsql stable rows 1000
    set plan_cache_mode = force_generic_plan as $$ begin return query
    with recursive down(id, is_group) as (select m.member_id, m.is_group from directory.group_member m where m.tenant_id = tenant and m.group_id = holder
    union select m.member_id, m.is_group from down join directory.group_member m on m.tenant_id = tenant and m.group_id = down.id where down.is_group)
    select down.id from down; end $$;
