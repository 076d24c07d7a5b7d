# The controller as an image: built with the toolchain, run without it. README, "Run it from the image", says how to start it.
#   docker build -t tinyforge .
# Both bases are arguments, and so are the packages: a base that has them already needs none (`--build-arg PACKAGES=`),
# which is how the tests build it without any registry (scripts/product-image). The classic builder takes it as BuildKit does.

# Node 22.22 or newer at /usr/local/bin/node, with npm.
ARG NODE_BASE=node:24-trixie-slim
# Debian, or something near to it, with the C library that this Node wants.
ARG BASE=debian:trixie-slim

FROM ${NODE_BASE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# No package runs a script: what they would compile is there already, or not used here, and there is no compiler. The
# package `node` would fetch another one, so the base's takes its place.
RUN npm ci --ignore-scripts --no-audit --no-fund \
 && mkdir -p node_modules/node/bin \
 && ln -s /usr/local/bin/node node_modules/node/bin/node
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
COPY schemas schemas
# One package is not in the bundle. What it ships for other systems stays behind.
RUN npm run build \
 && mkdir -p /product/node_modules/better-sqlite3/prebuilds \
 && mv package.json dist schemas /product/ \
 && cd node_modules/better-sqlite3 \
 && mv package.json LICENSE lib /product/node_modules/better-sqlite3/ \
 && mv prebuilds/linux-* /product/node_modules/better-sqlite3/prebuilds/

FROM ${BASE}
# git and ssh for sources, Compose for stacks, util-linux for the jail around Compose (flock, prlimit), tini as process 1,
# which buries what a killed child leaves behind.
ARG PACKAGES="git openssh-client docker-compose util-linux tini ca-certificates libstdc++6"
RUN if [ -n "${PACKAGES}" ]; then \
      apt-get update && apt-get install -y --no-install-recommends ${PACKAGES} && rm -rf /var/lib/apt/lists/*; \
    fi \
 && groupadd --gid 10001 tinyforge \
 && useradd --uid 10001 --gid tinyforge --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin tinyforge \
 && install -d -o tinyforge -g tinyforge -m 700 /var/lib/tinyforge \
 && mkdir -p /usr/local/bin \
 && ln -s /opt/tinyforge/dist/main.js /usr/local/bin/tinyforge
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /product /opt/tinyforge
ARG VERSION=unknown
LABEL org.opencontainers.image.title="Tinyforge" \
      org.opencontainers.image.description="GitOps for plain Docker hosts" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
# One heap of malloc for all threads, as the package's own command has it: 17 MB less over ten thousand containers.
ENV NODE_ENV=production MALLOC_ARENA_MAX=1
USER tinyforge
WORKDIR /var/lib/tinyforge
EXPOSE 8480
# It asks where the configuration says that the controller listens, so name that by /etc/tinyforge/tinyforge.yaml or by
# TINYFORGE_* rather than by flags of `run`.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["tinyforge", "ready"]
ENTRYPOINT ["tini", "--", "tinyforge"]
CMD ["run"]
