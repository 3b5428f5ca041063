#!/usr/bin/env bash
# Runs the steps of the Dockerfile without an engine, in a folder of its own, and then the embedded program from what the
# image would hold. tools/check-compose.sh looks at docker-compose.yml.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'kill "${program:-}" 2> /dev/null || true; rm -rf "$work"' EXIT

mkdir "$work/build" "$work/image" "$work/data"
git archive HEAD | tar -x -C "$work/build"
(cd "$work/build" && npm ci --no-audit --no-fund && npm run build && npm prune --omit=dev --no-audit --no-fund)
cp "$work/build/package.json" "$work/image/"
mv "$work/build/node_modules" "$work/build/dist" "$work/image/"
mkdir -p "$work/image/libs/lead-import"
mv "$work/build/libs/lead-import/presets" "$work/image/libs/lead-import/"
rm -rf "$work/build"

cd "$work/image"
for name in lead-api team-views lead-routing event-relay audit-trail witness; do
  # Without settings each says what is missing: it was loaded, with all that it imports at its start.
  said=$(NODE_ENV=production node "dist/bundle/$name.js" 2>&1 || true)
  grep -Eq 'BATON_(EVENT_STORE|WITNESS_NAME) must be set' <<< "$said" || { echo "$name: $said"; exit 1; }
done
node dist/bundle/cli.js import --help > /dev/null
# What the compose file's `init` does first.
node dist/bundle/cli.js jwks --data "$work/data" --out "$work/data/jwks.json" > /dev/null
node -e "Promise.all(['@eventstore/db-client', 'kafkajs', 'pg', 'better-sqlite3'].map((name) => import(name)))"
NODE_ENV=production BATON_DATA="$work/data" BATON_PORT=0 node dist/bundle/baton.js > "$work/log" &
program=$!
for _ in $(seq 100); do
  url=$(sed -n 's/.*"url":"\([^"]*\)".*"msg":"listening".*/\1/p' "$work/log")
  [ -z "$url" ] || break
  sleep 0.1
done
node -e "fetch(process.argv[1] + '/readyz').then(async (answer) => { if (!answer.ok) throw new Error(await answer.text()) })" "$url"
echo "the image's steps: done; it holds $(du -sm "$work/image" | cut -f1) MB and answers"
