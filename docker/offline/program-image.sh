#!/bin/sh
# program-image.sh <tag> <program> [<folder>:<path in the image> …]: an image of one program of this machine and the libraries
# that it is linked with, for engines without a registry. DATA_FOLDER is made in it for user 65534, nobody.
set -eu
tag=$1
program=$2
shift 2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
name=$(basename "$program")
mkdir -p "$work/root/bin"
for folder in "$@"; do
  mkdir -p "$work/root${folder#*:}"
  cp -RL "${folder%%:*}/." "$work/root${folder#*:}"
done
cp -L "$program" "$work/root/bin/$name"
chmod 0755 "$work/root/bin/$name"
# A static program has no libraries: ldd then fails. The loader has to lie where the program says, the others where it looks.
libraries=$(ldd "$program" 2>/dev/null | sed -n 's/^.* => \(\/[^ ]*\) .*/\1/p' || true)
loader=$(ldd "$program" 2>/dev/null | sed -n 's/^[[:space:]]*\(\/[^ ]*\) .*/\1/p' || true)
mkdir -p "$work/root/lib"
for library in $libraries; do cp -L "$library" "$work/root/lib/"; done
for library in $loader; do
  mkdir -p "$work/root$(dirname "$library")"
  cp -L "$library" "$work/root$library"
done
tar --create --file "$work/image.tar" --owner 0 --group 0 --directory "$work/root" .
if [ -n "${DATA_FOLDER:-}" ]; then
  mkdir -p "$work/data$DATA_FOLDER"
  tar --append --file "$work/image.tar" --owner 65534 --group 65534 --directory "$work/data" ".$DATA_FOLDER"
fi
docker import --change "ENTRYPOINT [\"/bin/$name\"]" --change 'ENV PATH=/usr/sbin:/usr/bin:/sbin:/bin' "$work/image.tar" "$tag"
