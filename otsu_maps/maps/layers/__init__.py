"""One module a layer: records in, pydeck layers out."""
