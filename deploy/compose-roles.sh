#!/bin/sh
# Run by the database's image on its first start: the three logins and the database.
set -e
psql -v ON_ERROR_STOP=1 -U postgres -v owner_password="$OWNER_PASSWORD" \
    -v app_password="$APP_PASSWORD" -v figures_password="$FIGURES_PASSWORD" -f /mai-am/roles.sql
