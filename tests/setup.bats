# SPDX-License-Identifier: MIT
# pipelines/install against an apt of our own, which notes what it is asked.
load helper

# debian INSTALLED...: programs of a Debian that has these packages and empty lists.
debian() {
	local program
	mkdir bin
	for program in bash env sed sort comm cat touch; do
		ln -s "$(command -v $program)" bin/
	done
	printf 'installed %s\n' "$@" > installed
	cat > bin/dpkg-query <<-'END'
		#!/bin/bash
		cat installed
	END
	cat > bin/apt-get <<-'END'
		#!/bin/bash
		[ "$DEBIAN_FRONTEND" = noninteractive ] || exit 9
		while [[ $1 = -* ]]; do [ "$1" != -o ] || shift; shift; done
		echo "$*" >> asked
		[ "$1" != update ] || touch lists
		[ -e lists ]
	END
	printf '#!/bin/bash\n[ -e lists ]\n' > bin/apt-cache
	printf '#!/bin/bash\necho sudo >> asked\nexec "$@"\n' > bin/sudo
	printf '#!/bin/bash\necho ${uid:-0}\n' > bin/id
	chmod +x bin/*
}

install() {
	PATH=$PWD/bin "$ROOT/pipelines/install" "$@"
}

@test "setup: installs what is missing, after the lists when there are none" {
	debian gcc zlib1g-dev
	run -0 install gcc sox zlib1g-dev bats
	[ "$output" = "setup: installing bats sox" ]
	[ "$(cat asked)" = $'update\ninstall --no-install-recommends bats sox' ]
	rm asked
	run -0 install gcc sox
	[ "$(cat asked)" = "install --no-install-recommends sox" ]
}

@test "setup: asks nothing of apt when all is there" {
	debian gcc zlib1g-dev
	run -0 install gcc zlib1g-dev
	[ "$output" = "setup: nothing is missing" ]
	[ ! -e asked ]
}

@test "setup: sudo only when not root" {
	debian gcc
	uid=1000 run -0 install sox
	[ "$(cat asked)" = $'sudo\nupdate\nsudo\ninstall --no-install-recommends sox' ]
}

@test "setup: elsewhere one line says what is needed" {
	debian gcc
	rm bin/apt-get
	run -1 install gcc sox
	[ "$output" = "setup: this is not a Debian; needed, by Debian's names: gcc sox" ]
}

@test "setup: names packages that Debian has" {
	need apt-cache
	[ -n "$(apt-cache show bash 2> /dev/null)" ] || skip "apt has no lists (apt-get update)"
	local packages
	packages=$(sed -n 's/^\(SETUP\|ALL\) [:+]= \([a-z0-9. -]*\).*/\2/p' \
		"$ROOT/pipelines/setup.mk")
	[ "$(wc -w <<< "$packages")" -gt 20 ]
	apt-cache show $packages > /dev/null
}
