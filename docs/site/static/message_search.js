/*
 * Copyright (c) 2026 evenkeel.paas contributors
 * GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * Find a message that somebody pastes into the search. Sphinx's own search wants every word of a
 * query on a page, and a message has values that are on no page. Here the words that a message
 * and the query share count, and rare words count more.
 */
"use strict";

(function () {
  /** Return the different words of a text; quoted values and ids are not words. */
  function words(text) {
    const plain = text.replace(/'[^']*'|"[^"]*"|\{\{.*?\}\}/g, " ").toLowerCase();
    const found = plain.match(/[a-z][a-z_]*[a-z]|https?/g) || [];
    return new Set(found);
  }

  /** Return the messages that fit a query, the best first, each as [text, anchor]. */
  function find(query, messages) {
    const known = messages.map(([text]) => words(text));
    const weight = (word) => {
      const having = known.filter((set) => set.has(word)).length;
      return having ? Math.log(1 + messages.length / having) : 0;
    };
    const sum = (list) => list.reduce((total, word) => total + weight(word), 0);
    const asked = [...words(query)];
    // What no message has is a value, and says nothing; but a query of such words is no message.
    const heard = asked.filter((word) => weight(word) > 0);
    if (heard.length < asked.length / 2) return [];
    const all = sum(heard);
    return messages
      .map((message, index) => {
        const shared = sum(heard.filter((word) => known[index].has(word)));
        return { message, score: shared / Math.sqrt(all * sum([...known[index]]) || 1) };
      })
      .filter((each) => each.score > 0.45)
      .sort((one, other) => other.score - one.score)
      .slice(0, 5)
      .map((each) => each.message);
  }

  /** Show the messages above the other results. */
  function show(query, results) {
    const found = find(query, MESSAGES.messages);
    if (!found.length) return;
    const box = document.createElement("section");
    box.className = "message-results";
    const heading = document.createElement("h2");
    heading.textContent = "Messages";
    const list = document.createElement("ul");
    for (const [text, anchor] of found) {
      const link = document.createElement("a");
      link.href = `${MESSAGES.page}#${anchor}`;
      link.textContent = text;
      const item = document.createElement("li");
      item.append(link);
      list.append(item);
    }
    box.append(heading, list);
    results.before(box);
  }

  document.addEventListener("DOMContentLoaded", () => {
    const query = new URLSearchParams(window.location.search).get("q");
    const results = document.getElementById("search-results");
    if (query && results) show(query, results);
  });
})();
