# SPDX-License-Identifier: MIT
# What is made of what, drawn from what make itself knows: results/flowchart.svg. RESULTS are the
# goals that leave results, from the .mk of each.

# As in a clone where nothing was made yet, whatever was made here: the same chart everywhere.
FLOW_MAKE := $(MAKE)
FLOW = env -u MAKEFLAGS -u MFLAGS -u FSDD $(FLOW_MAKE) -np --no-print-directory B=nowhere \
	CORPUS=synthetic GNUPLOT=gnuplot R=results/synthetic $(sort $(RESULTS)) 2> $(B)/flow.err | \
	awk -v B=nowhere -v R=results/synthetic -f pipelines/flowchart.awk | sort

# flow: the chart's nodes and arrows, a line each
.PHONY: flow flowchart
flow:
	@mkdir -p $(B)
	@$(FLOW)

DARK := @media (prefers-color-scheme:dark){.graph>polygon{fill:\#0d1117}text{fill:\#e6edf3}\
ellipse,path,.edge polygon{stroke:\#9198a1}.edge polygon{fill:\#9198a1}\
.tool polygon{fill:\#1a2029;stroke:\#56b4e9}}

flowchart:
	@mkdir -p $(B)
	@command -v dot > /dev/null || \
		{ echo "flowchart: dot is missing: install the package graphviz (make setup)" >&2; \
		exit 1; }
	@{ echo 'digraph "whit: what is made of what" {'; \
	echo 'bgcolor=white; nodesep=0.16; ranksep=0.35;'; \
	echo 'node [fontname="sans-serif", fontsize=11, height=0.3, margin="0.08,0.04"];'; \
	echo 'node [color="#59636e"]; edge [color="#59636e", arrowsize=0.6];'; \
	$(FLOW) | sed 's/class=tool/&, style=filled, fillcolor="#eaf2f8", color="#0072b2"/'; \
	echo '}'; } > $(B)/flow.dot
	@dot -Tsvg $(B)/flow.dot | sed 's|^<g id="graph0"|<style>$(DARK)</style>\n&|' \
		> results/flowchart.svg.part && mv results/flowchart.svg.part results/flowchart.svg
