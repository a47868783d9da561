#!/bin/sh
# As the real frontend's: the backend's name goes into conf.d, and nginx resolves it once, at its start, or ends.
set -eu
: "${BACKEND_HOST:?not set: the name of the backend}"
sed "s/@BACKEND@/$BACKEND_HOST/" /etc/nginx/site.template >/etc/nginx/conf.d/default.conf
exec nginx -g 'daemon off;'
