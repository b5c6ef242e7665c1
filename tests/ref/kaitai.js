#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// kaitai - compiles formats/tensor.ksy and prints a stream with what comes out of it, in the words
// of whit_stream.py show
//
//	NODE_PATH=tests/npm/node_modules kaitai.js tensor.ksy FILE
"use strict";
const fs = require("fs");
const Module = require("module");
const yaml = require("js-yaml");
const { KaitaiStream } = require("kaitai-struct");
const compiler = require("kaitai-struct-compiler");

// %.Ng of C
function number(x, digits) {
	if (digits === 0)
		return String(x);
	const [mantissa, exponent] = x.toPrecision(digits).split("e");
	const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
	return exponent ? short + "e" + exponent : short;
}

function load(source, file) {
	const m = new Module(file);
	m.paths = Module._nodeModulePaths(__dirname).concat((process.env.NODE_PATH || "").split(":"));
	m._compile(source, file);
	return m.exports.WhitTensor || m.exports;
}

async function main(ksy, file) {
	const sources = await compiler.compile("javascript", yaml.load(fs.readFileSync(ksy, "utf8")));
	const WhitTensor = load(sources["WhitTensor.js"], "WhitTensor.js");
	const stream = new WhitTensor(new KaitaiStream(new Uint8Array(fs.readFileSync(file)).buffer));
	let out = "";

	stream.parts.forEach((part, i) => part.chunks.forEach(c => {
		if (c.tag === "HEAD" && i === 0)
			out += c.payload.text;
		if (c.tag !== "TNSR")
			return;
		const t = c.header, dtype = WhitTensor.Dtype[t.dtype].toLowerCase();
		const digits = { f32: 9, f64: 17 }[dtype] || 0;
		out += `${t.name} ${t.label} ${t.group || "-"} ${dtype} ${t.dims.slice(0, t.ndim).join("x")}\n`;
		out += t.metadata.replace(/^(?=.)/gm, "  ");
		out += "  " + c.payload.elements.map(x => number(x, digits)).join(" ") + "\n";
	}));
	process.stdout.write(out);
}

main(...process.argv.slice(2)).catch(e => {
	console.error("kaitai: " + (e.message || e));
	process.exit(1);
});
