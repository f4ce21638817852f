# `make dev` runs the service with demo data, `make test` passes everything, `make bench` measures, `make deploy`
# deploys; all install what is missing.
.PHONY: dev test build bench deploy
export PORT STATE

dev:
	@scripts/dev.sh

test:
	@scripts/test.sh

build:
	@scripts/build.sh

bench:
	@scripts/bench.sh

deploy:
	@scripts/deploy.sh
