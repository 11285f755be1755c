"""A sheet becomes typed columns with addresses, or is refused with what to do instead.

Owns: reading csv and xlsx (`reading.read_table`), the Table that comes out (`table`), the one
number grammar (`numbers`), folding of keys and headings (`folding`), matching of headings
(`headings`), the rows around a cell (`windows`), writing xlsx (`writing`).

Refuses to guess: no replaced characters, no rounded numbers, no hidden sheet in place of the
visible one, no formula, error or date taken for a number, no name changed. Every fold is told.

Knows nothing of indicators, people or periods; no models, no Django but for its texts.
"""
