"""What a person does with many notes in a browser: bring in, sort, throw away, take out."""

import zipfile
from pathlib import Path

NOTES = 300
CARRIED_OUT = "Carried out for %(count)s."


def packed(folder: Path) -> Path:
    """A ZIP of many notes."""
    path = folder / "notes.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(NOTES):
            archive.writestr(f"notes/{number:03}.md", f"# Note {number}\n\nOf day {number}.\n")
    return path


def bring_notes(story, folder):
    browser = story.browser
    story.open("/import")
    story.picture("import")
    browser.type("#file", str(packed(folder)))
    browser.click("main form button")
    browser.wait("return /^\\/import\\/.+/.test(location.pathname)")
    story.picture("importing")
    browser.wait("return document.querySelector('#progress .tag.good') !== null")
    story.open(browser.run("return location.href"))
    assert str(NOTES) in browser.run("return document.querySelector('#progress').innerText")
    story.picture("imported")
    story.open("/memories")
    story.picture("list")
    story.open("/memories?q=note")
    story.picture("search")


def tag_and_untag_them(story):
    """A selection that is sent in parts."""
    browser = story.browser
    story.open("/memories")
    browser.click("[data-selects]")
    assert browser.run("return document.querySelectorAll('input[name=id]:checked').length") == 50
    browser.click("#selected button")
    story.at("/memories/bulk")
    browser.run("document.querySelector('form[data-parts]').dataset.parts = 20")
    story.picture("selected")
    browser.type("#tags", "spring, days")
    story.press("tag")
    assert story.says(CARRIED_OUT, count=50)
    story.picture("tagged")
    story.press("undo")
    assert story.says(CARRIED_OUT, count=50)


def throw_away_and_get_back(story):
    browser = story.browser
    story.open("/memories")
    doc_id = browser.run("return document.querySelector('a.row-title').href.split('/').pop()")
    story.send("/memories/bulk", do="delete", id=doc_id)
    story.open("/trash")
    browser.click("main input[name=id]")
    story.picture("trash")
    story.press("restore")
    assert story.says("%(count)d restored.", count=1)


def take_out(story):
    story.open("/export?place=personal")
    story.picture("export")
    story.browser.run(
        """window.lines = 0;
        fetch(document.querySelector('a[download]').href).then((it) => it.text())
          .then((text) => { window.lines = text.trim().split('\\n').length; });"""
    )
    assert story.browser.wait("return window.lines") >= NOTES
