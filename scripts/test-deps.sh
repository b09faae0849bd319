#!/usr/bin/env bash
# Installs what the tests need beyond Go and Node: independent DTMF receivers and
# a browser from Debian, and the pages' npm packages. What is there already is
# left alone.
set -euo pipefail
cd "$(dirname "$0")/.."

need=()
command -v sox >/dev/null || need+=(sox)
command -v multimon-ng >/dev/null || need+=(multimon-ng)
command -v cc >/dev/null || need+=(gcc libc6-dev)
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || need+=(chromium)
[ -n "$(ls /usr/include/spandsp.h /usr/include/*/spandsp.h 2>/dev/null)" ] || need+=(libspandsp-dev libtiff-dev)
if [ ${#need[@]} -gt 0 ]; then
	echo "Installing ${need[*]}"
	sudo=()
	[ "$(id -u)" = 0 ] || sudo=(sudo)
	"${sudo[@]}" apt-get update -qq
	"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
fi

for tool in go node npm; do
	command -v $tool >/dev/null || { echo "$tool is missing: install Go 1.26 or newer, and Node 20 with npm" >&2; exit 1; }
done
lock=$(sha256sum web/package-lock.json | cut -d' ' -f1)
if [ "$(cat web/node_modules/.lock 2>/dev/null)" != "$lock" ]; then
	echo "Installing the pages' npm packages"
	(cd web && npm ci --no-audit --no-fund --loglevel=error)
	echo "$lock" > web/node_modules/.lock
fi
