"""What a reader sees of a page, measured in the browser, and pictures of it kept as build output."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Locator, Page

ROOT = Path(__file__).parents[2]
LARGE_PX, LARGE_BOLD_PX = 24.0, 18.66
"""From here on WCAG 2.2 calls text large."""

_TEXTS = """
  const isSeen = each => each.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const words = each => each.textContent.trim();
  const cut = text => text.replace(/\\s+/g, ' ').slice(0, 40);
  const texts = root => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT), found = [];
    for (let node; (node = walker.nextNode());) {
      const inside = node.parentElement;
      if (!words(node) || inside.closest('script, style, title, svg') || !isSeen(inside)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const box of range.getClientRects()) if (box.width > 1) found.push({node, inside, box});
    }
    return found;
  };
"""

CUT = (
    "root => {"
    + _TEXTS
    + """
  const clips = each => ['hidden', 'clip', 'auto', 'scroll'].includes(getComputedStyle(each).overflowX);
  return [...new Set(texts(document.querySelector(root)).filter(({inside, box}) => {
    if (inside.closest('.skip')) return false;
    if (box.left < -1 || box.right > innerWidth + 1) return true;
    for (let each = inside; each !== document.body; each = each.parentElement) {
      const about = each.getBoundingClientRect();
      if (clips(each) && (box.left < about.left - 1 || box.right > about.right + 1)) return true;
    }
    return false;
  }).map(({node}) => cut(words(node))))];
}"""
)
"""Words that run out of the screen, or out of a box that hides what is too wide."""

COVERED = (
    "root => {"
    + _TEXTS
    + """
  const cover = document.querySelector(root), wrong = new Set();
  const look = (x, y) => {
    const found = document.elementFromPoint(x, y);
    if (found && !cover.contains(found)) wrong.add(cut(words(found)));
  };
  for (let x = 0; x < 12; x++) for (let y = 0; y < 12; y++)
    look((x + .5) * innerWidth / 12, (y + .5) * innerHeight / 12);
  for (const {box} of texts(document.body)) look((box.left + box.right) / 2, (box.top + box.bottom) / 2);
  return [...wrong];
}"""
)
"""What can be seen or touched beside a cover that should hide all."""

OVERLAPS = (
    "root => {"
    + _TEXTS
    + """
  const isInline = each => ['inline', 'ruby', 'ruby-text'].includes(getComputedStyle(each).display);
  const blocks = new Map(), frame = document.querySelector(root);
  for (const {inside} of texts(frame)) {
    let each = inside;
    while (isInline(each)) each = each.parentElement;
    blocks.set(each, each.getBoundingClientRect());
  }
  const held = [...blocks], wrong = new Set();
  for (const [one, a] of held) {
    const line = one.closest('li, .rung, section, header, footer, .band, main');
    const around = line.getBoundingClientRect();
    if (a.top < around.top - 2 || a.bottom > around.bottom + 2) wrong.add('out of its line: ' + cut(words(one)));
    if (a.bottom > innerHeight + 1 || a.right > innerWidth + 1) wrong.add('out of the screen: ' + cut(words(one)));
    for (const [other, b] of held) {
      if (one === other || one.contains(other) || other.contains(one)) continue;
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 2 && down > 2) wrong.add([cut(words(one)), cut(words(other))].sort().join(' | '));
    }
  }
  return [...wrong];
}"""
)
"""Words that lie on other words, leave their line or leave the screen."""

PALE = (
    "root => {"
    + _TEXTS
    + """
  const colour = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, n) => sum + c * [.2126, .7152, .0722][n], 0);
  const ground = each => {
    for (; each; each = each.parentElement) {
      const found = colour(getComputedStyle(each).backgroundColor);
      if (found.length < 4 || found[3] > .99) return found;
    }
    return [255, 255, 255];
  };
  return [...new Set(texts(document.querySelector(root)).filter(({inside}) => {
    const style = getComputedStyle(inside), size = parseFloat(style.fontSize);
    for (let each = inside; each; each = each.parentElement)
      if (+getComputedStyle(each).opacity < .99) return true;
    const isLarge = size >= LARGE || (size >= BOLD && +style.fontWeight >= 700);
    const [a, b] = [light(colour(style.color)), light(ground(inside))];
    return (Math.max(a, b) + .05) / (Math.min(a, b) + .05) < (isLarge ? 3 : 4.5);
  }).map(({node}) => cut(words(node))))];
}""".replace("LARGE", str(LARGE_PX)).replace("BOLD", str(LARGE_BOLD_PX))
)
"""Words with too little contrast to what they stand on (WCAG 2.2, 1.4.3)."""

SMALL = (
    "([root, least]) => {"
    + _TEXTS
    + """
  return [...new Set(texts(document.querySelector(root)).filter(({inside}) =>
    !inside.closest('rt') && parseFloat(getComputedStyle(inside).fontSize) < least - .01
  ).map(({inside, node}) => parseFloat(getComputedStyle(inside).fontSize).toFixed(1) + ' ' + cut(words(node))))];
}"""
)
"""Words in letters smaller than so many pixels; readings over characters are none."""

UNSAID = (
    "root => {"
    + _TEXTS
    + """
  return [...new Set(texts(document.querySelector(root)).filter(({inside}) => !inside.closest('a'))
    .map(({node}) => words(node)).filter(text => /\\{\\w+\\}|^[a-z]+\\.[a-z0-9_]+$/.test(text)))];
}"""
)
"""Words that are still a key of the catalogue or hold a parameter that nobody filled in; links are names of files."""

KANA = (
    "root => {"
    + _TEXTS
    + """
  return [...new Set(texts(document.querySelector(root)).filter(({inside, node}) =>
    /[\\u3041-\\u3096\\u30a1-\\u30fa]/.test(words(node)) && inside.closest('[lang]').lang.split('-')[0] !== 'ja'
  ).map(({node}) => cut(words(node))))];
}"""
)
"""Japanese letters in what is said to be another language: a word that nobody translated, or a name without its tag."""


def faults(page: Page, root: str, *, lies_on: bool = False) -> dict[str, Any]:
    """What is wrong with the words below `root`, by kind; empty where all is well. `lies_on`: look for overlaps too."""
    wanted = {"cut": CUT, "pale": PALE, "unsaid": UNSAID, "kana": KANA} | ({"overlaps": OVERLAPS} if lies_on else {})
    measures = ",".join(f"{kind}: ({script})(root)" for kind, script in wanted.items())
    wide = "wide: document.documentElement.scrollWidth > innerWidth"
    found = page.evaluate(f"root => ({{{measures}, {wide}}})", root)
    return {kind: what for kind, what in found.items() if what not in ([], False)}


def picture(seen: Page | Locator, **about: Any) -> bytes:
    """What is seen of a page or a part of it. Chromium may refuse once, when the machine is busy: it is asked again."""
    try:
        return seen.screenshot(**about)
    except Error:
        return seen.screenshot(**about)


def keep(page: Page, room: str, name: str, *, full: bool = False) -> None:
    """A picture `<name>.jpg` in a folder for people to look at: `build/screenshots`, elsewhere with SCREENSHOTS.

    It promises nothing: where there is none, the run says so and goes on.
    """
    folder = Path(os.environ.get("SCREENSHOTS") or ROOT / "build" / "screenshots") / room
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.jpg"
    path.unlink(missing_ok=True)
    try:
        path.write_bytes(picture(page, type="jpeg", quality=80, full_page=full))
    except Error as error:
        warnings.warn(f"no picture {path.name}: {error.message.partition(chr(10))[0]}", stacklevel=2)
