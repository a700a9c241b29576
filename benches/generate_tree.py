#!/usr/bin/env python3
"""Write a synthetic Python tree of N files into DIR: generate_tree.py N DIR [--seed SEED]

For the cost of one file as a tree grows, from 1,000 files to 100,000. So what a file holds (60 to 150 lines, its
classes, functions and imports) does not depend on N, and the same N and SEED give the same bytes everywhere.
"""

import argparse
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

MODULES_PER_PACKAGE = 20
PACKAGES_PER_AREA = 25
NOUNS = "account agent batch cache device event invoice job message order policy queue report route session".split()
ROLES = "Adapter Builder Client Factory Handler Loader Manager Registry Reader Service Store Writer".split()
VERBS = "apply build check close collect fetch load merge notify open prepare publish resolve send store update".split()
FIELDS = "attempts created_at endpoint items kind limit name owner payload region retries state timeout user_id".split()
STDLIB = "asyncio contextlib dataclasses functools itertools json logging os re time typing uuid".split()

# Every statement stands on its own, so that any sequence of them is a body; and there are enough of them that two
# bodies are rarely alike: a tree full of duplicates would measure the duplicates.
STATEMENTS = [
    '{a} = {me}.settings.get("{b}", {n})',
    "{a} = [item for item in {me}.{b} if item is not None][:{n}]",
    '{me}.{a} = {{"{b}": {n}, "{c}": {me}.{c}, "kind": "{verb}"}}',
    'logger.debug("{verb} %s after %d", {me}.{a}, {n})',
    "if len({me}.{a}) > {n}:\n    {me}.{b} = {n}\n    return {me}.{c}",
    "for {a} in range({n}):\n    {me}.{verb}_{noun}({a}, {b}={me}.{b})",
    "try:\n    {me}.{a} = int({me}.{b})\nexcept (TypeError, ValueError) as error:\n"
    '    raise RuntimeError(f"cannot {verb} {{{me}.{c}}}") from error',
    "with {me}.lock:\n    {me}.{a}.append({me}.{b})\n    {me}.{c} += {n}",
    "{a} = {cls}({me}.{b}, limit={n})\n{a}.{verb}()",
    '{me}.{a} = os.environ.get("{B}_{A}", "{n}")',
    '{a} = f"https://{noun}.example.com/{verb}/{{{me}.{b}}}?limit={n}"',
    "while {me}.{a} and {me}.{b} < {n}:\n    {me}.{b} += 1\nelse:\n    {me}.{c} = None",
]


class Dice(Random):
    """Built on random() alone: only that is promised to stay the same from one Python version to the next."""

    def below(self, n):
        return int(self.random() * n)

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def pick(self, items):
        return items[self.below(len(items))]


@dataclass
class Module:
    path: Path
    dotted: str
    package: str
    is_package: bool
    is_test: bool
    classes: list = field(default_factory=list)


def plan(n_files, seed):
    """All files with their class names, before any is written: imports have to name what is there."""
    dice = Dice(seed)
    modules = []

    def add(folder, name):
        package = ".".join(folder)
        is_package = name == "__init__"
        dotted = package if is_package else f"{package}.{name}"
        module = Module(Path(*folder, name + ".py"), dotted, package, is_package, name.startswith("test_"))
        if not is_package:
            module.classes = class_names(dice, folder, dice.pick([1, 1, 1, 2]))
        modules.append(module)

    add(["app"], "__init__")
    n_packages = 0
    while len(modules) < n_files:
        area = f"area_{n_packages // PACKAGES_PER_AREA:03}"
        if n_packages % PACKAGES_PER_AREA == 0:
            add(["app", area], "__init__")
        folder = ["app", area, f"{dice.pick(NOUNS)}_{n_packages:04}"]
        add(folder, "__init__")
        for i in range(MODULES_PER_PACKAGE - 1):
            prefix = "test_" if i % 10 == 9 else ""
            add(folder, f"{prefix}{dice.pick(NOUNS)}_{dice.pick(VERBS)}_{i:02}")
        n_packages += 1
    return modules[:n_files]


def class_names(dice, folder, count):
    """One name in thirty is used all over the tree, as in real ones; the others belong to their package."""
    own = "".join(part.capitalize() for part in folder[-1].split("_"))
    names = {dice.pick(ROLES) if dice.below(30) == 0 else own + dice.pick(VERBS).capitalize() + dice.pick(ROLES)
             for _ in range(count)}
    return sorted(names)


def package_text(module, inside):
    """Re-exports some of the package's classes: the second path to a definition."""
    shown = [m for m in inside if not m.is_package and not m.is_test][:6]
    lines = [f'"""The package `{module.dotted}`."""', ""]
    lines += [f"from .{m.dotted.rsplit('.', 1)[1]} import {m.classes[0]}" for m in shown]
    lines += ["", "__all__ = ["] + [f'    "{m.classes[0]}",' for m in shown] + ["]"]
    return "\n".join(lines) + "\n"


def module_text(module, at, modules, re_exported, dice):
    lines = [f'"""{dice.pick(VERBS).capitalize()} the {dice.pick(NOUNS)}s of `{module.package}`."""', ""]
    names = {"os", "logging", "threading"}
    while len(names) < 6:
        names.add(dice.pick(STDLIB))
    lines += [f"import {name}" for name in sorted(names)]
    lines += ["from unittest import mock", ""] if module.is_test else [""]

    known = []
    for _ in range(dice.between(2, 6)):
        other = modules[pick_import(at, len(modules), dice)]
        if other is module or other.is_package or other.is_test:
            continue
        name = dice.pick(other.classes)
        if name in known or name in module.classes:
            continue
        known.append(name)
        if other.package == module.package and dice.below(2):
            lines.append(f"from .{other.dotted.rsplit('.', 1)[1]} import {name}")
        elif (other.package, name) in re_exported and dice.below(2):
            lines.append(f"from {other.package} import {name}")
        else:
            lines.append(f"from {other.dotted} import {name}")
    lines += ["", "logger = logging.getLogger(__name__)"]
    lines += [f"DEFAULT_{dice.pick(FIELDS).upper()} = {dice.between(1, 900)}"]

    # A class takes methods up to its share of the length, functions take the rest; none is cut in half.
    target = dice.between(60, 138)
    for name in module.classes:
        lines += ["", "", *class_text(name, known, dice.between(20, target // (2 * len(module.classes))), dice)]
    while len(lines) < target:
        lines += ["", "", *function_text(module, known, dice)]
    return "\n".join(lines) + "\n"


def pick_import(at, n_modules, dice):
    """Mostly a neighbour, as in real trees. Far imports go backwards only: with a few far ones forward, nearly all
    modules would be one cycle."""
    roll = dice.below(30)
    if roll == 0:
        return min(at + 1, n_modules - 1)
    if roll <= 3:
        return dice.below(at)
    return max(0, at - dice.between(1, 30))


def class_text(name, known, length, dice):
    base = f"({dice.pick(known)})" if known and dice.below(3) == 0 else ""
    lines = [f"class {name}{base}:", f'    """{name} for one {dice.pick(NOUNS)}."""', ""]
    lines += ["    def __init__(self, settings, limit=10):"]
    lines += [f"        self.{what}" for what in ("settings = settings", "limit = limit", "lock = threading.Lock()")]
    while len(lines) < length:
        keyword = "async def" if dice.below(4) == 0 else "def"
        method = f"{dice.pick(VERBS)}_{dice.pick(NOUNS)}"
        lines += ["", f"    {keyword} {method}(self, {dice.pick(FIELDS)}, *, strict: bool = False):"]
        lines += ["        " + line for line in body("self", known or [name], dice)]
    return lines


def function_text(module, known, dice):
    name = f"{dice.pick(VERBS)}_{dice.pick(NOUNS)}_{dice.below(1000)}"
    classes = known or module.classes
    if module.is_test:
        lines = [f'@mock.patch("{module.dotted}.{dice.pick(classes)}")', f"def test_{name}(service):"]
    else:
        lines = [f"def {name}(service, {dice.pick(FIELDS)}=None):"]
    return lines + ["    " + line for line in body("service", classes, dice)]


def body(me, classes, dice):
    lines = []
    for _ in range(dice.between(2, 4)):
        a, b, c = dice.pick(FIELDS), dice.pick(FIELDS), dice.pick(FIELDS)
        lines += dice.pick(STATEMENTS).format(
            me=me, a=a, b=b, c=c, A=a.upper(), B=b.upper(), n=dice.between(1, 900), verb=dice.pick(VERBS),
            noun=dice.pick(NOUNS), cls=dice.pick(classes),
        ).split("\n")
    return [*lines, f"return {me}.{dice.pick(FIELDS)}"]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("n", type=int, metavar="N", help="how many .py files")
    arguments.add_argument("dir", type=Path, metavar="DIR", help="a folder that is empty or not there yet")
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    if given.n < 1:
        arguments.error("N has to be 1 or more")
    if given.dir.exists() and any(given.dir.iterdir()):
        arguments.error(f"{given.dir} is not empty")

    modules = plan(given.n, given.seed)
    inside = {}
    for module in modules:
        inside.setdefault(module.package, []).append(module)
    texts = {m.dotted: package_text(m, inside[m.package]) for m in modules if m.is_package}
    re_exported = {(m.package, m.classes[0]) for m in modules
                   if not m.is_package and f"import {m.classes[0]}\n" in texts[m.package]}

    for at, module in enumerate(modules):
        path = given.dir / module.path
        path.parent.mkdir(parents=True, exist_ok=True)
        # Its own dice for each file: what one draws does not move the next.
        dice = Dice(given.seed * 1_000_003 + at)
        text = texts[module.dotted] if module.is_package else module_text(module, at, modules, re_exported, dice)
        path.write_bytes(text.encode())


if __name__ == "__main__":
    main()
