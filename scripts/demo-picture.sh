#!/usr/bin/env bash
# Renders README's picture: one call, what the IVR hears above what the agent
# hears.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
go run . demo --transport inband --out "$out"
mkdir -p docs/images
cp "$out/ivr.png" docs/images/ivr-hears.png
cp "$out/agent.png" docs/images/agent-hears.png
