# The image of the server, without a studio's own files: they are mounted at /studio, or copied there by an image FROM
# this one. See docs/deployment.md.
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY clients/typescript/package.json ./clients/typescript/
COPY studio/package.json ./studio/
COPY studio/bin ./studio/bin
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run -s build

FROM node:24-bookworm-slim AS modules
WORKDIR /modules
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --workspaces=false --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    SHOTGRAPH_HOST=0.0.0.0
WORKDIR /app
COPY package.json ./package.json
COPY bin ./bin
COPY schema/shotgraph.schema.json ./schema/shotgraph.schema.json
COPY --from=modules /modules/node_modules ./node_modules
COPY --from=build /build/dist/browser ./dist/browser
COPY --from=build /build/dist/explorer ./dist/explorer
COPY --from=build /build/dist/src ./dist/src
# shotgraph.yml, schema/site, front ends and connectors of the studio.
WORKDIR /studio
USER node
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.SHOTGRAPH_PORT || 4000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--min-semi-space-size=16", "/app/bin/shotgraph.js"]
CMD ["start"]
