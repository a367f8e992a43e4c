# Read by the scripts beside it and in ../wrk: signs in as the administrator and sets SITE and SESSION.
# TRUNK8_URL: where Trunk8 answers. TRUNK8_ADMIN_PASSWORD: with which the administrator signs in.

SITE="${TRUNK8_URL:-http://127.0.0.1:5001}"
SITE="${SITE%/}"

need() {
  command -v "$1" >/dev/null || { echo "$1 is missing: apt-get install $2" >&2; exit 2; }
}

# Runs a command and shows it first, without the session's value.
show() {
  echo "+ $*" | sed "s/$SESSION/.../" >&2
  "$@"
}

sign_in() {
  need curl curl
  : "${TRUNK8_ADMIN_PASSWORD:?is needed to sign in}"
  echo "Signing in at $SITE as the administrator." >&2
  SESSION=$(curl --silent --output /dev/null --dump-header - \
    --data-urlencode "username=" --data-urlencode "password=$TRUNK8_ADMIN_PASSWORD" "$SITE/auth/login" |
    sed -n 's/^[Ss]et-[Cc]ookie: \(__Host-\)\{0,1\}sessionid=\([^;]*\).*/\2/p')
  [ -n "$SESSION" ] || { echo "Signing in was refused." >&2; exit 1; }
}

# Makes a link of these fields, each as curl takes it (--form or --form-string); fails unless it was made.
make_link() {
  local status
  status=$(curl --silent --output /dev/null --write-out '%{http_code}' --cookie "$(cookie)" \
    --header "Accept: application/json" "$@" "$SITE/add")
  [ "$status" = 201 ] || { echo "Making the link was answered with $status." >&2; exit 1; }
}

# The name that the session has where the site is asked: on https it is bound to the host.
cookie() {
  case "$SITE" in
    https:*) echo "__Host-sessionid=$SESSION" ;;
    *) echo "sessionid=$SESSION" ;;
  esac
}
