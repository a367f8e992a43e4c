#!/bin/sh
# installed.sh DEPLOY PROGRAM: installs, runs what systemd would start, installs again and uninstalls.
set -eu

site_before=$(readlink /etc/nginx/sites-enabled/default)
deploy=$1
program=$2

expect() {
  [ "$2" = "$3" ] && return
  echo "$1 is \"$2\" and not \"$3\"" >&2
  exit 1
}

install() {
  sh "$deploy/install/install.sh" --domain x.example --program "$program" >/tmp/install.out 2>&1 ||
    { tail -n 5 /tmp/install.out >&2; exit 1; }
}

service_rights='setpriv --reuid trunk8 --regid trunk8 --clear-groups --inh-caps=-all'

ask() {
  curl -sk --max-time 10 --resolve x.example:443:127.0.0.1 --resolve x.example:80:127.0.0.1 "$@"
}

install
expect "modes" \
  "$(stat -c %a /var/lib/trunk8 /etc/trunk8 /etc/trunk8/trunk8.env /opt/trunk8 /etc/trunk8/tls | tr '\n' ' ')" \
  "700 750 640 755 700 "
systemctl is-enabled --quiet trunk8.service
systemctl is-enabled --quiet trunk8-backup.timer
systemd-analyze verify /etc/systemd/system/trunk8.service /etc/systemd/system/trunk8-backup.timer
nginx -t -q

# As the service and nginx's own one would, each with its own rights.
command install -d -o trunk8 -g trunk8 -m 0750 /run/trunk8
printf hello >/tmp/hello.txt
cd /var/lib/trunk8
set -a
. /etc/trunk8/trunk8.env
set +a
(exec $service_rights /opt/trunk8/bin/trunk8 serve >/tmp/serve.out 2>&1) &
service=$!
tries=0
until grep -q 'is running' /tmp/serve.out || [ $tries -ge 300 ]; do
  tries=$((tries + 1))
  sleep 0.1
done
$service_rights /opt/trunk8/bin/trunk8 add /tmp/hello.txt --code hello >/dev/null
nginx
expect "http" "$(ask -o /dev/null -w '%{http_code} %{redirect_url}' http://x.example/hello)" "301 https://x.example/hello"
expect "a file, which nginx reads itself" "$(ask https://x.example/hello)" "hello"
expect "a page" "$(ask -o /dev/null -w '%{http_code}' https://x.example/auth/login)" "200"
sheet=$(ask https://x.example/auth/login | sed -n 's|.*href="\(/static/[^"]*\.css\)".*|\1|p' | head -n 1)
expect "a sheet" "$(ask -o /dev/null -w '%{http_code} %{content_type}' "https://x.example$sheet")" "200 text/css; charset=utf-8"
echo 127.0.0.1 x.example >>/etc/hosts
cp /etc/trunk8/tls/fullchain.pem /tmp/authority.pem
NODE_EXTRA_CA_CERTS=/tmp/authority.pem /opt/trunk8/bin/trunk8 doctor --proxy https://x.example >/tmp/doctor.out 2>&1 ||
  { cat /tmp/doctor.out >&2; exit 1; }
nginx -s stop
kill "$service"
wait "$service"

# From here on as where systemd runs: what the script asks of it is written down, and done.
mkdir -p /run/systemd/system
cat >/usr/local/sbin/systemctl <<'END'
#!/bin/sh
# Starts and stops trunk8.service; like systemd, it has started once the program says so.
echo "$*" >>/tmp/systemctl.out
pid=$(cat /tmp/serve.pid 2>/dev/null)
lives() { [ -e "/proc/$pid/exe" ]; }
case "$*" in
  "is-active --quiet trunk8.service") lives; exit ;;
  "stop trunk8.service" | "restart trunk8.service")
    if lives; then kill "$pid"; fi
    while lives; do sleep 0.1; done
    ;;
esac
case "$*" in
  "start trunk8.service" | "restart trunk8.service")
    ! lives || exit 0
    : >/tmp/serve.out
    (
      set -a
      . /etc/trunk8/trunk8.env
      cd /var/lib/trunk8
      exec setpriv --reuid trunk8 --regid trunk8 --clear-groups --inh-caps=-all /opt/trunk8/bin/trunk8 serve \
        >/tmp/serve.out 2>&1
    ) &
    pid=$!
    echo "$pid" >/tmp/serve.pid
    until grep -q 'is running' /tmp/serve.out; do
      lives || exit 1
      sleep 0.1
    done
    ;;
esac
END
chmod +x /usr/local/sbin/systemctl
hash -r
systemctl start trunk8.service

asked() {
  : >/tmp/systemctl.out
  install
  grep -v -e '^enable' -e '^is-active' /tmp/systemctl.out | tr '\n' ' '
}

before=$(cat /etc/trunk8/trunk8.env /etc/nginx/sites-available/trunk8)
expect "asked without a change" "$(asked)" "start trunk8.service start nginx.service "
expect "the settings after a second time" "$(cat /etc/trunk8/trunk8.env /etc/nginx/sites-available/trunk8)" "$before"
[ ! -e /opt/trunk8.old ]
echo >>/etc/systemd/system/trunk8.service
expect "asked with another unit" "$(asked)" "daemon-reload restart trunk8.service start nginx.service "
echo >>/etc/nginx/sites-available/trunk8
expect "asked with another site" "$(asked)" "start trunk8.service reload-or-restart nginx.service "
# Where the service may read it: it has a /tmp of its own.
cp "$program" /opt/released
chmod 755 /opt/released
printf '#!/bin/sh\nexec /opt/released "$@"\n' >/tmp/program
released=$program program=/tmp/program
expect "asked with another program" "$(asked)" "restart trunk8.service start nginx.service "
cmp -s /opt/trunk8.old/bin/trunk8 "$released"

# A compressed one, and one that is damaged.
mkdir /tmp/damaged
cp "$released.gz" /tmp/damaged/
echo damaged >>"/tmp/damaged/${released##*/}.gz"
cp "${released%/*}/SHA256SUMS" /tmp/damaged/
if sh "$deploy/install/install.sh" --program "/tmp/damaged/${released##*/}.gz" >/tmp/install.out 2>&1; then
  echo "a damaged program was installed" >&2
  exit 1
fi
cmp -s /opt/trunk8/bin/trunk8 /tmp/program
program=$released.gz
expect "asked with a compressed program" "$(asked)" "restart trunk8.service start nginx.service "
cmp -s /opt/trunk8/bin/trunk8 "$released"

# New versions that are not ready. The one before is put back, with its unit and its database.
answers() {
  as_trunk8 /opt/trunk8/bin/trunk8 health >/dev/null
  cmp -s /opt/trunk8/bin/trunk8 "$released" && as_trunk8 /opt/trunk8/bin/trunk8 ls | grep -q hello
}

as_trunk8() {
  $service_rights "$@"
}

# install_broken WHAT SAYS: a version whose `serve` is the text on standard input.
install_broken() {
  {
    printf '#!/bin/sh\n[ "$1" != serve ] || {\n'
    cat
    printf '}\nexec /opt/released "$@"\n'
  } >/tmp/broken
  if sh "$deploy/install/install.sh" --domain x.example --program /tmp/broken --wait 10 >/tmp/install.out 2>&1; then
    echo "a program that $1 was installed" >&2
    exit 1
  fi
  grep -q "$2" /tmp/install.out || { echo "$1:" >&2; tail -n 5 /tmp/install.out >&2; exit 1; }
}

# refused WHAT: as above, and the version before is put back with its unit.
refused() {
  echo "# $1" >>/etc/systemd/system/trunk8.service
  unit=$(cat /etc/systemd/system/trunk8.service)
  install_broken "$1" "the version before runs again"
  expect "the unit after one that $1" "$(cat /etc/systemd/system/trunk8.service)" "$unit"
}

refused "ends" <<'END'
exit 1
END
answers
refused "never answers" <<'END'
echo is running; exec sleep 600
END
answers
# As a migration: it copies the database first.
migrate="BUN_BE_BUN=1 /opt/released -e '
  const db = new (require(\"bun:sqlite\").Database)(\"/var/lib/trunk8/trunk8.db\");
  db.run(\"vacuum into \\\"/var/lib/trunk8/backups/before-9999_next-\" + Bun.randomUUIDv7() + \".db\\\"\");
  db.run(\"insert into kysely_migration (name, timestamp) values (\\\"9999_next\\\", 0)\");
'"
refused "upgrades the database and ends" <<END
$migrate
exit 1
END
answers
[ -e /var/lib/trunk8/not-ready-*/trunk8.db ]

# One that answered has perhaps taken changes: it stays, since these would be lost.
install_broken "upgrades the database and never answers" "so it stays" <<END
$migrate
echo is running; exec sleep 600
END
cmp -s /opt/trunk8/bin/trunk8 /tmp/broken
systemctl stop trunk8.service
rm -r /run/systemd/system /usr/local/sbin/systemctl

sh "$deploy/install/uninstall.sh" >/dev/null 2>&1
for path in /opt/trunk8 /etc/systemd/system/trunk8.service /etc/nginx/sites-enabled/trunk8 /etc/nginx/nginx.conf.before-trunk8; do
  [ ! -e "$path" ] || { echo "$path is left" >&2; exit 1; }
done
expect "Debian's site" "$(readlink /etc/nginx/sites-enabled/default)" "$site_before"
[ -e /var/lib/trunk8/trunk8.db ] && [ -e /etc/trunk8/trunk8.env ]
echo installed, asked and uninstalled
