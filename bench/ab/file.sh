#!/usr/bin/env bash
# The guide's "file downloads": a file of 100 KB, 100 times, 10 at once. Makes the link, and leaves it there.
set -euo pipefail
source "$(dirname "$0")/signin.sh"
need ab apache2-utils
sign_in
code="ab-file-$(date +%s)"
bytes=$(mktemp)
trap 'rm -f "$bytes"' EXIT
head -c 102400 /dev/urandom >"$bytes"
echo "Making the link $SITE/$code of a file of 100 KB." >&2
make_link --form-string link_type=file --form-string "short_code=$code" --form "file=@$bytes;filename=ab.zip"
show ab -q -n "${REQUESTS:-100}" -c "${CLIENTS:-10}" "$SITE/$code"
