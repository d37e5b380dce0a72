/* The framework switch: remembered, keeps the reader's place, and leads every link to the chosen framework.
   Loaded in the head, so that the first part runs before the page is drawn. Without scripts the two pages of
   a chapter link to each other all the same. */
(function () {
  "use strict";
  var LABELS = { torch: "PyTorch", keras: "Keras" };
  var FIRST = "torch";
  var KEY = "tl-framework";
  var PLACE = "tl-place";
  var root = document.documentElement;

  function stored(area, key) {
    try { return area.getItem(key); } catch (error) { return null; }
  }
  function store(area, key, value) {
    try { area.setItem(key, value); } catch (error) { /* private mode: the choice lasts for this page */ }
  }
  function forget(area, key) {
    try { area.removeItem(key); } catch (error) { /* nothing to forget */ }
  }
  function frameworkOf(path) {
    var found = /\/(torch|keras)\/[^/]+\.html$/.exec(path);
    return found ? found[1] : null;
  }

  var ofPage = frameworkOf(window.location.pathname);
  var chosen = stored(window.localStorage, KEY);
  if (!LABELS[chosen]) { chosen = null; }
  if (ofPage && !chosen) { store(window.localStorage, KEY, ofPage); chosen = ofPage; }
  root.classList.add("tl-js");
  root.dataset.tlFramework = ofPage || chosen || FIRST;

  /* --- the reader's place ---------------------------------------------------------------- */

  function anchors() {
    return Array.prototype.slice.call(
      document.querySelectorAll("article section[id], article .tl-anchor[id]")
    );
  }
  /* Every anchor above the middle of the window, the nearest first, each with its distance from the top:
     the other page may lack the nearest one, when a cell exists in one framework only. */
  function place() {
    var found = anchors()
      .map(function (node) { return { id: node.id, top: Math.round(node.getBoundingClientRect().top) }; })
      .filter(function (item) { return item.top <= window.innerHeight / 2; });
    found.sort(function (a, b) { return b.top - a.top; });
    return found.slice(0, 40);
  }
  function goTo(found) {
    for (var i = 0; i < found.length; i += 1) {
      var node = document.getElementById(found[i].id);
      if (node) {
        window.scrollTo({ top: window.scrollY + node.getBoundingClientRect().top - found[i].top, behavior: "instant" });
        return;
      }
    }
  }
  function restore() {
    var text = stored(window.sessionStorage, PLACE);
    if (!text) { return; }
    forget(window.sessionStorage, PLACE);
    var saved;
    try { saved = JSON.parse(text); } catch (error) { return; }
    if (!saved || saved.path !== window.location.pathname || Date.now() - saved.time > 20000) { return; }
    var current = document.querySelector(".tl-switch [aria-current]");
    if (current && saved.focus) { current.focus({ preventScroll: true }); }
    if (saved.start) { return; }
    /* Pictures and formulas change the heights while they arrive: go there again, until the reader moves. */
    var moved = false;
    ["wheel", "touchstart", "keydown", "pointerdown"].forEach(function (name) {
      window.addEventListener(name, function () { moved = true; }, { once: true, passive: true });
    });
    var last = null;
    function again() {
      /* The window is no longer where this put it: somebody scrolled. */
      if (last !== null && Math.abs(window.scrollY - last) > 2) { moved = true; }
      if (moved) { return; }
      goTo(saved.found);
      last = window.scrollY;
    }
    again();
    window.addEventListener("load", function () {
      again();
      if (window.MathJax && window.MathJax.startup && window.MathJax.startup.promise) {
        window.MathJax.startup.promise.then(again);
      }
      window.setTimeout(again, 250);
    });
  }

  /* --- links and buttons ------------------------------------------------------------------- */

  /* On pages that are not chapters, links to chapters follow the choice; links that name their framework
     (class tl-fixed) do not. */
  function retarget() {
    if (ofPage) { return; }
    var links = document.querySelectorAll("main a[href], .prev-next-area a[href]");
    Array.prototype.forEach.call(links, function (link) {
      if (link.classList.contains("tl-fixed") || link.closest(".tl-switch, .tl-results, #search-results")) { return; }
      var href = link.getAttribute("href");
      var to = href.replace(/^((?:\.\.?\/)*)(torch|keras)\//, "$1" + root.dataset.tlFramework + "/");
      if (to !== href) { link.setAttribute("href", to); }
    });
  }
  function choose(framework) {
    store(window.localStorage, KEY, framework);
    chosen = framework;
    if (!ofPage) { root.dataset.tlFramework = framework; }
    show();
  }
  function show() {
    Array.prototype.forEach.call(document.querySelectorAll("button[data-tl-choose]"), function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.tlChoose === root.dataset.tlFramework));
    });
    retarget();
    sortResults();
  }

  document.addEventListener("click", function (event) {
    var item = event.target.closest ? event.target.closest("[data-tl-choose]") : null;
    if (!item) { return; }
    var framework = item.dataset.tlChoose;
    choose(framework);
    if (item.tagName === "A" && item.closest(".tl-switch") && !item.hasAttribute("aria-current")) {
      store(window.sessionStorage, PLACE, JSON.stringify({
        path: new URL(item.href, window.location.href).pathname,
        found: place(),
        start: window.scrollY < 2,
        focus: event.detail === 0,
        time: Date.now()
      }));
    }
  });
  /* A choice made in another tab. */
  window.addEventListener("storage", function (event) {
    if (event.key === KEY && LABELS[event.newValue] && !ofPage) {
      root.dataset.tlFramework = event.newValue;
      show();
    }
  });

  /* --- search results --------------------------------------------------------------------- */

  /* Both pages of a chapter hold nearly the same words. Results in the other framework are hidden, and a
     line says how many and shows them. */
  function sortResults() {
    var lists = document.querySelectorAll("#search-results ul.search, ul.search");
    Array.prototype.forEach.call(lists, function (list) {
      var hidden = 0;
      var showAll = list.dataset.tlAll === "yes";
      Array.prototype.forEach.call(list.children, function (entry) {
        var link = entry.querySelector("a[href]");
        var of = link ? frameworkOf(new URL(link.href, window.location.href).pathname) : null;
        if (of && !entry.querySelector(".tl-badge")) {
          var badge = document.createElement("span");
          badge.className = "tl-badge";
          badge.textContent = LABELS[of];
          link.insertAdjacentElement("afterend", badge);
        }
        var other = Boolean(of) && of !== root.dataset.tlFramework;
        if (other) { hidden += 1; }
        entry.hidden = other && !showAll;
      });
      var note = list.previousElementSibling;
      if (!note || !note.classList.contains("tl-results")) {
        if (!hidden) { return; }
        note = document.createElement("p");
        note.className = "tl-results";
        note.setAttribute("role", "status");
        note.appendChild(document.createElement("span"));
        var button = document.createElement("button");
        button.type = "button";
        button.addEventListener("click", function () {
          list.dataset.tlAll = list.dataset.tlAll === "yes" ? "no" : "yes";
          sortResults();
        });
        note.appendChild(button);
        list.insertAdjacentElement("beforebegin", note);
      }
      var otherLabel = LABELS[root.dataset.tlFramework === "torch" ? "keras" : "torch"];
      var text = showAll ? "Pages for both frameworks. " : hidden + (hidden === 1 ? " page" : " pages") + " for " + otherLabel + " not shown. ";
      if (note.firstChild.textContent !== text) { note.firstChild.textContent = text; }
      var label = showAll ? "Show " + LABELS[root.dataset.tlFramework] + " only" : "Show both";
      if (note.lastChild.textContent !== label) { note.lastChild.textContent = label; }
      note.hidden = hidden === 0;
    });
  }
  function watchResults() {
    var watched = new MutationObserver(function (changes) {
      var news = changes.some(function (change) {
        return Array.prototype.some.call(change.addedNodes, function (node) {
          return node.nodeType === 1 && !node.closest(".tl-results") && !node.classList.contains("tl-badge") &&
            (node.matches("ul.search, ul.search *") || node.querySelector("ul.search"));
        });
      });
      if (news) { sortResults(); }
    });
    watched.observe(document.body, { childList: true, subtree: true });
  }

  /* --- small repairs of the theme, for readers with a keyboard or a screen reader ------------------ */

  function repair() {
    /* Wide tables and code scroll sideways: let the keyboard scroll them too. */
    Array.prototype.forEach.call(
      document.querySelectorAll("article pre, article .tl-figure, article .cell_output .output.text_html"),
      function (node) {
        if (node.scrollWidth > node.clientWidth + 1 && !node.hasAttribute("tabindex")) {
          node.setAttribute("tabindex", "0");
        }
      }
    );
  }

  /* --- from the disk ------------------------------------------------------------------------ */

  /* A browser lets no page read another file of the disk: the search shows its results without an excerpt. */
  if (window.location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  }

  /* --- on paper ----------------------------------------------------------------------------- */

  /* Folds are opened for the print, and those that were closed are closed after it. */
  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = Array.prototype.filter.call(document.querySelectorAll("article details:not([open])"), function (node) {
      node.open = true;
      return true;
    });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (node) { node.open = false; });
    opened = [];
  });

  document.addEventListener("DOMContentLoaded", function () {
    show();
    restore();
    watchResults();
    repair();
    window.addEventListener("load", repair);
  });
})();
