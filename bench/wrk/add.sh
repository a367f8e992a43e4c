#!/usr/bin/env bash
# The guide's "POST request test": links made through the form, 400 connections for 30 s. They stay: try it on a site of its own.
set -euo pipefail
source "$(dirname "$0")/../ab/signin.sh"
need wrk wrk
sign_in
show wrk -t"${THREADS:-12}" -c"${CONNECTIONS:-400}" -d"${DURATION:-30s}" \
  -s "$(dirname "$0")/post.lua" "$SITE/add" -- "$(cookie)"
