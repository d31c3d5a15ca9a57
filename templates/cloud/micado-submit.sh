#!/bin/sh
# Hands node definition and infrastructure to Occopus, with the worker token of today, and attaches it. Safe to run again:
# under its fixed id the infrastructure is updated. Occopus' exit codes and HTTP statuses prove nothing, so its words are judged.
set -eu
. "${MICADO_ENV:-/etc/micado/micado.env}"
folder=${MICADO_OCCOPUS:-/etc/micado/occopus}
infra=micado_worker_infra

# Occopus may repeat what it was given: neither the token nor a value of the credentials is shown, the longest taken out first.
conceal() {
  awk -v file="$folder/auth_data.yaml" -v quote="'" '
    function keep(word, at) {
      if (length(word) < 4) return
      for (at = count++; at > 0 && length(words[at - 1]) < length(word); at--) words[at] = words[at - 1]
      words[at] = word
    }
    BEGIN {
      while ((getline line < file) > 0) {
        if (line ~ /^ *- /) inside = 0
        if (line ~ /^ *auth_data:/) inside = 1
        if (!inside || line ~ /^ *type: /) continue
        sub(/^ *([^ :]+:( +|$))?/, "", line)
        first = substr(line, 1, 1)
        if (first == "\"" || first == quote) line = substr(line, 2, length(line) - 2)
        keep(line)
        if (first == quote) gsub(quote quote, quote, line)
        if (first == "\"") { gsub(/\\"/, "\"", line); gsub(/\\\\/, "\\", line) }
        keep(line)
      }
    }
    {
      for (i = 0; i < count; i++)
        while ((at = index($0, words[i])) > 0)
          $0 = substr($0, 1, at - 1) "***" substr($0, at + length(words[i]))
      gsub(/SWMTKN-[0-9A-Za-z-]*/, "SWMTKN-...")
      print
    }'
}
fail() {
  printf 'micado-submit: %s\n' "$*" | conceal >&2
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
