-- Indexes of the directory that compare by code point, and when a token was last used, what providers were forgiven.
create unique index if not exists ux_user_user_name_key on directory.mt_doc_user (tenant_id, user_name_key collate "C");
create index if not exists ix_user_user_name on directory.mt_doc_user (tenant_id, (data -> 'match' ->> 'userName') collate "C", id);
create index if not exists ix_user_external_id on directory.mt_doc_user (tenant_id, left(external_id, 256) collate "C", id);
create index if not exists ix_user_display_name on directory.mt_doc_user (tenant_id, left(display_name_key, 256) collate "C", id);
create index if not exists ix_user_family_name on directory.mt_doc_user (tenant_id, left(family_name_key, 256) collate "C", id);
create index if not exists ix_user_created on directory.mt_doc_user (tenant_id, created, id);
create index if not exists ix_user_last_modified on directory.mt_doc_user (tenant_id, last_modified, id);
-- Those who are shut out, whom administrators ask for most and who are few.
create index if not exists ix_user_shut_out on directory.mt_doc_user (tenant_id, id) where (data -> 'resource' ->> 'active') is distinct from 'true' or (data -> 'state' ->> 'suspended') = 'true';
-- Without a pending list: the look-up by e-mail comes before every create, and would read it each time.
create index if not exists ix_user_emails on directory.mt_doc_user using gin ((data -> 'match' -> 'emails') jsonb_path_ops) with (fastupdate = off);
create table if not exists directory.token_use (
    tenant_id varchar not null,
    token_id uuid not null,
    at timestamptz not null,
    address text,
    primary key (tenant_id, token_id)
);
alter table directory.token_use add column if not exists agent text;
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
-- Every group that people are in, each once: directly, or through others. Cycles end where they were. Each step looks up an
-- index, whatever the planner expects of tables that have just grown ("offset 0").
create or replace function directory.groups_of(tenant varchar, people uuid[]) returns table (person uuid, group_id uuid, direct boolean) language plpgsql stable rows 20
    set plan_cache_mode = force_generic_plan as $$ begin return query
    with recursive up(person, id, direct) as (
    select p.id, f.group_id, true from unnest(people) p(id) cross join lateral (select m.group_id from directory.group_member m where m.tenant_id = tenant and m.member_id = p.id offset 0) f
    union select up.person, f.group_id, false from up cross join lateral (select m.group_id from directory.group_member m where m.tenant_id = tenant and m.member_id = up.id offset 0) f)
    select up.person, up.id, bool_or(up.direct) from up group by 1, 2; end $$;
-- The same as arrays of [id, type, name] by id, one text a person; people without groups have none.
create or replace function directory.memberships_of(tenant varchar, people uuid[]) returns table (person uuid, groups text) language plpgsql stable rows 100
    set plan_cache_mode = force_generic_plan as $$ begin return query
    with each as materialized (select * from directory.groups_of(tenant, people)),
    named as materialized (select u.id, f.name from (select distinct e.group_id as id from each e) u cross join lateral (select g.data->'resource'->>'displayName' as name from directory.mt_doc_group g where g.tenant_id = tenant and g.id = u.id offset 0) f)
    select e.person, json_agg(json_build_array(e.group_id, case when e.direct then 'direct' else 'indirect' end, n.name) order by e.group_id)::text from each e join named n on n.id = e.group_id group by e.person; end $$;
-- Everybody and everything in a group, directly or through others.
create or replace function directory.members_of(tenant varchar, holder uuid) returns setof uuid language plpgsql stable rows 1000
    set plan_cache_mode = force_generic_plan as $$ begin return query
    with recursive down(id, is_group) as (select m.member_id, m.is_group from directory.group_member m where m.tenant_id = tenant and m.group_id = holder
    union select f.member_id, f.is_group from down cross join lateral (select m.member_id, m.is_group from directory.group_member m where down.is_group and m.tenant_id = tenant and m.group_id = down.id offset 0) f)
    select down.id from down; end $$;
-- Members by id, with the names by which they are known: so many after one, or all. A statement of its own, because its plan
-- is worth keeping.
create or replace function directory.members_after(tenant varchar, holder uuid, after uuid, most bigint) returns table (member_id uuid, is_group boolean, name text) language plpgsql stable rows 1000
    set plan_cache_mode = force_generic_plan as $$ begin return query
    select gm.member_id, gm.is_group, case when gm.is_group then (select g.data->'resource'->>'displayName' from directory.mt_doc_group g where g.tenant_id = tenant and g.id = gm.member_id)
    else (select coalesce(u.data->'resource'->>'displayName', u.data->'resource'->>'userName') from directory.mt_doc_user u where u.tenant_id = tenant and u.id = gm.member_id) end
    from directory.group_member gm where gm.tenant_id = tenant and gm.group_id = holder and gm.member_id > after order by gm.member_id limit most; end $$;
