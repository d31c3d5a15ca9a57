#!/bin/sh
# Hands node definition and infrastructure to Occopus, with the worker token of today, and attaches it. Safe to run again:
# under its fixed id the infrastructure is updated. Occopus' exit codes and HTTP statuses prove nothing, so its words are judged.
set -eu
. "${MICADO_ENV:-/etc/micado/micado.env}"
folder=${MICADO_OCCOPUS:-/etc/micado/occopus}
infra=micado_worker_infra

# Occopus' tools may repeat what they were given.
fail() {
  echo "micado-submit: $*" | sed 's/SWMTKN-[0-9A-Za-z-]*/SWMTKN-.../g' >&2
  exit 1
}
occopus() { docker exec micado-occopus "$@"; }

manager=$(docker info --format '{{.Swarm.NodeAddr}}')
umask 077
{
  cat "$folder/infrastructure.yaml"
  echo 'variables:'
  echo "  master_host_ip: \"$manager\""
  echo "  worker_join_token: \"$(docker swarm join-token --quiet worker)\""
} > "$folder/submitted.yaml.new"
mv "$folder/submitted.yaml.new" "$folder/submitted.yaml"

url=${MICADO_OCCOPUS_URL:-http://$(docker inspect --format '{{(index .NetworkSettings.Networks "micado_occopus").IPAddress}}' micado-occopus):5000}
curl --fail --silent --max-time 30 "$url/infrastructures/" > /dev/null || fail 'Occopus does not answer yet'
imported=$(occopus occopus-import "$folder/node_definition.yaml" 2>&1) || fail "$imported"
case $imported in *'Successfully imported'*) ;; *) fail "$imported" ;; esac
built=$(occopus occopus-build --auth_data_path "$folder/auth_data.yaml" -i "$infra" "$folder/submitted.yaml" 2>&1) || fail "$built"
case $built in *'[SchemaCheck] ERROR'* | *Traceback* | *SchemaError* | *'unknown key'*) fail "$built" ;; esac
attached=$(curl --fail --silent --max-time 180 --request POST "$url/infrastructures/$infra/attach") || fail 'attach failed'
case $attached in *'"infraid"'* | *'already being maintained'*) ;; *) fail "$attached" ;; esac
curl --fail --silent --max-time 30 "$url/infrastructures/" | grep --quiet "\"$infra\"" || fail "Occopus does not list $infra: $built"
echo "micado-submit: Occopus maintains $infra"
