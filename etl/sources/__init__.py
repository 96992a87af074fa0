"""One file a source: a format read, tidied into the columns of its table, checked against its contract."""
