# The app, without what only building needs. The file system may be read-only but for /data:
#   docker build -t inkling .
#   docker run --read-only --tmpfs /tmp -v inkling:/data -p 3000:3000 inkling
FROM node:24-slim AS build
WORKDIR /app
COPY . .
RUN npm ci && npm prune --omit=dev --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 INKLING_DB=/data/inkling.db
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/kernels ./kernels
COPY --from=build /app/src ./src
COPY --from=build /app/server ./server
COPY --from=build /app/weights ./weights
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}${process.env.INKLING_BASE_PATH ?? ''}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server/main.ts"]
