#!/bin/sh
# image.sh DOCKERFILE CONTEXT ARCHITECTURE: follows a Dockerfile's instructions by hand, and runs what Docker would run:
# without root, with a root that is read-only and holds nothing but glibc and what was copied, and with data on a tmpfs.
set -eu

context=$2
export TARGETARCH="$3"
image=/image-root

expect() {
  [ "$2" = "$3" ] && return
  echo "$1 is \"$2\" and not \"$3\"" >&2
  tail -n 5 /tmp/check.out /tmp/serve.out >&2
  exit 1
}

# What the image for C programs has.
make_base() {
  for library in libc.so.6 libm.so.6 libpthread.so.0 libdl.so.2 ld-linux-x86-64.so.2 ld-linux-aarch64.so.1; do
    for path in /lib/*-linux-gnu/"$library" /lib64/"$library" /lib/"$library"; do
      [ ! -e "$path" ] || install -D "$path" "$image$path"
    done
  done
  mkdir -p "$image/tmp" "$image/proc" "$image/dev" "$image/etc"
  printf '127.0.0.1 localhost\n' >"$image/etc/hosts" # Docker's
}

# copy WORDS...: of the context, or of the stage before.
copy() {
  from=$context/ owner=0:0
  while case $1 in --*) true ;; *) false ;; esac do
    case $1 in --from=*) from='' ;; --chown=*) owner=${1#--chown=} ;; esac
    shift
  done
  if [ -n "$from" ]; then
    # The last word is the working directory.
    while [ $# -gt 1 ]; do
      # shellcheck disable=SC2086 # names with *
      cp $from$1 .
      shift
    done
  else
    mkdir -p "$(dirname "$image$2")"
    cp -R "$1" "$image$2"
    chown -R "$owner" "$image$2"
  fi
}

grep -v -e '^#' -e '^$' "$1" >/tmp/instructions
is_last=no user='' environment='' check='' command=''
while read -r word rest; do
  case $is_last-$word in
    no-FROM) case $rest in *unpack) ;; *) is_last=yes; make_base ;; esac ;;
    no-WORKDIR) mkdir -p "$rest"; cd "$rest" ;;
    no-RUN) eval "$rest" >/dev/null ;;
    *-COPY) eval "copy $(echo "$rest" | sed 's/\*/\\*/g')" ;;
    yes-USER) user=$rest ;;
    yes-ENV) environment=$rest ;;
    yes-HEALTHCHECK) check=$(echo "${rest#*CMD }" | tr -d '[],"') ;;
    yes-CMD) command=$(echo "$rest" | tr -d '[],"') ;;
    no-ARG | yes-WORKDIR | yes-VOLUME | yes-EXPOSE | yes-STOPSIGNAL) ;;
    *) echo "what is $word $rest?" >&2; exit 1 ;;
  esac
done </tmp/instructions
expect "the user" "$user" 10001:10001
expect "the owner and mode of /data" "$(stat -c '%u:%g %a' "$image/data")" "10001:10001 700"

size=$(du -sm "$image" | cut -f 1)
mount --bind "$image" "$image"
mount -t proc proc "$image/proc"
mount -t tmpfs -o mode=755 tmpfs "$image/dev"
for device in null zero random urandom; do
  touch "$image/dev/$device"
  mount --bind "/dev/$device" "$image/dev/$device"
done
mount -t tmpfs -o mode=1777 tmpfs "$image/tmp"
mount -t tmpfs -o mode=700,uid=10001,gid=10001 tmpfs "$image/data"
mount -o remount,bind,ro "$image"

inside="env -i PATH=/usr/sbin:/usr/bin $environment chroot --userspec=$user $image"

is_healthy() {
  # shellcheck disable=SC2086 # one word for each
  $inside $check >/tmp/check.out 2>&1 && echo yes || echo no
}

expect "healthy before it runs" "$(is_healthy)" no
# shellcheck disable=SC2086 # one word for each
$inside $command >/tmp/serve.out 2>&1 &
service=$!
tries=0
until [ "$(is_healthy)" = yes ] || [ $tries -ge 100 ]; do
  tries=$((tries + 1))
  sleep 0.1
done
expect "healthy" "$(is_healthy)" yes
expect "a link" "$(curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:5001/example)" 302
expect "who runs it" "$(stat -c %u /proc/$service)" 10001
expect "root is writable" "$(touch "$image/there" 2>/dev/null && echo yes || echo no)" no
kill "$service"
code=0
wait "$service" || code=$?
expect "exit code" "$code" 0
expect "healthy after its end" "$(is_healthy)" no
echo "unpacked, run and asked: $size MB"
