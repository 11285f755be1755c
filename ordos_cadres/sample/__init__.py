"""The sample city: invented people and figures in a real place, for trying the product and for its tests.

Everything is derived from one seed by integer arithmetic, so that it is the same on every machine,
and everything goes through the services and the door of intake. The rooms: ``places`` (units and
groups), ``people`` (names, posts, spells), ``catalogue`` (indicators, schemes), ``figures`` (values
and targets), ``sheets`` (the Excel files), ``tries`` (the faulty and the mended file), ``users``,
``city`` (the order of it all).
"""
