VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
COMMIT  ?= $(shell git rev-parse HEAD 2>/dev/null)
# A build of the same commit is the same file: the date is the commit's.
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
DATE    ?= $(shell date -u -d @$(SOURCE_DATE_EPOCH) +%Y-%m-%dT%H:%M:%SZ)
OUT     ?= donnatop
LDFLAGS  = -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT) -X main.date=$(DATE)

.PHONY: help
help: ## Show this help
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build the static binary ./donnatop
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)' -o $(OUT) ./cmd/donnatop

.PHONY: image
image: build ## Build the image donnatop of the binary
	docker build -t donnatop:$(VERSION) -t donnatop:latest .

.PHONY: repro
repro: ## Build the committed source twice, elsewhere and without a cache, and compare
	.ci/repro

.PHONY: demo
demo: ## Open the dashboard on a simulated Donna
	go run ./cmd/donnatop demo

.PHONY: test
test: ## Run the tests
	go test ./...

.PHONY: check
check: ## Run everything CI runs except the real Loki
	.ci/run

SOAK ?= 10m
.PHONY: soak
soak: ## Run everything under fire for SOAK (10m); SEED=n repeats one
	DONNATOP_SOAK=$(SOAK) DONNATOP_SOAK_SEED=$(SEED) go test -count=1 -timeout 2h -v ./internal/soak

.PHONY: fuzz
fuzz: ## Fuzz every parser, each for FUZZTIME (20s); ONLY=part of a name picks some
	.ci/fuzz $(ONLY)

.PHONY: e2e
e2e: ## Run the tests against a real Loki (compiles it: minutes when cold)
	cd e2e && go test -timeout 20m ./...

.PHONY: golden
golden: ## Draw the golden frames anew, to be reviewed with git diff
	go test ./ui/... -update

.PHONY: screens
screens: ## Draw the pictures of docs/screens anew, to be reviewed with git diff
	go run ./internal/screens -out docs/screens

.PHONY: docs
docs: ## Print docs/keys.md and the table of docs/configuration.md anew
	go run ./cmd/donnatop keys --markdown >docs/keys.md
	sed -i '/^<!-- generated/q' docs/configuration.md
	go run ./cmd/donnatop config explain --markdown >>docs/configuration.md

.PHONY: bench
bench: ## Run the benchmarks with their baselines
	go test -run '^$$' -bench . -benchmem -timeout 60m ./...
	cd logging/bench && GOMAXPROCS=1 go test -run '^$$' -bench . -benchmem .
