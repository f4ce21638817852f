# `make dev` runs the service with demo data, `make test` passes everything, `make soak` repeats what gains by repetition,
# `make screens` photographs every page, `make mails` writes every mail into a folder, `make bench` measures, `make deploy` deploys, `make release`
# makes the archive of a release, `make install` installs the terminal client; all install what is missing. `make load` fills a server that runs.
.PHONY: dev load test soak build screens mails bench deploy release install
export PORT STATE SCREENS

dev:
	@scripts/dev.sh

# SEED=, PROPOSALS=, CALENDARS=, BOOKINGS= and PORT= of the server of `make dev`.
load:
	@PATH="$(CURDIR)/node_modules/.bin:$$PATH" node scripts/generate.mjs --origin http://127.0.0.1:$(or $(PORT),8787) --seed $(or $(SEED),1) \
	  --proposals $(or $(PROPOSALS),100) --calendars $(or $(CALENDARS),10) --bookings $(or $(BOOKINGS),30)

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

# The version is VERSION=, that of the commit without; the archive comes into .dev/release.
release:
	@scripts/release.sh $(VERSION)

# The folder is PREFIX=, ~/.local without.
install:
	@PREFIX="$(PREFIX)" scripts/install.sh

# The folder is MAILS=, .dev/mails without.
mails:
	@scripts/mails.sh $(MAILS)
