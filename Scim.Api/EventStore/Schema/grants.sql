-- What the service's login may do: it appends to the history and can change nothing of it.
grant usage on schema history, directory to {service};
grant select on all tables in schema history to {service};
grant select, insert on history.mt_events to {service};
-- Marten asserts its daemon's tables, and sees keys only of what it may write.
grant insert, update, delete on history.mt_doc_deadletterevent, history.mt_event_progression, history.mt_event_projection_floors, history.mt_high_water_skips to {service};
grant select, insert on history.mt_streams to {service};
grant update (version, timestamp) on history.mt_streams to {service};
grant select, insert, delete on history.person_key to {service};
grant select, insert on history.person_erased to {service};
grant select, insert on history.commit_log to {service};
grant update (position, instant) on history.commit_log to {service};
grant select, insert, update on history.last_position to {service};
grant select, insert, update on history.lease to {service};
grant select, insert, update, delete on history.request_log to {service};
grant select, insert, delete on history.request_log_key to {service};
grant select, insert, update on history.replay_run to {service};
grant select, insert on history.replay_difference to {service};
-- Who read and who exported is added to, and never changed.
grant select, insert on history.read_record, history.export_begun, history.export_ended to {service};
grant select, insert, update, delete on all tables in schema directory to {service};
grant usage on all sequences in schema history to {service};
grant execute on all functions in schema history, directory to {service};
alter role {service} set lock_timeout = '2s';
alter role {service} set statement_timeout = '5s';
alter role {service} set idle_in_transaction_session_timeout = '30s';
alter role {service} set timezone = 'UTC';
-- The planner takes a list's statements for large ones; compiling them takes a hundred times as long as running them.
alter role {service} set jit = off;
