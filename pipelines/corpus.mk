# SPDX-License-Identifier: MIT
# Which recordings (data/README.md says what they are). Sets
#   CORPUS      fsdd or synthetic: a folder in every path, a word in every report
#   RECORDINGS  the folder of {digit}_{speaker}_{take}.wav
#   SUMS        their SHA-256, one a line: what features are made from, as far as make knows
#   CHECKED     made when RECORDINGS hold what SUMS says; features wait for it
#   X, R        where all that comes of them lies: $(X) to work with, $(R) to read
# FSDD=dir names the folder of the real ones; CORPUS=synthetic asks for the stand-in.

# Only these goals want a corpus: `make`, `make test` and the like look for none.
CORPUS_GOALS := task-% seeds takes device listen shrink compare bench results page
CORPUS_GOALS += results/% $(B)/exp/% $(B)/synthetic/%

DATASET := free-spoken-digit-dataset
FSDD_SUMS := data/fsdd.sha256
SYNTHETIC := $(B)/synthetic
SYNTHESISE := --

ifneq ($(filter $(CORPUS_GOALS),$(MAKECMDGOALS)),)
ifeq ($(origin CORPUS),command line)
$(if $(filter-out synthetic,$(CORPUS)),$(error CORPUS=$(CORPUS): only synthetic can be asked \
	for; FSDD=dir names the real one))
else
CORPUS :=
$(if $(word 2,$(FSDD)),$(error FSDD=$(FSDD): make cannot use a folder with a space in its name))
NEAR := $(wildcard $(addsuffix /$(DATASET)/recordings,data ..))
FOUND := $(or $(FSDD),$(firstword $(NEAR:%/recordings=%)))
ifneq ($(FOUND),)
CORPUS := fsdd
else
# Made by the rule below before make goes on; says `synthetic` or, after a download, nothing.
include $(B)/corpus.mk
$(if $(CORPUS),,$(eval $(B)/corpus.mk: FORCE))
endif
endif
endif

RECORDINGS := $(if $(filter fsdd,$(CORPUS)),$(FOUND)/recordings,$(SYNTHETIC)/recordings)
SUMS := $(if $(filter fsdd,$(CORPUS)),$(FSDD_SUMS),$(SYNTHETIC)/SHA256SUMS)
CHECKED := $(B)/checked/$(CORPUS)$(subst $() ,_,$(subst /,_,$(abspath $(RECORDINGS))))
X := $(B)/exp/$(CORPUS)
R := results/$(CORPUS)

# The network is tried once. `make setup task-b` tries when setup has brought curl.
$(B)/corpus.mk: | $(filter setup setup-all,$(MAKECMDGOALS))
	@mkdir -p $(@D)
	@status=0; data/fetch data/$(DATASET) || status=$$?; case $$status in \
	0) echo "# data/$(DATASET) was fetched" > $@ ;; \
	3) echo "CORPUS := synthetic" > $@; \
	   printf '%s\n' "The recordings of FSDD are not here and cannot be fetched: using a" \
	      "corpus spoken by machine. All that comes of it is named 'synthetic'; its" \
	      "numbers are not FSDD's. FSDD=dir names the real one." >&2 ;; \
	*) exit $$status ;; esac

$(SYNTHETIC)/SHA256SUMS: data/synthesise
	rm -rf $(@D)/recordings
	data/synthesise $(SYNTHESISE) $(@D)/recordings
	cd $(@D)/recordings && sha256sum *.wav > ../$(@F).part
	mv $@.part $@

# The folder is a prerequisite for what appears in it or goes, the files for what changes.
$(CHECKED): $(SUMS) $(wildcard $(RECORDINGS) $(RECORDINGS)/*.wav)
	data/verify $(RECORDINGS) $(SUMS)
	@mkdir -p $(@D) && touch $@

.PHONY: FORCE
FORCE:
