-- What the directory was: a row for each resource and each membership, and the positions from one at which it stood until
-- before another at which it did no more. Written behind the history by its own fold; of an erased person data is null.
create table if not exists directory.user_version (
    tenant_id varchar not null,
    id uuid not null,
    from_position bigint not null,
    to_position bigint not null,
    data jsonb,
    user_name_key text,
    external_id text,
    display_name_key text,
    family_name_key text,
    created timestamptz not null,
    last_modified timestamptz not null,
    mt_version bigint not null,
    has_access boolean not null,
    constraint pkey_user_version primary key (tenant_id, id, from_position) include (to_position)
);
create index if not exists ix_user_version_ended on directory.user_version (tenant_id, to_position, id, from_position);
create index if not exists ix_user_version_begun on directory.user_version (tenant_id, from_position, to_position, id);
create index if not exists ix_user_version_user_name on directory.user_version (tenant_id, (data -> 'match' ->> 'userName') collate "C", from_position);
create index if not exists ix_user_version_external_id on directory.user_version (tenant_id, left(external_id, 256) collate "C", from_position);
create index if not exists ix_user_version_emails on directory.user_version using gin ((data -> 'match' -> 'emails') jsonb_path_ops);
create index if not exists ix_user_version_erased on directory.user_version (tenant_id, from_position, to_position) where data is null;
create table if not exists directory.group_version (
    tenant_id varchar not null,
    id uuid not null,
    from_position bigint not null,
    to_position bigint not null,
    data jsonb,
    external_id text,
    display_name_key text,
    created timestamptz not null,
    last_modified timestamptz not null,
    mt_version bigint not null,
    constraint pkey_group_version primary key (tenant_id, id, from_position) include (to_position)
);
create index if not exists ix_group_version_ended on directory.group_version (tenant_id, to_position, id, from_position);
create index if not exists ix_group_version_begun on directory.group_version (tenant_id, from_position, to_position, id);
create index if not exists ix_group_version_display_name on directory.group_version (tenant_id, display_name_key collate "C", from_position);
create table if not exists directory.member_version (
    tenant_id varchar not null,
    group_id uuid not null,
    member_id uuid not null,
    is_group boolean not null,
    from_position bigint not null,
    to_position bigint not null,
    constraint pkey_member_version primary key (tenant_id, group_id, member_id, from_position) include (to_position, is_group)
);
create index if not exists ix_member_version_member on directory.member_version (tenant_id, member_id, to_position, from_position, group_id);
create index if not exists ix_member_version_ended on directory.member_version (tenant_id, to_position, group_id);
create index if not exists ix_member_version_begun on directory.member_version (tenant_id, from_position, group_id);
-- By which names somebody was ever known, folded as they compare. It outlives a deletion, and goes with an erasure.
create table if not exists directory.known_as (
    tenant_id varchar not null,
    person_id uuid not null,
    value text not null,
    from_position bigint not null,
    to_position bigint not null,
    constraint pkey_known_as primary key (tenant_id, person_id, value, from_position)
);
create index if not exists ix_known_as_value on directory.known_as (tenant_id, value collate "C", person_id);
-- Every event at its position; inside a position by stream and version. Ids alone.
create table if not exists directory.timeline (
    tenant_id varchar not null,
    position bigint not null,
    place integer not null,
    event_id uuid not null,
    stream_id uuid not null,
    version bigint not null,
    type text not null,
    actor text,
    request_id uuid,
    at timestamptz not null,
    constraint pkey_timeline primary key (tenant_id, position, place)
);
create index if not exists ix_timeline_stream on directory.timeline (tenant_id, stream_id, position, place);
create index if not exists ix_timeline_type on directory.timeline (tenant_id, type, position, place);
create index if not exists ix_timeline_actor on directory.timeline (tenant_id, actor, position, place);
create index if not exists ix_timeline_request on directory.timeline (tenant_id, request_id);
-- Up to which position all of this is written.
create table if not exists directory.version_progress (
    tenant_id varchar primary key,
    position bigint not null
);
-- Raised where somebody else has written meanwhile, which takes the whole transaction back.
create or replace function directory.advance_versions(tenant varchar, before bigint, after bigint) returns void language plpgsql as $$ begin
    insert into directory.version_progress as p (tenant_id, position) values (tenant, after) on conflict (tenant_id) do update set position = excluded.position where p.position = before; if
    not found then raise exception 'The versions of % were written by another.', tenant using errcode = '55L02'; end if; end $$;
-- Whatever stands of these ends at these positions. One row after the other by its key: the tables grow faster than the
-- planner learns of them.
create or replace function directory.end_users(tenant varchar, ids uuid[], positions bigint[]) returns void language plpgsql set enable_seqscan = off as $$ begin
    for i in 1..cardinality(ids) loop update directory.user_version set to_position = positions[i] where tenant_id = tenant and to_position = 9223372036854775807 and id = ids[i]; end loop; end $$;
create or replace function directory.end_groups(tenant varchar, ids uuid[], positions bigint[]) returns void language plpgsql set enable_seqscan = off as $$ begin
    for i in 1..cardinality(ids) loop update directory.group_version set to_position = positions[i] where tenant_id = tenant and to_position = 9223372036854775807 and id = ids[i]; end loop; end $$;
create or replace function directory.end_members(tenant varchar, groups uuid[], members uuid[], positions bigint[]) returns void language plpgsql set enable_seqscan = off as $$ begin
    for i in 1..cardinality(groups) loop update directory.member_version set to_position = positions[i] where tenant_id = tenant and group_id = groups[i] and member_id = members[i] and to_position = 9223372036854775807; end loop; end $$;
create or replace function directory.end_names(tenant varchar, people uuid[], names text[], positions bigint[]) returns void language plpgsql set enable_seqscan = off as $$ begin
    for i in 1..cardinality(people) loop update directory.known_as set to_position = positions[i] where tenant_id = tenant and person_id = people[i] and value = names[i] and to_position = 9223372036854775807; end loop; end $$;
-- Of an erased person only the positions stay.
create or replace function directory.erase_versions(tenant varchar, person uuid) returns void language plpgsql as $$ begin
    update directory.user_version set data = null, user_name_key = null, external_id = null, display_name_key = null, family_name_key = null where tenant_id = tenant and id = person and data is not null; delete
    from directory.known_as where tenant_id = tenant and person_id = person; end $$;
-- As groups_of, memberships_of, members_of and members_after, at a position of the past.
create or replace function directory.groups_at(tenant varchar, people uuid[], moment bigint) returns table (person uuid, group_id uuid, direct boolean) language plpgsql stable rows 20
    set plan_cache_mode = force_generic_plan as $$ begin return query
    with recursive up(person, id, direct) as (
    select p.id, f.group_id, true from unnest(people) p(id) cross join lateral (select m.group_id from directory.member_version m where m.tenant_id = tenant and m.member_id = p.id and m.to_position > moment and m.from_position <= moment offset 0) f
    union select up.person, f.group_id, false from up cross join lateral (select m.group_id from directory.member_version m where m.tenant_id = tenant and m.member_id = up.id and m.to_position > moment and m.from_position <= moment offset 0) f)
    select up.person, up.id, bool_or(up.direct) from up group by 1, 2; end $$;
create or replace function directory.memberships_at(tenant varchar, people uuid[], moment bigint) returns table (person uuid, groups text) language plpgsql stable rows 100
    set plan_cache_mode = force_generic_plan as $$ begin return query
    with each as materialized (select * from directory.groups_at(tenant, people, moment)),
    named as materialized (select u.id, f.name from (select distinct e.group_id as id from each e) u cross join lateral (select g.data->'resource'->>'displayName' as name from directory.group_version g where g.tenant_id = tenant and g.id = u.id and g.from_position <= moment and g.to_position > moment offset 0) f)
    select e.person, json_agg(json_build_array(e.group_id, case when e.direct then 'direct' else 'indirect' end, n.name) order by e.group_id)::text from each e join named n on n.id = e.group_id group by e.person; end $$;
create or replace function directory.members_at(tenant varchar, holder uuid, moment bigint) returns setof uuid language plpgsql stable rows 1000
    set plan_cache_mode = force_generic_plan as $$ begin return query
    with recursive down(id, is_group) as (select m.member_id, m.is_group from directory.member_version m where m.tenant_id = tenant and m.group_id = holder and m.from_position <= moment and m.to_position > moment
    union select f.member_id, f.is_group from down cross join lateral (select m.member_id, m.is_group from directory.member_version m where down.is_group and m.tenant_id = tenant and m.group_id = down.id and m.from_position <= moment and m.to_position > moment offset 0) f)
    select down.id from down; end $$;
create or replace function directory.members_after_at(tenant varchar, holder uuid, after uuid, most bigint, moment bigint) returns table (member_id uuid, is_group boolean, name text) language plpgsql stable rows 1000
    set plan_cache_mode = force_generic_plan as $$ begin return query
    select gm.member_id, gm.is_group, case when gm.is_group then (select g.data->'resource'->>'displayName' from directory.group_version g where g.tenant_id = tenant and g.id = gm.member_id and g.from_position <= moment and g.to_position > moment)
    else (select coalesce(u.data->'resource'->>'displayName', u.data->'resource'->>'userName') from directory.user_version u where u.tenant_id = tenant and u.id = gm.member_id and u.from_position <= moment and u.to_position > moment) end
    from directory.member_version gm where gm.tenant_id = tenant and gm.group_id = holder and gm.member_id > after and gm.from_position <= moment and gm.to_position > moment order by gm.member_id limit most; end $$;
