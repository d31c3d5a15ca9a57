#!/bin/sh
# Joins the Swarm as a worker. systemd runs it again until it has; a node that is in has nothing to do.
set -eu
. "${MICADO_ENV:-/etc/micado/micado.env}"

fail() {
  echo "micado-join: $*" >&2
  exit 1
}

state=$(docker info --format '{{.Swarm.LocalNodeState}}')
case $state in
  active) exit 0 ;;
  pending) fail "still joining through $MASTER_ADDRESS" ;;
  error) docker swarm leave --force ;;
esac
case $JOIN_TOKEN in
  SWMTKN-1-*) ;;
  *) fail 'the user data holds no join token: the master puts it in when it submits the infrastructure' ;;
esac
address=$(ip -4 route get "$MASTER_ADDRESS" | sed -n 's/.* src \([0-9.]*\).*/\1/p')
[ -n "$address" ] || fail "there is no way to the master, $MASTER_ADDRESS"
docker swarm join --token "$JOIN_TOKEN" --advertise-addr "$address" --listen-addr "$address:2377" \
  --data-path-addr "$address" "$MASTER_ADDRESS:2377"
echo "micado-join: joined $MASTER_ADDRESS as $address"
if [ "$(docker info --format '{{.Swarm.ControlAvailable}}')" = true ]; then
  # Leaving at once would take the quorum from the other managers.
  docker node demote "$(docker info --format '{{.Swarm.NodeID}}')"
  echo 'micado-join: the token was one for managers, which no worker may get: rotate it' >&2
fi
