#!/bin/sh
# A web server that says who it is. Asked to end, it answers on for a moment: requests still come until every node has heard.
set -eu
pages=$(mktemp -d)
echo "Hello from $(hostname)${MESSAGE:+: $MESSAGE}" >"$pages/index.html"
echo ok >"$pages/healthz"
chmod -R a+rX "$pages"
httpd -f -p "${PORT:-8080}" -h "$pages" &
server=$!
trap 'sleep "${DRAIN_SECONDS:-3}"; kill $server; exit 0' TERM INT
echo "serving on port ${PORT:-8080}"
wait $server
