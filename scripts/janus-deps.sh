#!/usr/bin/env bash
# Installs what `go run ./bench compare` measures against: Debian's Janus gateway
# with its AudioBridge and WebSocket transport, and ip(8) for the network
# namespace that both servers run in. The packaged service is not started.
set -euo pipefail
sudo=()
[ "$(id -u)" = 0 ] || sudo=(sudo)
"${sudo[@]}" apt-get update -qq
policy=/usr/sbin/policy-rc.d
made=
if [ ! -e "$policy" ]; then
	printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee "$policy" >/dev/null
	"${sudo[@]}" chmod 755 "$policy"
	made=1
fi
trap '[ -z "$made" ] || "${sudo[@]}" rm -f "$policy"' EXIT
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends janus iproute2 >/dev/null
