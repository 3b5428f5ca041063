# syntax=docker/dockerfile:1
# One image for all of Baton's programs; docker-compose.yml says which one a container runs.
FROM node:20.20-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:20.20-bookworm-slim
ENV NODE_ENV=production BATON_HOST=0.0.0.0 BATON_PORT=3000 BATON_DATA=/data
WORKDIR /app
# What the programs write: keys and, embedded, the stores. A new volume takes over the owner.
RUN mkdir -m 0700 /data /trail && chown node:node /data /trail
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/libs/lead-import/presets ./libs/lead-import/presets
USER node
VOLUME /data /trail
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.BATON_PORT + '/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/bundle/lead-api.js"]
