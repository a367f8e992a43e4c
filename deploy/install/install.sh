#!/bin/sh
# Installs Trunk8, or a newer version of it, on Debian, Ubuntu or Raspberry Pi OS (64-bit):
# a user, folders, a service, a nightly backup, nginx with https, and optionally a firewall.
# Running it again replaces and restarts only what has changed. Of nginx's own files, it keeps what it replaces.
set -eu

usage() {
  cat <<'END'
Usage: install.sh [OPTIONS]

  --domain NAME     the site's host name; without one it is for the local network, on port 5001, without nginx
  --email ADDRESS   get a certificate from Let's Encrypt, which may write there; without it a self-made one is used
  --firewall        let in nothing but ssh and the site (ufw); it says which ports
  --program FILE    the executable: a file or an https URL, also compressed (.gz). Its checksum is that of --sha256, or of
                    SHA256SUMS beside it. Default: dist/trunk8 of this clone (npm run build), else this clone by npm
  --sha256 SUM      the checksum of --program
  --wait SECONDS    how long the new version may take until it is ready; otherwise the one before is put back (default 600)
  --no-nginx        leave nginx alone; the site listens on 127.0.0.1:5001 for a proxy of yours
  --dry-run         only say what would be done
END
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
deploy=$(dirname -- "$here")
source=$(dirname -- "$deploy")

domain='' email='' program='' sha256='' firewall=no nginx=yes dry=no wait=600
while [ $# -gt 0 ]; do
  case $1 in
    --domain | --email | --program | --sha256 | --wait)
      [ $# -ge 2 ] || { usage >&2; exit 2; }
      eval "${1#--}=\$2"
      shift
      ;;
    --firewall) firewall=yes ;;
    --no-nginx) nginx=no ;;
    --dry-run) dry=yes ;;
    --help | -h) usage; exit 0 ;;
    *) echo "install.sh: what is $1?" >&2; usage >&2; exit 2 ;;
  esac
  shift
done
[ -n "$domain" ] || nginx=no

fail() {
  echo "install.sh: $*" >&2
  exit 1
}

say() {
  printf '\n== %s\n' "$*"
}

# Runs a command, or prints it with --dry-run.
run() {
  if [ "$dry" = yes ]; then
    printf '   %s\n' "$*"
  else
    "$@"
  fi
}

# Whether the new program is in its place, and the service still runs the one before.
swapped=no

# What has changed, one word each, and so has to be restarted or loaded again.
changed=' '

note() {
  changed="$changed$1 "
}

has_changed() {
  case $changed in *" $1 "*) return 0 ;; *) return 1 ;; esac
}

# put FILE PATH WORD: installs a file, unless it is there already.
put() {
  if cmp -s "$1" "$2"; then
    return 0
  fi
  keep "$2"
  run install -m 0644 "$1" "$2"
  note "$3"
}

# Keeps a file that is about to be replaced with the version of the program that it belongs to.
keep() {
  if [ -e "$1" ] && has_changed program && [ -e /opt/trunk8.old ]; then
    run install -D -p -m "$(stat -c %a "$1")" "$1" "/opt/trunk8.old/replaced$1"
  fi
}

check_arguments() {
  case $domain in
    '') ;;
    *[!A-Za-z0-9.-]* | -* | .* | *. | *..*) fail "$domain is no host name" ;;
    *.*) ;;
    *) fail "$domain has no dot; without a domain leave --domain out" ;;
  esac
  case $email in
    '' | ?*@?*) ;;
    *) fail "$email is no address" ;;
  esac
  [ -z "$email" ] || [ -n "$domain" ] || fail "a certificate needs a domain: --domain NAME"
  case $program in
    '' | https://*) ;;
    *) [ -f "$program" ] || fail "$program is no program" ;;
  esac
  [ -z "$sha256" ] || [ -n "$program" ] || fail "--sha256 is for --program"
  case $wait in '' | *[!0-9]*) fail "--wait takes seconds" ;; esac
  [ "$firewall" = no ] || [ -d /run/systemd/system ] ||
    fail "--firewall changes the rules of the running kernel, so it is not for a chroot or an image build"
}

check_machine() {
  [ "$dry" = yes ] || [ "$(id -u)" -eq 0 ] || fail "this needs root: sudo $0"
  command -v apt-get >/dev/null || fail "this is for Debian, Ubuntu and Raspberry Pi OS (there is no apt-get)"
  case $(dpkg --print-architecture) in
    amd64 | arm64) ;;
    *)
      fail "this system is a 32-bit one ($(dpkg --print-architecture)), and Bun, which runs Trunk8, exists for 64 bits only." \
        "A Raspberry Pi 3 or newer takes the 64-bit Raspberry Pi OS."
      ;;
  esac
}

# Debian's npm consists of 340 packages, so it is not installed here.
choose_program() {
  [ -z "$program" ] || return 0
  if [ -x "$source/dist/trunk8" ]; then
    program=$source/dist/trunk8
  elif [ ! -e "$source/src/main.ts" ]; then
    fail "name the executable: --program FILE"
  elif ! command -v npm >/dev/null; then
    fail "there is no npm here. Give the executable (--program FILE), which needs nothing, or install npm yourself:" \
      "apt-get install --no-install-recommends npm"
  fi
}

install_packages() {
  say "Packages"
  wanted='ca-certificates openssl'
  case $program in https://*) command -v curl >/dev/null || wanted="$wanted curl" ;; esac
  [ "$nginx" = no ] || wanted="$wanted nginx-light"
  [ -z "$email" ] || wanted="$wanted certbot"
  [ "$firewall" = no ] || wanted="$wanted ufw"
  missing=''
  for name in $wanted; do
    is_installed "$name" || missing="$missing $name"
  done
  [ -n "$missing" ] || return 0
  run apt-get -qq update
  # shellcheck disable=SC2086
  run env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends $missing
}

# Any version of nginx is fine.
is_installed() {
  case $1 in
    nginx-light) command -v nginx >/dev/null ;;
    *) dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed' ;;
  esac
}

make_user() {
  say "The user trunk8, who owns the data and nothing else"
  getent passwd trunk8 >/dev/null ||
    run useradd --system --user-group --home-dir /var/lib/trunk8 --no-create-home --shell /usr/sbin/nologin trunk8
  run install -d -o trunk8 -g trunk8 -m 0700 /var/lib/trunk8
  run install -d -o trunk8 -g trunk8 -m 0755 /var/cache/trunk8
  run install -d -o root -g trunk8 -m 0750 /etc/trunk8
}

# Installed beside the old version and swapped with it; /opt/trunk8.old allows going back.
install_program() {
  say "The program, in /opt/trunk8"
  run rm -rf /opt/trunk8.new
  run install -d -m 0755 /opt/trunk8.new/bin
  if [ -n "$program" ]; then
    install_executable
  else
    for part in bin scripts src package.json package-lock.json; do
      run cp -R "$source/$part" /opt/trunk8.new/
    done
    run npm ci --omit=dev --no-audit --no-fund --prefix /opt/trunk8.new
  fi
  run cp -R "$deploy" "$source/docs" /opt/trunk8.new/
  run chown -R root:root /opt/trunk8.new
  run chmod -R go+rX,go-w /opt/trunk8.new
  [ "$dry" = yes ] || /opt/trunk8.new/bin/trunk8 --version
  if [ -n "$program" ] && cmp -s /opt/trunk8.new/bin/trunk8 /opt/trunk8/bin/trunk8; then
    echo "   is there already"
    for part in deploy docs; do
      run rm -rf "/opt/trunk8/$part"
      run mv "/opt/trunk8.new/$part" "/opt/trunk8/$part"
    done
    run rm -rf /opt/trunk8.new
  else
    note program
    run rm -rf /opt/trunk8.old
    if [ -e /opt/trunk8 ]; then
      run mv /opt/trunk8 /opt/trunk8.old
      [ "$dry" = yes ] || swapped=yes
    fi
    run mv /opt/trunk8.new /opt/trunk8
  fi
  run ln -sf /opt/trunk8/bin/trunk8 /usr/local/bin/trunk8
}

install_executable() {
  if [ "$dry" = yes ]; then
    echo "   $program, as /opt/trunk8.new/bin/trunk8"
    return 0
  fi
  name=${program##*/}
  beside=${program%"$name"}
  fetched=/opt/trunk8.new/$name
  bring "$program" "$fetched"
  check_sum
  case $name in
    *.gz) gzip -dc "$fetched" >/opt/trunk8.new/bin/trunk8 ;;
    *) mv "$fetched" /opt/trunk8.new/bin/trunk8 ;;
  esac
  rm -f "$fetched" /opt/trunk8.new/SHA256SUMS
  chmod 0755 /opt/trunk8.new/bin/trunk8
}

# bring FROM TO: copies a file or what a URL has.
bring() {
  case $1 in
    https://*) curl --fail --silent --show-error --location --proto '=https' --output "$2" "$1" ;;
    *) cp "$1" "$2" ;;
  esac
}

# Compares the executable with its checksum. One from elsewhere has to have one.
check_sum() {
  if [ -z "$sha256" ] && bring "${beside}SHA256SUMS" /opt/trunk8.new/SHA256SUMS 2>/dev/null; then
    sha256=$(sed -n "s/^\([0-9a-f]\{64\}\)  $name\$/\1/p" /opt/trunk8.new/SHA256SUMS)
    [ -n "$sha256" ] || fail "SHA256SUMS does not name $name"
  fi
  if [ -z "$sha256" ]; then
    case $program in https://*) fail "there is no SHA256SUMS beside $program; give --sha256 SUM" ;; esac
    return 0
  fi
  echo "$sha256  $fetched" | sha256sum --check --status || fail "$program does not have the checksum $sha256"
  echo "   checksum: right"
}

write_settings() {
  say "Settings, in /etc/trunk8/trunk8.env"
  [ ! -e /etc/trunk8/trunk8.env ] || { echo "   kept as they are"; return 0; }
  if [ "$dry" = yes ]; then
    settings
    return 0
  fi
  settings >/etc/trunk8/trunk8.env.new
  chown root:trunk8 /etc/trunk8/trunk8.env.new
  chmod 0640 /etc/trunk8/trunk8.env.new
  mv /etc/trunk8/trunk8.env.new /etc/trunk8/trunk8.env
  note settings
}

settings() {
  if [ "$nginx" = yes ]; then
    sed "s|https://x\.example|https://$domain|; s|^TRUNK8_SERVER_WORKERS=.*|TRUNK8_SERVER_WORKERS=$(nproc)|" \
      "$deploy/systemd/trunk8.env"
    return 0
  fi
  echo '# What the service is started with. Every setting has its variable: /opt/trunk8/docs/settings.md'
  echo 'TRUNK8_DATA=/var/lib/trunk8'
  if [ -n "$domain" ]; then
    echo 'TRUNK8_SERVER_LISTEN=127.0.0.1:5001'
    echo "TRUNK8_SERVER_PUBLIC_URL=https://$domain"
    echo 'TRUNK8_SERVER_TRUSTED_PROXIES=127.0.0.1'
  else
    echo 'TRUNK8_SERVER_LISTEN=0.0.0.0:5001'
  fi
}

install_service() {
  say "The service, its nightly backup, and the kernel's settings"
  for unit in trunk8.service trunk8-backup.service trunk8-backup.timer; do
    put "$deploy/systemd/$unit" "/etc/systemd/system/$unit" "$unit"
  done
  put "$deploy/sysctl/60-trunk8.conf" /etc/sysctl.d/60-trunk8.conf sysctl
  put "$deploy/logrotate/trunk8" /etc/logrotate.d/trunk8 logrotate
  run systemctl enable trunk8.service trunk8-backup.timer
}

# Only what has changed. Until then, the earlier version answers.
restart() {
  swapped=no
  is_running || return 0
  if has_changed trunk8.service || has_changed trunk8-backup.service || has_changed trunk8-backup.timer; then
    run systemctl daemon-reload
  fi
  if has_changed sysctl; then
    run sysctl --quiet --load /etc/sysctl.d/60-trunk8.conf || echo "   this kernel does not take all of them"
  fi
  if has_changed program || has_changed trunk8.service || has_changed settings; then
    restart_service
  else
    run systemctl start trunk8.service
  fi
  if has_changed trunk8-backup.timer; then
    run systemctl restart trunk8-backup.timer
  fi
}

# The version before is put back unless the new one is ready in time.
restart_service() {
  if [ "$dry" = yes ]; then
    run systemctl restart trunk8.service
    return 0
  fi
  before=$(mktemp)
  deadline=$(($(date +%s) + wait))
  has_started=no
  if timeout "$wait" systemctl restart trunk8.service; then
    has_started=yes
    if is_ready; then
      rm "$before"
      return 0
    fi
  fi
  if ! has_changed program || [ ! -e /opt/trunk8.old ]; then
    fail "trunk8.service is not ready: journalctl -u trunk8"
  fi
  roll_back
}

is_ready() {
  until as_service /opt/trunk8/bin/trunk8 health >/dev/null 2>&1; do
    systemctl is-active --quiet trunk8.service || return 1
    [ "$(date +%s)" -lt "$deadline" ] || return 1
    sleep 1
  done
}

# Runs a command with the settings and the rights of the service.
as_service() {
  (
    set -a
    # shellcheck disable=SC1091
    . /etc/trunk8/trunk8.env
    cd "${TRUNK8_DATA:-/var/lib/trunk8}"
    exec setpriv --reuid trunk8 --regid trunk8 --clear-groups "$@"
  )
}

# The version before refuses a database that the new one has upgraded. The copy from before the upgrade takes its place
# only if the new version never answered: otherwise, changes of users would be lost.
roll_back() {
  data=$(as_service pwd)
  # The first one: a later one has a part of the upgrade.
  copy=$(find "$data/backups" -name 'before-*.db' -newer "$before" 2>/dev/null | sort | head -n 1)
  rm "$before"
  [ -z "$copy" ] || [ "$has_started" = no ] ||
    fail "the new version upgraded the database and has answered requests, so it stays. The way back," \
      "which loses changes: /opt/trunk8/docs/upgrading.md. The database from before is $copy"
  say "The new version is not ready (journalctl -u trunk8): the version before is put back"
  systemctl stop trunk8.service
  put_back_program
  if ! timeout "$wait" systemctl start trunk8.service && [ -n "$copy" ]; then
    systemctl stop trunk8.service
    put_back_database
    timeout "$wait" systemctl start trunk8.service || true
  fi
  systemctl is-active --quiet trunk8.service ||
    fail "the version before does not start either: journalctl -u trunk8. If the new one upgraded a PostgreSQL database," \
      "restore the backup that was made before: /opt/trunk8/docs/upgrading.md"
  fail "nothing was upgraded, the version before runs again. The new one is in /opt/trunk8.new"
}

put_back_program() {
  swapped=no
  mv /opt/trunk8 /opt/trunk8.new
  mv /opt/trunk8.old /opt/trunk8
  if [ -d /opt/trunk8/replaced ]; then
    (cd /opt/trunk8/replaced && find . -type f) | while read -r file; do
      cp -p "/opt/trunk8/replaced/$file" "/$file"
    done
    rm -r /opt/trunk8/replaced
  fi
  if is_running; then systemctl daemon-reload; fi
  if [ "$nginx" = yes ]; then /opt/trunk8/bin/trunk8 assets --out /var/cache/trunk8/static; fi
}

# Where the script ends before the new version was started.
undo() {
  [ "$swapped" = yes ] || return 0
  echo "install.sh: the version before is put back; it has run meanwhile" >&2
  put_back_program
}

# The upgraded one is kept beside it.
put_back_database() {
  aside=$data/not-ready-$(date +%Y%m%d-%H%M%S)
  echo "   the database is that of before the upgrade again; the upgraded one is in $aside"
  install -d -o trunk8 -g trunk8 -m 0700 "$aside"
  for name in trunk8.db trunk8.db-wal trunk8.db-shm; do
    [ ! -e "$data/$name" ] || mv "$data/$name" "$aside/"
  done
  install -o trunk8 -g trunk8 -m 0600 "$copy" "$data/trunk8.db"
}

# Not in a chroot or an image build.
is_running() {
  [ "$dry" = yes ] || [ -d /run/systemd/system ]
}

write_nginx() {
  [ "$nginx" = yes ] || return 0
  say "nginx"
  replace_main_file
  run install -d -m 0755 /var/www/letsencrypt
  make_certificate
  write_site
  remove_default_site
  if [ ! -e /etc/nginx/sites-enabled/trunk8 ]; then
    run ln -s ../sites-available/trunk8 /etc/nginx/sites-enabled/trunk8
    note nginx
    note new-site
  fi
  run nginx -t && return 0
  if has_changed new-site; then run rm /etc/nginx/sites-enabled/trunk8; fi
  fail "nginx refuses its files and goes on with those of before: see above"
}

# Debian's welcome page answers every name, as our site does; uninstall.sh restores it. A modified one stays.
remove_default_site() {
  [ -L /etc/nginx/sites-enabled/default ] && is_as_packaged /etc/nginx/sites-available/default || return 0
  echo "   Debian's welcome page is disabled: /etc/nginx/sites-enabled/default"
  run mv /etc/nginx/sites-enabled/default /etc/nginx/default-site.before-trunk8
  note nginx
}

start_nginx() {
  [ "$nginx" = yes ] || return 0
  run systemctl enable nginx.service
  # A restart would cut downloads off.
  if is_running && has_changed nginx; then
    run systemctl reload-or-restart nginx.service
  elif is_running; then
    run systemctl start nginx.service
  fi
  get_certificate
}

# Debian's own file is replaced; a modified one is kept.
replace_main_file() {
  if cmp -s "$deploy/nginx/nginx.conf" /etc/nginx/nginx.conf; then
    return 0
  fi
  if [ -e /etc/nginx/nginx.conf ] && ! is_as_packaged /etc/nginx/nginx.conf; then
    echo "   /etc/nginx/nginx.conf was changed by somebody and stays. Its user must be able to read what trunk8 owns:"
    echo "   compare it with $deploy/nginx/nginx.conf"
    return 0
  fi
  [ ! -e /etc/nginx/nginx.conf ] || run cp -p /etc/nginx/nginx.conf /etc/nginx/nginx.conf.before-trunk8
  run install -m 0644 "$deploy/nginx/nginx.conf" /etc/nginx/nginx.conf
  note nginx
  # Files of the former user there have no owner any more.
  [ ! -d /var/lib/nginx ] || run find /var/lib/nginx -mindepth 2 -delete
}

is_as_packaged() {
  sum=$(md5sum "$1" | cut -d' ' -f1)
  dpkg-query -W -f='${Conffiles}\n' nginx-common nginx 2>/dev/null | grep -q "^ *$1 $sum"
}

# nginx starts with this one; a trusted certificate replaces it.
make_certificate() {
  [ ! -e /etc/trunk8/tls/fullchain.pem ] || return 0
  run install -d -m 0700 /etc/trunk8/tls
  run openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj "/CN=$domain" \
    -addext "subjectAltName=DNS:$domain" -keyout /etc/trunk8/tls/privkey.pem -out /etc/trunk8/tls/fullchain.pem
}

write_site() {
  run /opt/trunk8/bin/trunk8 assets --out /var/cache/trunk8/static
  if [ "$dry" = yes ]; then
    echo "   trunk8 config nginx --domain $domain --certificates /etc/trunk8/tls >/etc/nginx/sites-available/trunk8"
    return 0
  fi
  (
    set -a
    # shellcheck disable=SC1091
    . /etc/trunk8/trunk8.env
    /opt/trunk8/bin/trunk8 config nginx --domain "$domain" --certificates /etc/trunk8/tls
  ) >/etc/nginx/sites-available/trunk8.new
  if cmp -s /etc/nginx/sites-available/trunk8.new /etc/nginx/sites-available/trunk8; then
    rm /etc/nginx/sites-available/trunk8.new
  else
    keep /etc/nginx/sites-available/trunk8
    mv /etc/nginx/sites-available/trunk8.new /etc/nginx/sites-available/trunk8
    note nginx
  fi
}

get_certificate() {
  [ -n "$email" ] || return 0
  say "A certificate from Let's Encrypt"
  run certbot certonly --webroot --webroot-path /var/www/letsencrypt --domain "$domain" --email "$email" \
    --agree-tos --non-interactive --keep-until-expiring --deploy-hook 'systemctl reload nginx'
  [ "$(readlink /etc/trunk8/tls/privkey.pem)" != "/etc/letsencrypt/live/$domain/privkey.pem" ] || return 0
  for name in fullchain.pem privkey.pem; do
    run ln -sf "/etc/letsencrypt/live/$domain/$name" "/etc/trunk8/tls/$name"
  done
  if is_running; then run systemctl reload nginx.service; fi
}

set_firewall() {
  [ "$firewall" = yes ] || return 0
  say "The firewall"
  ports=$(ssh_ports)
  if [ "$nginx" = yes ]; then
    ports="$ports 80 443"
  elif [ -z "$domain" ]; then
    ports="$ports 5001"
  fi
  echo "   From now on, ufw refuses all incoming connections but to these TCP ports:$ports,"
  echo "   and those that its present rules allow. To undo: ufw disable"
  for port in $ports; do
    run ufw allow "$port/tcp"
  done
  run ufw --force enable
}

# Where sshd listens: not always at port 22.
ssh_ports() {
  found=$(sshd -T 2>/dev/null | sed -n 's/^port //p' | sort -un)
  for port in ${found:-22}; do
    printf ' %s' "$port"
  done
}

tell() {
  say "Done"
  if [ -n "$domain" ]; then
    echo "   https://$domain"
  else
    echo "   http://$(hostname -I 2>/dev/null | cut -d' ' -f1):5001"
  fi
  echo "   The first password:  journalctl -u trunk8 | grep -A 2 'this password'"
  echo "   The way back:        /opt/trunk8/docs/upgrading.md"
}

trap undo EXIT
check_arguments
check_machine
choose_program
install_packages
make_user
install_program
write_settings
install_service
write_nginx
restart
start_nginx
set_firewall
tell
