# `make dev` runs the service with demo data, `make test` passes everything, `make soak` repeats what gains by repetition,
# `make screens` photographs every page, `make mails` writes every mail into a folder, `make bench` measures, `make deploy` deploys, `make install` installs the terminal client;
# all install what is missing.
.PHONY: dev test soak build screens mails bench deploy install
export PORT STATE SCREENS

dev:
	@scripts/dev.sh

test:
	@scripts/test.sh

soak:
	@scripts/soak.sh

build:
	@scripts/build.sh

screens:
	@scripts/screens.sh

bench:
	@scripts/bench.sh

deploy:
	@scripts/deploy.sh

# The folder is PREFIX=, ~/.local without.
install:
	@PREFIX="$(PREFIX)" scripts/install.sh

# The folder is MAILS=, .dev/mails without.
mails:
	@scripts/mails.sh $(MAILS)
