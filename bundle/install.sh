#!/bin/sh
# Installs otsu_maps into program/.venv beside this file. Asks no network: everything lies in wheels/.
set -eu
cd "$(dirname "$0")"
PYTHON=${PYTHON:-python@PYTHON@}
if ! "$PYTHON" -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "@PYTHON@")' 2>/dev/null; then
    echo "Python @PYTHON@ が必要です。場所を PYTHON=... sh install.sh で指定できます。"
    echo "Python @PYTHON@ is needed. Say where it is: PYTHON=... sh install.sh"
    exit 2
fi
"$PYTHON" -m venv program/.venv
export PIP_CONFIG_FILE=/dev/null PIP_NO_INDEX=1 PIP_DISABLE_PIP_VERSION_CHECK=1
unset PIP_FIND_LINKS PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_CONSTRAINT
PIP="program/.venv/bin/python -m pip install --quiet --no-index --find-links wheels/linux"
$PIP --require-hashes -r program/requirements.lock
$PIP --no-deps --no-build-isolation --editable program
echo "インストールしました。program/.venv/bin/otsu-maps serve で始めます。"
echo "Installed. Start it with program/.venv/bin/otsu-maps serve"
