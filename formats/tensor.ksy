# SPDX-License-Identifier: MIT
meta:
  id: whit_tensor
  title: whit tensor stream
  file-extension: [t, m]
  license: MIT
  ks-version: 0.9
  endian: le
  encoding: UTF-8
doc: |
  Named tensors with labels in checksummed chunks, closed by an end chunk; see tensor.md.
  Kaitai Struct reads the bytes; the CRC-32s, the count in TEND, the padding and the rules
  for metadata are for the reader to check.
seq:
  - id: parts
    type: part
    repeat: eos
types:
  part:
    seq:
      - id: magic
        contents: [0x89, whit, 0x0d, 0x0a, 0x1a]
      - id: chunks
        type: chunk
        repeat: until
        repeat-until: _.tag == "TEND"
  chunk:
    seq:
      - id: tag
        type: str
        size: 4
        encoding: ASCII
        valid:
          expr: _ == "HEAD" or _ == "TNSR" or _ == "TEND" or _.substring(0, 1) >= "a"
        doc: unknown chunks are skipped when the first letter is lower case
      - id: len_header
        type: u4
        valid:
          expr: _ % 8 == 0
      - id: len_payload
        type: u8
        valid:
          max: 268435456
      - id: payload_crc32
        type: u4
      - id: header_crc32
        type: u4
        doc: of the chunk's bytes 0 to 19 and the header
      - id: header
        size: len_header
        type:
          switch-on: tag
          cases:
            '"HEAD"': head
            '"TNSR"': tensor
            '"TEND"': end
      - id: payload
        size: len_payload
        type:
          switch-on: 'tag == "TNSR" ? header.as<tensor>.dtype.to_i : tag == "HEAD" ? 0 : -1'
          cases:
            0: text
            1: u8s
            2: s8s
            3: s16s
            4: s32s
            5: s64s
            6: f32s
            7: f64s
      - id: padding
        size: -len_payload % 8
  head:
    seq:
      - id: major
        type: u2
        valid: 1
      - id: minor
        type: u2
      - id: zero
        type: u4
        valid: 0
  tensor:
    seq:
      - id: label
        type: s4
        valid:
          min: -1
      - id: dtype
        type: u1
        enum: dtype
      - id: ndim
        type: u1
        valid:
          max: 4
      - id: len_name
        type: u2
      - id: len_group
        type: u2
      - id: zero
        type: u2
        valid: 0
      - id: len_metadata
        type: u4
        valid:
          max: 65536
      - id: dims
        type: u4
        repeat: expr
        repeat-expr: 4
        doc: row-major; those from ndim on are 1
      - id: name
        type: str
        size: len_name
      - id: group
        type: str
        size: len_group
      - id: metadata
        type: str
        size: len_metadata
        doc: lines key=value
      - id: padding
        size-eos: true
  end:
    seq:
      - id: num_tensors
        type: u8
  text:
    seq:
      - id: text
        type: str
        size-eos: true
  u8s:
    seq:
      - { id: elements, type: u1, repeat: eos }
  s8s:
    seq:
      - { id: elements, type: s1, repeat: eos }
  s16s:
    seq:
      - { id: elements, type: s2, repeat: eos }
  s32s:
    seq:
      - { id: elements, type: s4, repeat: eos }
  s64s:
    seq:
      - { id: elements, type: s8, repeat: eos }
  f32s:
    seq:
      - { id: elements, type: f4, repeat: eos }
  f64s:
    seq:
      - { id: elements, type: f8, repeat: eos }
enums:
  dtype:
    1: u8
    2: s8
    3: s16
    4: s32
    5: s64
    6: f32
    7: f64
