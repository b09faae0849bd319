#!/usr/bin/env bash
# Installs what `go run ./bench leak` needs beyond the tests: recorded prompts in
# five languages and hold music to measure speech and music on, and codecs to
# send tones through.
set -euo pipefail
"$(dirname "$0")/test-deps.sh"
sudo=()
[ "$(id -u)" = 0 ] || sudo=(sudo)
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	asterisk-core-sounds-en-wav asterisk-core-sounds-fr-wav asterisk-core-sounds-es-wav \
	asterisk-core-sounds-it-wav asterisk-core-sounds-ru-wav asterisk-moh-opsound-wav \
	libsox-fmt-all libopus-dev >/dev/null
