#!/bin/sh
# Makes the token with which Alertmanager and people show themselves to rulegen and executor, once. In a folder that only its
# owner enters the file may be read by all: compose mounts it as it is into containers that run as a user of their own.
set -eu
file=${1:-$(dirname "$0")/secrets/token}
[ ! -e "$file" ] || exit 0
folder=$(dirname "$file")
mkdir -p "$folder"
chmod 0700 "$folder"
head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n' > "$file.new"
chmod 0444 "$file.new"
mv "$file.new" "$file"
