#!/bin/sh
# address.sh <part> [<stack>]: where a part of stack.yaml answers this machine, and no other. From elsewhere, by ssh:
#   ssh -L 9095:$(ssh <master> docker/address.sh executor):9095 <master>
set -eu
service=${2:-micado}_$1
container=$(docker ps --quiet --filter "label=com.docker.swarm.service.name=$service" | head -n 1)
if [ -z "$container" ]; then
  echo "address.sh: no task of $service runs on this machine" >&2
  exit 1
fi
sandbox=$(docker inspect --format '{{slice .NetworkSettings.SandboxID 0 12}}' "$container")
docker network inspect docker_gwbridge \
  --format "{{range .Containers}}{{if eq .Name \"gateway_$sandbox\"}}{{.IPv4Address}}{{end}}{{end}}" | cut -d / -f 1
