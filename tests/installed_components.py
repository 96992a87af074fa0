"""What is installed is searched for components of Streamlit once, and not for each app that a test runs: that took half
of its time. Importing this is enough."""

from __future__ import annotations

from functools import cache

from streamlit.components.v2 import manifest_scanner

manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
