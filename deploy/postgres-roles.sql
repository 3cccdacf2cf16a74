-- The three logins and the database, once, as a superuser of the server:
--   psql -v owner_password=… -v app_password=… -v figures_password=… -f postgres-roles.sql
-- The owner migrates, the app serves, figures counts. Nobody of them bypasses row-level security.
CREATE ROLE mai_am_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE mai_am_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
CREATE ROLE mai_am_figures LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD :'figures_password';
CREATE DATABASE mai_am OWNER mai_am_owner ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8' TEMPLATE template0;
REVOKE ALL ON DATABASE mai_am FROM PUBLIC;
GRANT CONNECT ON DATABASE mai_am TO mai_am_app, mai_am_figures;
-- The server's log would quote the rows that it refuses; that something was refused is enough.
ALTER DATABASE mai_am SET log_error_verbosity = terse;
ALTER DATABASE mai_am SET log_min_error_statement = panic;
