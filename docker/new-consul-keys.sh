#!/bin/sh
# Makes the key of Consul's gossip and its first token, once. The token may do everything: README.md says how to give each part less.
set -eu
folder=${1:-$(dirname "$0")/secrets}
[ ! -e "$folder/consul-token" ] || exit 0
mkdir -p "$folder"
chmod 0700 "$folder"
umask 077
key=$(head -c 32 /dev/urandom | base64 | tr -d '\n')
token=$(cat /proc/sys/kernel/random/uuid)
cat > "$folder/consul.json" << END
{
  "encrypt": "$key",
  "acl": {
    "enabled": true,
    "default_policy": "deny",
    "tokens": { "initial_management": "$token", "agent": "$token" }
  }
}
END
printf %s "$token" > "$folder/consul-token.new"
mv "$folder/consul-token.new" "$folder/consul-token"
