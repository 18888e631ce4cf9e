# The two commands: `make run` starts the product, `make test` passes every test.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

CACHE ?= $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/pingdui
BIN   := bin/pingdui
LINT  := $(CACHE)/golangci-lint-2.15.0
ADDR  ?= 127.0.0.1:8080
# What plays the whole content: pure, and ten times slower under the race detector.
# The gate's test plays it under that, too. It comes first: what it trains is there
# for the others.
CONTENT := -e /assistant/convtest$$ -e /assistant/scenes$$
DATA  ?= data

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

run: setup ## set up and start everything
	@$(BIN) serve --demo --addr $(ADDR) --data $(DATA)

test: setup browser ## set up and pass every test
	@deploy/step.sh "Content tests" go test -timeout 30m $$(go list ./... | grep $(CONTENT))
	@deploy/step.sh "Go tests (race)" go test -race -timeout 30m $$(go list ./... | grep -v $(CONTENT))
	@deploy/step.sh "Web tests" npm --prefix web run --silent test
	@deploy/step.sh "Browser tests" deploy/browser-test.sh $(BIN)

mutants: setup ## plants defects one at a time; the conversation tests must catch them
	@go run ./internal/mutants

soak: setup ## the long counts, by hand: conversations 20 times over, tampered recordings, an hour of kills
	@deploy/step.sh "Conversations, 20 times the same" go test -count=1 ./assistant/convtest -run TheSameEveryTime -args -times 20
	@deploy/step.sh "10,000 tamperings with recordings" go test -count=1 -timeout 60m ./media/evidence -run Tamperings -args -tamperings 10000
	@deploy/step.sh "The desk, 10,000 operations" go test -count=1 -timeout 30m ./assistant/handoff -run NeverTwoOwners -args -operations 10000
	@deploy/step.sh "Kill run (1 h)" go test -count=1 -timeout 90m ./channels/web -run Nothing -args -chaos 60m

setup: ## the steps before a start, each skipped when it is done
	@deploy/step.sh "1/5 System packages" deploy/packages.sh run
	@deploy/step.sh "2/5 Private PostgreSQL with pgvector" deploy/postgres/find.sh $(CACHE)/postgres
	@deploy/step.sh "3/5 Web packages" deploy/web.sh install
	@deploy/step.sh "4/5 Web pages" deploy/web.sh build
	@deploy/step.sh "5/5 Program" go build -o $(BIN) ./cmd/pingdui

browser: ## what the tests need beside it: Chromium, ffmpeg and tesseract
	@deploy/step.sh "Chromium, ffmpeg and tesseract" deploy/packages.sh test

postgres: ## the private PostgreSQL alone
	@deploy/step.sh "Private PostgreSQL with pgvector" deploy/postgres/find.sh $(CACHE)/postgres

lint: $(LINT) ## the rules of the house, arrows included
	@deploy/step.sh "Lint (Go)" $(LINT) run ./...
	@deploy/step.sh "Lint (web)" npm --prefix web run --silent check

$(LINT): tools/lint/go.mod
	@mkdir -p $(CACHE)
	@deploy/step.sh "Linter" go -C tools/lint build -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

generate: setup ## everything that is generated
	@go run ./cmd/pingdui openapi > web/api/openapi.json
	@npm --prefix web run --silent types

generated: generate ## fails when generated code is not current
	@git diff --exit-code -- web/api web/src/api || { echo "generated code is not current: run 'make generate' and commit"; exit 1; }

clean: ## remove what was built (not the data)
	@rm -rf bin web/dist/* web/node_modules && git checkout -q -- web/dist/.keep

.PHONY: help run test mutants soak setup browser postgres lint generate generated clean
