#!/bin/sh
# Builds the images of the three binaries from dist/bin (npm run build). Where they go and on what they stand is told by variables.
set -eu
cd "$(dirname "$0")/.."
version=${MICADO_VERSION:-$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)}
for binary in rulegen exporter executor; do
  docker build --file docker/Dockerfile --target "$binary" --tag "${MICADO_IMAGES:-micado}/$binary:$version" \
    --build-arg "VERSION=$version" \
    ${BASE_IMAGE:+--build-arg "BASE_IMAGE=$BASE_IMAGE"} ${BUSYBOX_IMAGE:+--build-arg "BUSYBOX_IMAGE=$BUSYBOX_IMAGE"} \
    "$@" .
done
