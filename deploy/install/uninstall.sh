#!/bin/sh
# Removes Trunk8 from this machine. The data in /var/lib/trunk8, the settings in /etc/trunk8 and the user stay.
set -eu

dry=no
case ${1-} in
  '') ;;
  --dry-run) dry=yes ;;
  *) echo "Usage: uninstall.sh [--dry-run]" >&2; exit 2 ;;
esac

run() {
  if [ "$dry" = yes ]; then
    printf '   %s\n' "$*"
  else
    "$@"
  fi
}

[ "$dry" = yes ] || [ "$(id -u)" -eq 0 ] || { echo "uninstall.sh: this needs root: sudo $0" >&2; exit 1; }

units='trunk8.service trunk8-backup.service trunk8-backup.timer'
for unit in $units; do
  [ -e "/etc/systemd/system/$unit" ] || continue
  [ ! -d /run/systemd/system ] || run systemctl stop "$unit"
  run systemctl disable --quiet "$unit" || true
  run rm -f "/etc/systemd/system/$unit"
done
[ ! -d /run/systemd/system ] || run systemctl daemon-reload

run rm -f /etc/nginx/sites-enabled/trunk8 /etc/nginx/sites-available/trunk8
if [ -e /etc/nginx/nginx.conf.before-trunk8 ]; then
  run mv /etc/nginx/nginx.conf.before-trunk8 /etc/nginx/nginx.conf
fi
if [ -L /etc/nginx/default-site.before-trunk8 ]; then
  run mv /etc/nginx/default-site.before-trunk8 /etc/nginx/sites-enabled/default
fi
if [ -d /run/systemd/system ] && command -v nginx >/dev/null; then
  run systemctl reload-or-restart nginx.service || true
fi

[ "$(readlink /usr/local/bin/trunk8)" != /opt/trunk8/bin/trunk8 ] || run rm -f /usr/local/bin/trunk8
run rm -f /etc/sysctl.d/60-trunk8.conf /etc/logrotate.d/trunk8
run rm -rf /opt/trunk8 /opt/trunk8.old /opt/trunk8.new /var/cache/trunk8

echo
echo "Trunk8 is gone. Its data is in /var/lib/trunk8, its settings are in /etc/trunk8: install.sh takes both up again."
echo "To remove them as well:  rm -rf /var/lib/trunk8 /etc/trunk8 /var/log/trunk8 && userdel trunk8"
