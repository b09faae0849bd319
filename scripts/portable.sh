#!/usr/bin/env bash
# Runs on the portable media path what `make test` runs on the platform's own: whole
# calls, the browsers, and the proof. (Tests of internal/rtcleg run on both anyway.)
set -euo pipefail
cd "$(dirname "$0")/.."
# Every server below is started with this environment; that it is obeyed is seen first.
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
if refused=$(TONEGATE_MEDIA_PATH=none TONEGATE_API_KEY=key-of-the-test-0123 go run . serve --data "$data" 2>&1) ||
	! grep -q 'media-path "none"' <<<"$refused"; then
	echo "TONEGATE_MEDIA_PATH does not choose the media path: $refused"
	exit 1
fi
export TONEGATE_MEDIA_PATH=portable
echo "== whole calls, portable"
go test -race -timeout 10m -count=1 ./internal/demo -media-path portable
for run in browsers payment transfer recorder; do
	echo "== $run, portable"
	(cd web && npm run --silent "$run")
done
echo "== proof, portable"
OUT="${OUT:-out/proof-portable}" scripts/proof.sh
