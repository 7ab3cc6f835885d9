/* The admin's theme for the build of Alpine.js that compiles nothing at run time.

   That build reads the expressions of the page's attributes itself, without `eval`. The few that it
   does not understand (globals, several statements, arrow functions) are put in other words here,
   before Alpine reads them. What `x-bind:action` says of `window.location` is one of those. */
"use strict";

const kept = "sidebarDesktopOpen";

/* The state of the whole page: what the theme writes into the attributes of its body. */
function page(activeTab) {
  const open = localStorage.getItem(kept);
  return {
    activeTab,
    // Where the page is, in a copy: of the browser's own objects expressions know nothing.
    place: { pathname: location.pathname, search: location.search },
    sidebarMobileOpen: false,
    sidebarDesktopOpen: open === null || open === "1",
    init() {
      this.activeTab = getCurrentTab() || activeTab;
      this.$watch(kept, (value) => localStorage.setItem(kept, value ? "1" : "0"));
    },
  };
}

/* An expression in the words of the smaller language. */
function plain(text) {
  const conditional = text.match(/^if \((.*)\) ([^{}]+)$/s);
  if (conditional) return `(${conditional[1]}) && (${conditional[2]})`;
  const parts = text.split(";").map((part) => part.trim());
  // The page itself remembers whether the side bar is open.
  const said = parts.filter((part) => part && !part.startsWith("localStorage."));
  return said.length > 1 ? `[${said.join(", ")}]` : said[0] ?? "";
}

document.addEventListener("alpine:init", () => {
  const body = document.body;
  const tab = (body.getAttribute("x-data") ?? "").match(/activeTab: '([^']*)'/);
  body.setAttribute("x-data", "page");
  body.removeAttribute("x-init");
  Alpine.data("page", () => page(tab ? tab[1] : ""));
  for (const maker of [theme, searchForm, searchDropdown, searchCommand]) {
    Alpine.data(maker.name, maker);
  }
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      if (name.startsWith("x-on:") && /;\s*\S|^if \(/.test(value)) {
        element.setAttribute(name, plain(value.trim()));
      } else if (name.startsWith("x-bind:") && value.includes("window.location")) {
        element.setAttribute(name, value.replaceAll("window.location", "place"));
      }
    }
  }
});
