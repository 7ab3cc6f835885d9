# Shared by the scripts beside it: finds Python and prepares .venv in the checkout.
# Sourced, never run. POSIX sh; needs nothing but Python 3.11 or newer.

ROOT=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$ROOT" || exit 1
VENV="$ROOT/.venv"

# Byte code goes into the virtual environment, never into the checkout. It is wanted even where the
# shell says otherwise: without it every start compiles a thousand files, for two seconds.
export PYTHONPYCACHEPREFIX="$VENV/pycache"
unset PYTHONDONTWRITEBYTECODE

die() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Prints the block of comments at the top of the script that sourced this file.
show_help() {
    sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
}

# Prints the first Python on the path that is new enough; HUB_PYTHON names one to use.
find_python() {
    for candidate in ${HUB_PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    found=$("${HUB_PYTHON:-python3}" --version 2>&1) || found="none on the PATH"
    die "Memory Hub needs Python 3.11 or newer; found: $found." \
        "Install one, or name it: HUB_PYTHON=/path/to/python3.11 $0"
}

# Makes .venv and installs the requirements when they changed since the last time.
# $1: "" for what the hub needs to run, --dev for what the tests need as well.
prepare_environment() {
    bootstrap=$(find_python) || exit 1
    "$bootstrap" script/environment.py ${1:+"$1"} || exit 1
    PYTHON="$VENV/bin/python"
}
