// Words beside a mark on hover and focus; arrow keys walk through one picture's marks. Pages work without it.
(() => {
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);
  const markOf = (e) => e.target.closest && e.target.closest("[data-tip]");
  const marksOf = (svg) => [...svg.querySelectorAll("a[data-tip]")];
  const hide = () => (tip.hidden = true);
  const show = (mark) => {
    tip.textContent = mark.dataset.tip;
    tip.hidden = false;
    const b = mark.getBoundingClientRect();
    const x = b.left + b.width / 2 - tip.offsetWidth / 2;
    const y = b.top - tip.offsetHeight - 8;
    tip.style.left = `${scrollX + Math.max(6, Math.min(x, innerWidth - tip.offsetWidth - 6))}px`;
    tip.style.top = `${scrollY + (y > 0 ? y : b.bottom + 8)}px`;
  };
  // A picture of many marks is one stop of the Tab key, so that nobody has to pass hundreds.
  for (const svg of document.querySelectorAll("svg.chart")) {
    const all = marksOf(svg);
    if (all.length > 24) all.forEach((m, i) => i && m.setAttribute("tabindex", -1));
  }
  for (const kind of ["mouseover", "focusin"])
    document.addEventListener(kind, (e) => {
      const mark = markOf(e);
      mark ? show(mark) : hide();
    });
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (e) => {
    if (e.key === "Escape") hide();
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
    const mark = step && markOf(e);
    if (!mark) return;
    const all = marksOf(mark.closest("svg"));
    const next = all[all.indexOf(mark) + step];
    if (!next) return;
    e.preventDefault();
    if (all.length > 24) {
      mark.setAttribute("tabindex", -1);
      next.setAttribute("tabindex", 0);
    }
    next.focus();
  });
})();
