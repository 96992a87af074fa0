@echo off
rem Installs otsu_maps into program\.venv beside this file. Asks no network: everything lies in wheels\.
setlocal
cd /d "%~dp0"
py -@PYTHON@ -c "pass" 2>nul
if errorlevel 1 (
    echo Python @PYTHON@ ^(64 bit^) is needed, with its launcher "py".
    exit /b 2
)
py -@PYTHON@ -m venv program\.venv || exit /b 1
set PIP_CONFIG_FILE=nul
set PIP_NO_INDEX=1
set PIP_DISABLE_PIP_VERSION_CHECK=1
set PIP_FIND_LINKS=
set PIP_INDEX_URL=
set PIP_EXTRA_INDEX_URL=
set PIP_CONSTRAINT=
set PIP=program\.venv\Scripts\python -m pip install --quiet --no-index --find-links wheels\windows
%PIP% --require-hashes -r program\requirements.lock || exit /b 1
%PIP% --no-deps --no-build-isolation --editable program || exit /b 1
echo Installed. Start it with program\.venv\Scripts\otsu-maps serve
