#!/bin/sh
# Moves requests between the two servers of the backend trunk8 while both run: for a new version, and back.
#
#   shift.sh show               number of requests and weight of each
#   shift.sh share NAME 10      NAME gets 10 of 100 requests, the other one 90
#   shift.sh drain NAME         NAME gets no new requests and finishes active ones
#   shift.sh ready NAME         NAME gets requests again
#
# It needs socat. HAPROXY_SOCKET names the admin socket.
set -eu

socket=${HAPROXY_SOCKET:-/run/haproxy/admin.sock}

say() {
  answer=$(printf '%s\n' "$1" | socat - "UNIX-CONNECT:$socket")
  [ -z "$answer" ] || { printf '%s\n' "$answer" >&2; exit 1; }
}

servers() {
  printf 'show stat\n' | socat - "UNIX-CONNECT:$socket" |
    awk -F, '$1 == "trunk8" && $2 != "BACKEND" { print $2, $18, $19, $8 }'
}

require() {
  servers | grep -q "^$1 " || { echo "There is no server $1 in the backend trunk8." >&2; exit 1; }
}

usage() {
  sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

[ $# -ge 1 ] || usage
case $1 in
  show)
    servers | awk '{ printf "%s: %s, weight %s, %s requests\n", $1, $2, $3, $4 }'
    ;;
  drain | ready)
    [ $# -eq 2 ] || usage
    require "$2"
    say "set server trunk8/$2 state $1"
    ;;
  share)
    [ $# -eq 3 ] || usage
    require "$2"
    case $3 in *[!0-9]* | '' | ????*) usage ;; esac
    [ "$3" -le 100 ] || usage
    say "set server trunk8/$2 weight $3"
    for other in $(servers | cut -d' ' -f1); do
      [ "$other" = "$2" ] || say "set server trunk8/$other weight $((100 - $3))"
    done
    ;;
  *)
    usage
    ;;
esac
