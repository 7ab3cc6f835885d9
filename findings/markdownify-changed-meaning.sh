#!/bin/sh
# HTML to Markdown and back: bold Korean is not bold, ticks are gone, a year becomes a list.
#
# One would expect: what markdownify writes, a CommonMark parser reads as the same paragraphs,
# bold words and ticked boxes. Imports from notes and documents go this way.
#
# What happens (markdownify 1.2.3, markdown-it-py 4.3.0, seen 2026-11-28):
# - a bold phrase that ends in a bracket, quote or full stop and has a Korean particle behind it
#   is written as **말(뜻)**은; by CommonMark's rules for delimiters that is no bold, and readers see
#   the asterisks;
# - two bold pieces side by side become **a****b**, which reads as one with asterisks inside;
# - ticked and unticked boxes of a task list become the same plain item: what was done is lost;
# - paragraphs that begin with "2026.", "-", "#" or "+" become lists and headings, since only
#   asterisks and underscores are escaped by default;
# - a cell with "|" splits in two and pushes the next cell out of the table.
#
# Who builds on it: escape_misc=True mends paragraphs and cells, not the rest; read the result
# once with a parser and compare the text.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

python3 -m venv "$dir/env"
"$dir/env/bin/pip" install --quiet --disable-pip-version-check \
    markdownify==1.2.3 \
    markdown-it-py==4.3.0

cat >"$dir/probe.py" <<'PROBE'
import markdownify
from markdown_it import MarkdownIt

reader = MarkdownIt("commonmark").enable("table")
for html in (
    "<p><b>말(뜻)</b>은 여기</p>",
    "<p><b>“인용”</b>이라고</p>",
    "<p><b>a</b><b>b</b></p>",
    '<ul><li><input type="checkbox" checked> paid</li><li><input type="checkbox"> open</li></ul>',
    "<p>2026. A good year</p>",
    "<p># not a heading</p>",
    "<table><tr><th>key</th><th>means</th></tr><tr><td>a|b</td><td>or</td></tr></table>",
):
    for options in ({}, {"escape_misc": True}):
        written = markdownify.markdownify(html, **options)
        read = "".join(reader.render(written).split("\n"))
        print(f"{html}\n  {'escape_misc' if options else 'default'}: {written.strip()!r}\n  reads {read}")
PROBE

cat >"$dir/expected" <<'EXPECTED'
<p><b>말(뜻)</b>은 여기</p>
  default: '**말(뜻)**은 여기'
  reads <p>**말(뜻)**은 여기</p>
<p><b>말(뜻)</b>은 여기</p>
  escape_misc: '**말(뜻)**은 여기'
  reads <p>**말(뜻)**은 여기</p>
<p><b>“인용”</b>이라고</p>
  default: '**“인용”**이라고'
  reads <p>**“인용”**이라고</p>
<p><b>“인용”</b>이라고</p>
  escape_misc: '**“인용”**이라고'
  reads <p>**“인용”**이라고</p>
<p><b>a</b><b>b</b></p>
  default: '**a****b**'
  reads <p><strong>a****b</strong></p>
<p><b>a</b><b>b</b></p>
  escape_misc: '**a****b**'
  reads <p><strong>a****b</strong></p>
<ul><li><input type="checkbox" checked> paid</li><li><input type="checkbox"> open</li></ul>
  default: '* paid\n* open'
  reads <ul><li>paid</li><li>open</li></ul>
<ul><li><input type="checkbox" checked> paid</li><li><input type="checkbox"> open</li></ul>
  escape_misc: '* paid\n* open'
  reads <ul><li>paid</li><li>open</li></ul>
<p>2026. A good year</p>
  default: '2026. A good year'
  reads <ol start="2026"><li>A good year</li></ol>
<p>2026. A good year</p>
  escape_misc: '2026\\. A good year'
  reads <p>2026. A good year</p>
<p># not a heading</p>
  default: '# not a heading'
  reads <h1>not a heading</h1>
<p># not a heading</p>
  escape_misc: '\\# not a heading'
  reads <p># not a heading</p>
<table><tr><th>key</th><th>means</th></tr><tr><td>a|b</td><td>or</td></tr></table>
  default: '| key | means |\n| --- | --- |\n| a|b | or |'
  reads <table><thead><tr><th>key</th><th>means</th></tr></thead><tbody><tr><td>a</td><td>b</td></tr></tbody></table>
<table><tr><th>key</th><th>means</th></tr><tr><td>a|b</td><td>or</td></tr></table>
  escape_misc: '| key | means |\n| --- | --- |\n| a\\|b | or |'
  reads <table><thead><tr><th>key</th><th>means</th></tr></thead><tbody><tr><td>a|b</td><td>or</td></tr></tbody></table>
EXPECTED

"$dir/env/bin/python" "$dir/probe.py" >"$dir/seen"
cat "$dir/seen"
if ! diff "$dir/expected" "$dir/seen"; then
    echo "Changed: what markdownify writes no longer holds as written above." >&2
    exit 1
fi
