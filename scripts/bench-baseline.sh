#!/usr/bin/env bash
# Runs the Go benchmarks and writes docs/results/bench/*.txt, in the form that
# benchstat compares: `benchstat docs/results/bench/micro.txt new.txt`. Wants an
# idle machine; says how idle it was.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-docs/results/bench}
count=${COUNT:-6}
mkdir -p "$out"
run() { # file package benchmark
	echo "== $1"
	{
		echo "# $(nproc) virtual cores, $(go version | cut -d' ' -f3-), commit $(git describe --always --dirty --abbrev=12), load before: $(cut -d' ' -f1 /proc/loadavg)"
		go test -run '^$' -bench "$3" -benchmem -benchtime "${BENCHTIME:-0.3s}" -count "$count" "$2"
	} > "$out/$1.txt"
}
run micro ./bench/load Micro # codec, detector, gate, mix, tick, SRTP
run detector ./dtmf Process  # by kind of sound
run gate ./mixer/mask Push
run playout ./internal/jitter InsertAndPop
run engine ./internal/engine Tick # a whole room with its ports
