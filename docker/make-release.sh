#!/bin/sh
# make-release.sh <archive.tar.gz> [<image> …]: what the VMs of a cloud fetch (`release` in the user data): compose.yaml with all that
# it needs, and the images, where they are not in a registry. The last line is its SHA-256.
set -eu
archive=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$(dirname "$0")"
cp -R compose.yaml workers.stack.yaml config new-token.sh "$work/"
[ "$#" = 0 ] || docker save --output "$work/images.tar" "$@"
tar --create --gzip --owner 0 --group 0 --file "$archive" --directory "$work" .
sha256sum "$archive" | cut -d ' ' -f 1
