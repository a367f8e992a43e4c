#!/usr/bin/env bash
# The guide's "with authentication": the list of links, 1000 times, 50 at once.
set -euo pipefail
source "$(dirname "$0")/signin.sh"
need ab apache2-utils
sign_in
show ab -q -n "${REQUESTS:-1000}" -c "${CLIENTS:-50}" -C "$(cookie)" "$SITE/links"
