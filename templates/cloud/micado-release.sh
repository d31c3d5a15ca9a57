#!/bin/sh
# Fetches the release that the user data names, and loads its images. Its checksum decides, not the place it came from.
set -eu
. "${MICADO_ENV:-/etc/micado/micado.env}"
home=${MICADO_HOME:-/opt/micado}
done=$home/.release
[ -n "$RELEASE_URL" ] || exit 0
[ "$(cat "$done" 2>/dev/null)" != "$RELEASE_SHA256" ] || exit 0
mkdir -p "$home"
archive=$(mktemp "$home/.release-XXXXXX")
trap 'rm -f "$archive"' EXIT
curl --fail --silent --show-error --location --proto '=https' --proto-redir '=https' --output "$archive" "$RELEASE_URL"
echo "$RELEASE_SHA256  $archive" | sha256sum --check --quiet
tar --extract --gzip --no-same-owner --directory "$home" --file "$archive"
[ ! -e "$home/images.tar" ] || docker load --quiet --input "$home/images.tar"
echo "$RELEASE_SHA256" > "$done"
