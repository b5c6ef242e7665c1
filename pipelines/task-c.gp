# SPDX-License-Identifier: MIT
# Accuracy against bits of the recipe whit: mean, least and greatest of the seeds.
set terminal svg size 640,420 font "sans,13" background "white"
set datafile separator tab
set title corpus.", LSTM 2x24: accuracy against bits a weight" noenhanced
set xlabel "bits a weight"
set ylabel "test accuracy, %"
set xrange [1.7:5.3]
set xtics 2,1,5
set grid ytics
set key bottom right
of(approach) = "< awk -F '\t' -v approach=".approach." -f pipelines/task-c-bits.awk ".table
plot of("round") using ($1 + 0.03):2:3:4 with yerrorbars lc 2 notitle, \
	of("round") using ($1 + 0.03):2 with lines lc 2 title "rounded once", \
	of("ste") using ($1 - 0.03):2:3:4 with yerrorbars lc 1 notitle, \
	of("ste") using ($1 - 0.03):2 with lines lc 1 title "trained on (ste)", \
	of("-") using 1:2 with lines lc 3 title "float"
