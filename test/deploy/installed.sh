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

# From here on as where systemd runs: what the script asks of it is written down.
mkdir -p /run/systemd/system
printf '#!/bin/sh\necho "$*" >>/tmp/systemctl.out\n' >/usr/local/sbin/systemctl
chmod +x /usr/local/sbin/systemctl

asked() {
  : >/tmp/systemctl.out
  install
  grep -v '^enable' /tmp/systemctl.out | tr '\n' ' '
}

before=$(cat /etc/trunk8/trunk8.env /etc/nginx/sites-available/trunk8)
expect "asked without a change" "$(asked)" "start trunk8.service start nginx.service "
expect "the settings after a second time" "$(cat /etc/trunk8/trunk8.env /etc/nginx/sites-available/trunk8)" "$before"
[ ! -e /opt/trunk8.old ]
echo >>/etc/systemd/system/trunk8.service
expect "asked with another unit" "$(asked)" "daemon-reload restart trunk8.service start nginx.service "
echo >>/etc/nginx/sites-available/trunk8
expect "asked with another site" "$(asked)" "start trunk8.service reload-or-restart nginx.service "
printf '#!/bin/sh\nexec %s "$@"\n' "$program" >/tmp/program
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
rm -r /run/systemd/system /usr/local/sbin/systemctl

sh "$deploy/install/uninstall.sh" >/dev/null 2>&1
for path in /opt/trunk8 /etc/systemd/system/trunk8.service /etc/nginx/sites-enabled/trunk8 /etc/nginx/nginx.conf.before-trunk8; do
  [ ! -e "$path" ] || { echo "$path is left" >&2; exit 1; }
done
expect "Debian's site" "$(readlink /etc/nginx/sites-enabled/default)" "$site_before"
[ -e /var/lib/trunk8/trunk8.db ] && [ -e /etc/trunk8/trunk8.env ]
echo installed, asked and uninstalled
