# `make dev` runs the service with demo data, `make test` passes everything, `make soak` repeats what gains by repetition,
# `make bench` measures, `make deploy` deploys; all install what is missing.
.PHONY: dev test soak build bench deploy
export PORT STATE

dev:
	@scripts/dev.sh

test:
	@scripts/test.sh

soak:
	@scripts/soak.sh

build:
	@scripts/build.sh

bench:
	@scripts/bench.sh

deploy:
	@scripts/deploy.sh
