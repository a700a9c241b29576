#!/usr/bin/env bash
# Compare fragscope with ruff and grimp on a tree of yours:
#
#   benches/compare.sh [--changed] TREE [RUNS]
#
# RUNS pairs (5 when left out) a row. --changed adds a row with one changed file, on a temporary copy of TREE.
# The binary is target/release/fragscope, or what $FRAGSCOPE names. A peer that is missing is left out, and said so.
#
# The programs take turns, A B A B, and the ratio is taken within each pair: other work on the machine moves the
# seconds of both, and the ratio much less.
set -euo pipefail

usage() { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p;}' "$0" >&2; exit 2; }
fail() { printf 'error: %s\n' "$1" >&2; exit 2; }
skip() { printf '\nskipped: %s\n' "$1"; }

changed=no
if [ "${1:-}" = --changed ]; then changed=yes; shift; fi
case $# in 1 | 2) ;; *) usage ;; esac
case $1 in -*) usage ;; esac
runs=${2:-5}
case $runs in *[!0-9]* | 0*) usage ;; esac
[ -d "$1" ] || fail "there is no folder $1"
tree=$(cd "$1" && pwd)

repository=$(cd "$(dirname "$0")/.." && pwd)
fragscope=${FRAGSCOPE:-${CARGO_TARGET_DIR:-$repository/target}/release/fragscope}
command -v "$fragscope" >/dev/null ||
    fail "there is no program $fragscope; build it with \`cargo build --release\`, or set FRAGSCOPE"
command -v python3 >/dev/null || fail "the measuring needs python3"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# A cache of our own, so that a run neither uses nor disturbs the one in daily use.
export XDG_CACHE_HOME="$scratch/cache"
mkdir "$XDG_CACHE_HOME"
# Python would import from the current folder, which may be the tree (honoured from 3.11 on).
export PYTHONSAFEPATH=1

# Python, because a machine with a Python tree has it, and wait4 tells each child's use (/usr/bin/time is often missing,
# and getrusage(RUSAGE_CHILDREN) gives the highest peak of all children so far).
cat >"$scratch/measure.py" <<'PYTHON'
"""measure.py RUNS TITLE PEER CHANGED_FILE COMMAND.. -- PEER_COMMAND.."""
import os, subprocess, sys, tempfile, time
from statistics import median

runs, title, peer, changed_file = int(sys.argv[1]), *sys.argv[2:5]
split = sys.argv.index("--")
ours, theirs = sys.argv[5:split], sys.argv[split + 1 :]


def measure(command):
    """Wall seconds, processor seconds, peak MB (13 or so at least: a child starts with the peak of this helper)."""
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -1
        if child.returncode != 0:
            errors.seek(0)
            last_words = errors.read().decode(errors="replace")[-500:]
            sys.exit(f"error: `{' '.join(command)}` ended with {child.returncode}: {last_words}")
    unit = 1 if sys.platform == "darwin" else 1024
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6


pairs = []
for turn in range(runs + 1):
    if changed_file:
        with open(changed_file, "a") as file:
            file.write(f"\n# change {turn}\n")
    pairs.append((measure(ours), measure(theirs)))
# The first pair only warms up: the system's file cache, and the tools' own where the row allows one.
del pairs[0]

print(f"\n{title:32}{'wall s':>14}{'cpu s':>14}{'peak MB':>14}")
for name, side in ("fragscope", 0), (peer, 1):
    wall, cpu, peak = (median(pair[side][i] for pair in pairs) for i in range(3))
    print(f"  {name:30}{wall:14.3f}{cpu:14.3f}{peak:14.0f}")
# A processor time too short for the clock to tell counts as its smallest step.
ratios = [sorted(a[i] / max(b[i], 0.001) for a, b in pairs) for i in range(3)]
print(f"  {'ratio, median of pairs':30}" + "".join(f"{median(r):14.3f}" for r in ratios))
print(f"  {'lowest and highest pair':30}" + "".join(f"{f'{r[0]:.3f}-{r[-1]:.3f}':>14}" for r in ratios))
PYTHON

# Run as a file, not with -c or -m, and the tree on the path only after grimp is in: its own modules must not get in.
cat >"$scratch/with_grimp.py" <<'PYTHON'
"""with_grimp.py find TREE | with_grimp.py build PACKAGE_FOLDER [CACHE_FOLDER]"""
import sys
from importlib.util import find_spec
from pathlib import Path

import grimp


def top_level_package(tree):
    """The tree itself, or the package with most files in it or in its src; tests only when there is nothing else."""
    if (tree / "__init__.py").is_file() and not (tree.parent / "__init__.py").is_file():
        return tree
    inside = [*tree.glob("*/__init__.py"), *tree.glob("src/*/__init__.py")]
    packages = sorted(file.parent for file in inside if file.parent.name.isidentifier())
    return max(packages, default=None, key=lambda p: (p.name not in ("test", "tests"), sum(1 for _ in p.rglob("*.py"))))


what, folder = sys.argv[1], Path(sys.argv[2])
if what == "find":
    folder = top_level_package(folder)
    if folder is None:
        sys.exit("no top-level package in the tree")
sys.path.insert(0, str(folder.parent))
spec = find_spec(folder.name)
if spec is None or spec.origin is None or Path(spec.origin).parent.resolve() != folder.resolve():
    sys.exit(f"Python finds another `{folder.name}` before the one in the tree")
if what == "find":
    print(folder)
else:
    grimp.build_graph(folder.name, cache_dir=sys.argv[3] if len(sys.argv) > 3 else None)
PYTHON

compare() { python3 "$scratch/measure.py" "$runs" "$@"; }

# `which` is not enough: a version manager's stub is found even when nothing is behind it.
ruff=()
if ruff --version >/dev/null 2>&1; then
    ruff=(ruff)
elif python3 -m ruff --version >/dev/null 2>&1; then
    ruff=(python3 -m ruff)
fi
grimp=$(python3 -c 'import grimp; from importlib.metadata import version; print(version("grimp"))' 2>/dev/null) || :
[ ${#ruff[@]} -gt 0 ] || [ -n "$grimp" ] || fail "neither ruff nor grimp is here; try \`pip install ruff grimp\`"

"$fragscope" --version
[ ${#ruff[@]} -eq 0 ] || "${ruff[@]}" --version
[ -z "$grimp" ] || printf 'grimp %s\n' "$grimp"
python3 -c 'import os, platform as p
print("Python", p.python_version(), "on", p.system(), p.machine(), "with", os.cpu_count(), "processors,", end=" ")
print("load before the start %.1f" % os.getloadavg()[0])'

if [ ${#ruff[@]} -gt 0 ]; then
    # --isolated: a configuration in the tree may exclude files, or stop ruff altogether. String imports are looked for
    # because fragscope looks for them. `analyze graph` keeps no cache and refuses --no-cache.
    graph=("${ruff[@]}" analyze graph --isolated --detect-string-imports)
    "$fragscope" scan "$tree" --no-cache --format json >"$scratch/ours"
    "${graph[@]}" "$tree" >"$scratch/theirs" 2>"$scratch/reason" || fail "ruff: $(tail -n 3 "$scratch/reason")"
    # A ratio means little when one of them has read another tree.
    python3 -c 'import json, sys
ours, theirs = (json.load(open(file)) for file in sys.argv[1:])
print("files read: fragscope %s, ruff %s" % (ours["tree"]["files"], len(theirs)))' "$scratch/ours" "$scratch/theirs"

    compare "cold" "ruff analyze graph" "" \
        "$fragscope" scan "$tree" --no-cache --format json -- "${graph[@]}" "$tree"
    compare "warm, nothing changed" "ruff analyze graph" "" \
        "$fragscope" scan "$tree" --format json -- "${graph[@]}" "$tree"

    if [ $changed = yes ]; then
        # -p: files that look just written are read again even when the cache knows them, and would spoil the row.
        cp -Rp "$tree" "$scratch/tree"
        # A file of median size, out of those ruff reads: one in an ignored folder would change nothing.
        file=$("${graph[@]}" "$scratch/tree" 2>/dev/null | python3 -c '
import json, os, sys
files = sorted((os.path.getsize(file), file) for file in json.load(sys.stdin) if file.endswith(".py"))
print(os.path.abspath(files[len(files) // 2][1]))')
        compare "warm, one file changed" "ruff analyze graph" "$file" \
            "$fragscope" scan "$scratch/tree" --format json -- "${graph[@]}" "$scratch/tree"
    fi
else
    skip "the rows with ruff: there is no ruff on PATH nor in python3"
fi

if [ -z "$grimp" ]; then
    skip "the rows with grimp: python3 cannot import it"
elif ! package=$(python3 "$scratch/with_grimp.py" find "$tree" 2>"$scratch/reason"); then
    skip "the rows with grimp: $(tail -n 1 "$scratch/reason")"
elif ! python3 "$scratch/with_grimp.py" build "$package" 2>"$scratch/reason"; then
    skip "the rows with grimp: it fails on $(basename "$package"): $(tail -n 1 "$scratch/reason")"
else
    # Only the package, by both. The start of Python is part of what grimp costs.
    name=$(basename "$package")
    compare "package $name, cold" grimp "" \
        "$fragscope" scan "$package" --no-cache --format json -- python3 "$scratch/with_grimp.py" build "$package"
    compare "package $name, warm" grimp "" \
        "$fragscope" scan "$package" --format json -- \
        python3 "$scratch/with_grimp.py" build "$package" "$scratch/grimp-cache"
fi
