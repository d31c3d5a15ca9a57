# Pulls units of work from a work server and burns their CPU time: replicas that pull from one server share its load.
# A unit is a number of clock ticks (10 ms). What counts is the time on a CPU, fetching included, and not the time that
# passes: under a CPU limit the same work takes longer. Without work it waits, and uses next to nothing.
trap 'exit 0' TERM

read_used_ticks() {
  read -r _ _ _ _ _ _ _ _ _ _ _ _ _ user system waited_user waited_system _ < /proc/self/stat
  used_ticks=$((user + system + waited_user + waited_system))
}

burn_until() {
  while [ "$used_ticks" -lt "$1" ]; do
    turn=0
    while [ "$turn" -lt 500 ]; do turn=$((turn + 1)); done
    read_used_ticks
  done
}

# In the background, because the trap runs during `wait` and not during a command in the foreground.
interruptibly() {
  "$@" &
  wait $!
}

read_used_ticks
granted_ticks=$used_ticks
while true; do
  if interruptibly wget -q -O /unit "$WORK_URL" && read -r unit_ticks < /unit; then
    granted_ticks=$((granted_ticks + unit_ticks))
    burn_until "$granted_ticks"
  else
    interruptibly sleep 1
  fi
done
