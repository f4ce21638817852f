# `make dev` runs the service with demo data, `make test` passes everything; both install what is missing.
.PHONY: dev test build
export PORT STATE

dev:
	@scripts/dev.sh

test:
	@scripts/test.sh

build:
	@scripts/build.sh
