-- The database and its owner, made by the PostgreSQL image's superuser once, while the volume is empty. The owner is no
-- superuser: it may create roles, because it makes the service's login.
\set ON_ERROR_STOP on
\getenv password SCIM_OWNER_PASSWORD
create role scim_owner login nosuperuser createrole password :'password';
create database scim owner scim_owner encoding 'UTF8' template template0;
