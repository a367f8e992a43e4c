#!/bin/sh
# copy-of-machine.sh FOLDER SCRIPT WORDS...: runs a script on a copy of this machine whose changes nobody keeps. To be
# called in a namespace of mounts, network and processes of its own, with which all that it mounts and starts ends.
set -eu

folder=$1
shift
machine=$folder/machine
mkdir -p "$folder/layer" "$machine"

# 77: it could not be tried.
{
  mount -t tmpfs tmpfs "$folder/layer"
  mkdir "$folder/layer/upper" "$folder/layer/work"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/layer/upper,workdir=$folder/layer/work" "$machine"
  mount -t proc proc "$machine/proc"
  mount -t tmpfs -o mode=755 tmpfs "$machine/dev"
  mknod -m 666 "$machine/dev/null" c 1 3
  mknod -m 666 "$machine/dev/zero" c 1 5
  mknod -m 666 "$machine/dev/full" c 1 7
  mknod -m 666 "$machine/dev/random" c 1 8
  mknod -m 666 "$machine/dev/urandom" c 1 9
  ln -s /proc/self/fd "$machine/dev/fd"
  ip link set lo up
} || exit 77

exec chroot "$machine" sh "$@"
