# What a newcomer needs: `make test` installs what the tests need and runs all of
# them; `make full` runs the long counts and writes docs/results.

GO ?= go
SEED ?= $(shell date +%s)

.PHONY: test deps lint unit pages browsers calls proof portable full web demo-picture clean

test: deps lint unit pages browsers calls proof
	@echo
	@echo "All tests passed."

deps:
	@scripts/test-deps.sh

lint:
	@echo "== format, vet, module files"
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	@$(GO) vet ./...
	@GOARCH=arm64 $(GO) vet ./internal/prefetch ./internal/registers ./internal/audio ./internal/jitter ./dtmf
	@$(GO) mod verify >/dev/null
	@$(GO) mod tidy -diff

# The calls are timed by the wall clock, so they run by themselves afterwards.
unit:
	@echo "== Go tests"
	@$(GO) test -race -timeout 10m $$($(GO) list ./... | grep -v /internal/demo)

pages:
	@echo "== SDK and pages"
	@cd web && npm run --silent check && npm run --silent pages

browsers:
	@echo "== three browsers on one call"
	@cd web && npm run --silent browsers
	@echo "== a payment in two browsers"
	@cd web && npm run --silent payment
	@echo "== to the IVR and back in two browsers"
	@cd web && npm run --silent transfer
	@echo "== a recorder in the agent's browser, and pages that pause"
	@cd web && npm run --silent recorder

calls:
	@echo "== whole calls over WebRTC"
	@$(GO) test -race -timeout 10m -count=1 ./internal/demo

# Needs root, or CAP_SYS_PTRACE: it reads the server's memory.
proof:
	@echo "== a card leaves no trace"
	@scripts/proof.sh

# The same on the portable media path: 10 minutes.
portable: deps
	@scripts/portable.sh

# The long counts, with other seeds.
full: test
	@scripts/full.sh $(SEED)

web:
	cd web && npm ci && npm run build

demo-picture:
	@scripts/demo-picture.sh

clean:
	rm -rf out tonegate web/node_modules
