#!/usr/bin/env bash
# Reads docker-compose.yml with docker compose itself, without an engine: with the docker-compose that BATON_COMPOSE names,
# else with one built here from its Go module, once, kept in the cache (Go is needed; some minutes the first time).
set -euo pipefail
cd "$(dirname "$0")/.."
version=v2.40.3
compose=${BATON_COMPOSE:-${XDG_CACHE_HOME:-$HOME/.cache}/baton/docker-compose-$version}

if [ ! -x "$compose" ]; then
  [ -z "${BATON_COMPOSE:-}" ] || { echo "BATON_COMPOSE names no program: $compose"; exit 1; }
  command -v go > /dev/null || { echo 'Go is needed to build docker-compose, or BATON_COMPOSE must name one'; exit 1; }
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  printf 'module scratch\n\ngo 1.24\n' > "$work/go.mod"
  echo "building docker-compose $version"
  (cd "$work" && go get "github.com/docker/compose/v2/cmd@$version" && go build -o docker-compose github.com/docker/compose/v2/cmd) \
    > "$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  mkdir -p "$(dirname "$compose")"
  mv "$work/docker-compose" "$compose"
fi

"$compose" --file docker-compose.yml config --quiet
services=$("$compose" --file docker-compose.yml config --services | sort | xargs)
wanted='audit-trail event-relay eventstore init kafka lead-api lead-routing postgres team-views'
[ "$services" = "$wanted" ] || { echo "docker-compose.yml: holds $services, not $wanted"; exit 1; }
echo "docker-compose.yml: accepted by $compose; services: $services"
