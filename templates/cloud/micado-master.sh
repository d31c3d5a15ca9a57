#!/bin/sh
# Makes this VM the master: the Swarm on its private address, no applications on it, Occopus and the stack. Safe to run again.
set -eu
. "${MICADO_ENV:-/etc/micado/micado.env}"
home=${MICADO_HOME:-/opt/micado}

if [ "$(docker info --format '{{.Swarm.LocalNodeState}}')" = inactive ]; then
  if [ -z "$MASTER_ADDRESS" ]; then
    MASTER_ADDRESS=$(ip -4 route get 192.0.2.1 | sed -n 's/.* src \([0-9.]*\).*/\1/p')
    # What a person names is taken as it is; what is found here may be open to the world.
    case $MASTER_ADDRESS in
      10.* | 172.1[6-9].* | 172.2[0-9].* | 172.3[01].* | 192.168.*) ;;
      100.6[4-9].* | 100.[7-9][0-9].* | 100.1[01][0-9].* | 100.12[0-7].*) ;;
      *)
        echo "micado-master: the default route has ${MASTER_ADDRESS:-no address}, which is not private: name master.address in the user data" >&2
        exit 1
        ;;
    esac
  fi
  docker swarm init --advertise-addr "$MASTER_ADDRESS" --listen-addr "$MASTER_ADDRESS:2377" --data-path-addr "$MASTER_ADDRESS"
fi
docker node update --availability drain --label-add micado.master=true "$(docker info --format '{{.Swarm.NodeID}}')"
if [ ! -e "$home/compose.yaml" ]; then
  echo "micado-master: $home/compose.yaml is missing: name a release in the user data, or boot an image that has it" >&2
  exit 1
fi
sh "$home/new-token.sh"
export OCCOPUS_IMAGE MICADO_POLICY=/etc/micado/policy.yaml
docker-compose --project-name micado --file "$home/compose.yaml" --file /etc/micado/occopus.compose.yaml up --detach
# The release has brought the images: no registry is asked for them.
docker stack deploy --resolve-image never --compose-file "$home/workers.stack.yaml" micado-workers
