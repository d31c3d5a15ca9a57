#!/bin/sh
# A node cannot label itself. What a worker's engine was started with (its pool, its VM) becomes labels of its node.
set -eu
while :; do
  labelled=$(docker node ls --quiet --filter role=worker --filter node.label=micado.pool)
  for node in $(docker node ls --quiet --filter role=worker --filter label=micado.pool); do
    case $labelled in *"$node"*) continue ;; esac
    pool=$(docker node inspect --format '{{index .Description.Engine.Labels "micado.pool"}}' "$node")
    vm=$(docker node inspect --format '{{index .Description.Engine.Labels "micado.vm"}}' "$node")
    case $pool/$vm in *[!A-Za-z0-9._/-]* | /* | */) continue ;; esac
    docker node update --label-add "micado.pool=$pool" --label-add "micado.vm=$vm" "$node"
  done
  sleep 5
done
