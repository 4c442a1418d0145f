-- What the service's login may do in the registry.
grant usage on schema registry to {service};
grant select, insert, update on registry.placement to {service};
grant select, insert on registry.master_key to {service};
grant select on registry.schema_version to {service};
grant select, delete on registry.restoring to {service};
grant select, insert on registry.data_protection_key to {service};
grant select, insert, update, delete on registry.session, registry.invitation, registry.passkey, registry.answered_challenge to {service};
