#!/usr/bin/env bash
# The guide's "basic load test": the home page, 400 connections for 30 s.
set -euo pipefail
source "$(dirname "$0")/../ab/signin.sh"
need wrk wrk
sign_in
show wrk -t"${THREADS:-12}" -c"${CONNECTIONS:-400}" -d"${DURATION:-30s}" -H "Cookie: $(cookie)" "$SITE/"
