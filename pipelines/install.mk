# SPDX-License-Identifier: MIT
# make install PREFIX=dir [DESTDIR=root]: one command, PREFIX/bin/whit (`whit split ...`), so that
# nothing hides another program's name; the tools behind it in PREFIX/libexec/whit; a manual page
# each; what firmware is compiled with in PREFIX/share/whit/fixed. make uninstall takes them away.
# make man: the pages alone, build/man/*.1, of --help and tools/TOOL.scd.

PREFIX ?= /usr/local
DESTDIR ?=
TO = $(DESTDIR)$(PREFIX)
MAN := $(TOOLS:%=$(B)/man/whit-%.1) $(B)/man/whit.1
SCDOC := $(or $(filter setup setup-all,$(MAKECMDGOALS)),$(shell command -v scdoc))

.PHONY: man install uninstall
man: $(MAN)

$(B)/man/whit-%.1: $(B)/bin/% pipelines/man pipelines/man.awk $(wildcard tools/*.scd)
	@mkdir -p $(@D)
	pipelines/man whit-$* $< $(wildcard tools/$*.scd) $(INTO)

# As installed, to be asked for its --help.
$(B)/man/whit.1: $(BIN) pipelines/whit pipelines/man pipelines/man.awk tools/whit.scd
	@mkdir -p $(@D)/bin $(@D)/libexec
	cp pipelines/whit $(@D)/bin && ln -sfn ../../bin $(@D)/libexec/whit
	{ cat tools/whit.scd && echo "$(strip $(foreach t,$(TOOLS),*whit-$t*(1)))"; } > $@.scd
	pipelines/man whit $(@D)/bin/whit $@.scd $(INTO)

install: all $(if $(SCDOC),man)
	install -d "$(TO)"/bin "$(TO)"/libexec/whit "$(TO)"/share/whit/fixed
	install -m 755 $(BIN) "$(TO)"/libexec/whit
	install -m 644 lib/fixed/*.[ch] "$(TO)"/share/whit/fixed
	install -m 755 pipelines/whit "$(TO)"/bin
	@$(if $(SCDOC),install -d "$(TO)"/share/man/man1 && \
		install -m 644 $(MAN) "$(TO)"/share/man/man1, \
		echo "no manual pages: scdoc is not installed (make setup)")

uninstall:
	rm -rf "$(TO)"/bin/whit "$(TO)"/libexec/whit "$(TO)"/share/whit
	rm -f "$(TO)"/share/man/man1/whit.1 "$(TO)"/share/man/man1/whit-*.1
