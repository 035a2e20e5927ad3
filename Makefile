# What there is to do with this project; `make test` is what decides.
.PHONY: build demo demo-preflight test test-live test-druid lint bench fuzz mutants generate check-generated notice vuln classes snapshot release-check site man vsix web web-serve completions clean

BIN := bin/implycheck
GOTOOL := go tool -modfile=tools/go.mod
FUZZTIME ?= 30s
VERSION ?= $(patsubst v%,%,$(shell git describe --tags --always --dirty 2>/dev/null || echo dev))

build:
	@mkdir -p bin
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o $(BIN) ./cmd/implycheck
	@[ "$$(go env GOOS)" != linux ] || { echo "+ $(BIN)-preflight"; CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o $(BIN)-preflight ./cmd/implycheck-preflight; }

# Build the tool and check a cluster with planted mistakes.
demo: build
	@echo "+ $(BIN) lint --format compact conf | grep -v ': info: '    # in testdata/demo"
	@cd testdata/demo && $(CURDIR)/$(BIN) lint --exit-zero --format compact conf | grep -v ': info: '
	@echo
	@echo 'With lines, effect and help:    $(BIN) lint testdata/demo/conf'
	@echo 'What one of them is about:      $(BIN) explain mem-direct-insufficient'
	@echo 'One after the other, with undo: $(BIN) lint --fix --interactive testdata/demo/conf'
	@echo 'So that the commands of the guide (docs/guide.md) work as written: export PATH="$(CURDIR)/bin:$$PATH"'

# Start what a cluster needs on this machine, and look for planted faults, one by one.
demo-preflight: build
	@tools/demo-preflight.sh $(BIN)

# Every test once, and with the race detector those that -short leaves: not what
# runs in one goroutine or in another process.
test:
	TMPDIR=$$(tools/tmpdir.sh) go test ./...
	TMPDIR=$$(tools/tmpdir.sh) go test -race -short ./...

# Real Druids on every row of rules/testdata/druid/rows.tsv, which is written anew:
# an hour, Java 17, Maven, and Linux as root. `make test` holds lint against the rows.
DRUID ?= $(CURDIR)/bin/druid
test-druid:
	tools/druid.sh $(DRUID)
	IMPLYCHECK_DRUID=$(DRUID) go test -tags druid -count=1 -timeout 5h -run 'TestRecordDruid|TestRealCluster' -v ./rules

# What takes long to start, as well: Kafka, ZooKeeper 3.9, HDFS, the drivers of databases,
# and real Druids of two releases with some fifty faults, one after the other: twenty
# minutes, and as many to bring it all; Java 17 and 25, Maven, Python, and Linux as root.
test-live:
	tools/live/servers.sh $(CURDIR)/bin/live
	tools/druid.sh $(DRUID)
	IMPLYCHECK_SERVERS=1 IMPLYCHECK_LIVE=$(CURDIR)/bin/live IMPLYCHECK_DRUID=$(DRUID) go test -count=1 -timeout 60m ./preflight/...

# Formatting, vet and staticcheck.
lint:
	@test -z "$$(gofmt -l .)" || { echo "run gofmt on:"; gofmt -l .; exit 1; }
	go vet ./...
	$(GOTOOL) staticcheck ./...

# Whole-process times beside peers; see internal/bench.
bench: build
	go test -run '^$$' -bench . -benchmem ./...
	go run ./internal/bench $(BIN)

# Every fuzz target in turn, FUZZTIME each.
fuzz:
	@for pkg in $$(go list ./...); do \
	  for target in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "== $$pkg $$target"; \
	    go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
	  done; \
	done

MUTANTS ?= 20
SEED ?= 1

# Which of some mistakes, made in turn, no test notices; MUTANTS a package.
mutants:
	go run ./internal/mutants -n $(MUTANTS) -seed $(SEED) rules conf sizing ports

# Tables from the CUE schema, and pages from the rules.
generate:
	go generate ./...

check-generated:
	@go generate ./...
	@tools/notice.sh
	@git diff --exit-code --stat -- schema/tables_gen.go docs/rules NOTICE || { echo "generated files are stale: run make generate notice and commit"; exit 1; }

# The licences of what is linked in.
notice:
	tools/notice.sh

# Known vulnerabilities of what is linked in, where their database can be reached.
vuln:
	@out=$$($(GOTOOL) govulncheck ./... 2>&1); status=$$?; echo "$$out"; \
	if [ $$status -eq 1 ] && echo "$$out" | grep -q 'vuln.go.dev'; then \
	  echo "nothing was checked: the database of vulnerabilities cannot be reached"; status=0; fi; exit $$status

# What the classes of the releases say, for TestClasses; needs Java 17, Maven and
# a long time, see tools/classes/README.md.
classes:
	tools/classes/run.sh

# The recipe of the release, what it packs, and whether install.sh installs that:
# everything but the signatures and the lists of contents. goreleaser itself takes two to
# four minutes to build the first time.
GORELEASER := go run github.com/goreleaser/goreleaser/v2@v2.15.1
release-check:
	$(GORELEASER) check
	$(GORELEASER) release --snapshot --clean --skip=sign,sbom,publish
	tools/release-test.sh dist

# What a release builds, without packing it: every platform, man pages,
# completions. The release itself is goreleaser's, see .goreleaser.yaml.
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

snapshot: man completions
	@for platform in $(PLATFORMS); do \
	  os=$${platform%/*} arch=$${platform#*/} suffix=; [ $$os != windows ] || suffix=.exe; \
	  echo "+ bin/snapshot/implycheck-$$os-$$arch$$suffix"; \
	  CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" \
	    -o bin/snapshot/implycheck-$$os-$$arch$$suffix ./cmd/implycheck || exit 1; \
	  [ $$os = linux ] || continue; \
	  CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch go build -trimpath -ldflags "-s -w" \
	    -o bin/snapshot/implycheck-preflight-$$os-$$arch ./cmd/implycheck-preflight || exit 1; \
	done

# The documentation as pages for a browser, below the page that make web builds.
site:
	go run ./web/site -version "$(VERSION)" web/dist/docs

man:
	@mkdir -p bin/man
	go test ./cmd/implycheck -count=1 -run '^TestManPages$$' -man $(CURDIR)/bin/man

# The extension for VS Code; needs Node and npm.
vsix:
	@mkdir -p bin/vscode
	cp -r editors/vscode/. bin/vscode
	cd bin/vscode && npm install --silent --no-audit --no-fund && npm run --silent package && mv implycheck.vsix ..

# The page, a folder that any server can hand out: web/dist. It is built without
# inlining, which everybody would pay for with a sixth more to download.
web:
	@mkdir -p web/dist && find web/dist -maxdepth 1 -type f -delete # make site keeps web/dist/docs
	cp web/page/* "$$(go env GOROOT)/lib/wasm/wasm_exec.js" web/dist
	GOOS=js GOARCH=wasm go build -trimpath -gcflags=all=-l -ldflags "-s -w" -o web/dist/implycheck.wasm ./web/wasm
	go run ./web/pack web/dist/implycheck.wasm
	@if command -v brotli >/dev/null; then echo "+ brotli"; brotli -q 11 -w 24 web/dist/implycheck.wasm; else echo "there is no brotli: only gzip"; fi
	@wc -c web/dist/*.*

web-serve: web site
	go run ./web/serve web/dist

completions: build
	@mkdir -p bin/completions
	$(BIN) completion bash > bin/completions/implycheck.bash
	$(BIN) completion zsh > bin/completions/_implycheck
	$(BIN) completion fish > bin/completions/implycheck.fish
	$(BIN) completion powershell > bin/completions/implycheck.ps1

clean:
	rm -rf bin
