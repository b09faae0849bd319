#!/usr/bin/env bash
# Runs the long counts with a seed and writes what it saw, with seed and
# machine, into docs/results.
set -uo pipefail # not -e: every section runs, and the exit status says if one failed
cd "$(dirname "$0")/.."
seed=${1:-$(date +%s)}
mkdir -p docs/results
report=docs/results/full-$(date -u +%Y%m%d)-$seed.md
failed=0

section() { # title command…
	local title=$1 started=$SECONDS
	shift
	echo "== $title"
	local out status
	out=$("$@" 2>&1 </dev/null | tr '\r' '\n')
	status=$?
	[ $status = 0 ] || failed=1
	{
		printf '\n## %s\n\n`%s`: exit %d after %d s\n\n```\n' "$title" "$*" $status $((SECONDS - started))
		echo "$out" | tail -n "${LINES_KEPT:-60}"
		echo '```'
	} >> "$report"
	echo "$out" | tail -n 3
}

{
	echo "# Long run, seed $seed"
	echo
	echo "* commit $(git rev-parse --short HEAD), $(date -u +%Y-%m-%dT%H:%MZ)"
	echo "* $(nproc) cores, $(awk -F': ' '/model name/{print $2; exit}' /proc/cpuinfo), $(go version | cut -d' ' -f3-)"
} > "$report"

section "Whole calls, ${RUNS:-10} per transport" go test -race -count=1 -timeout 40m -v ./internal/demo -run TestWholeCalls -seed "$seed" -runs "${RUNS:-10}"
section "Whole calls, browsers and the proof on the portable media path" scripts/portable.sh
section "Recording killed, ${KILLS:-50} times" go test -count=1 -timeout 30m -v ./internal/serve -run TestKilledWhileRecording -kills "${KILLS:-50}" -kill-seed "$seed"
section "Properties, a hundred times the usual cases" go test -count=1 -timeout 30m ./mixer/... ./internal/jitter ./internal/audio -rapid.checks=10000 -rapid.seed="$seed"
section "Detector" go test -count=1 -timeout 30m ./dtmf -rapid.checks=2000 -rapid.seed="$seed"
while read -r file; do
	for target in $(grep -oE 'func Fuzz\w+' "$file" | cut -d' ' -f2); do
		section "Fuzz $target" go test "./$(dirname "$file")" -run '^$' -fuzz "^$target\$" -fuzztime "${FUZZTIME:-60s}"
	done
done < <(git grep -lE 'func Fuzz' -- '*_test.go')
section "Proof, ${PROOFS:-20} payments each way" go run ./bench proof --seed "$seed" --runs "${PROOFS:-20}" --pairs 10 --timings 400 --out "docs/results/proof-$seed"
section "Leak, damage and detection" go run ./bench leak --seed "$seed" --tones "${TONES:-500}" --out "docs/results/leak-$seed"
section "Benchmarks" go test -run '^$' -bench . -benchtime 1s ./dtmf ./mixer/... ./internal/jitter ./bridge
echo "Written: $report"
exit $failed
