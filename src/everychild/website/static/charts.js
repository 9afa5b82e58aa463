// Words beside a mark on hover and focus; arrow keys walk through the marks of one picture. Pages work without it.
(() => {
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  document.body.append(tip);
  const markOf = (event) => event.target.closest && event.target.closest("[data-tip]");
  const show = (mark) => {
    tip.textContent = mark.dataset.tip;
    tip.hidden = false;
    const box = mark.getBoundingClientRect();
    const left = box.left + box.width / 2 - tip.offsetWidth / 2;
    const above = box.top - tip.offsetHeight - 8;
    tip.style.left = `${scrollX + Math.max(6, Math.min(left, innerWidth - tip.offsetWidth - 6))}px`;
    tip.style.top = `${scrollY + (above > 0 ? above : box.bottom + 8)}px`;
  };
  const hide = () => (tip.hidden = true);
  for (const kind of ["mouseover", "focusin"])
    document.addEventListener(kind, (event) => {
      const mark = markOf(event);
      mark ? show(mark) : hide();
    });
  document.addEventListener("focusout", hide);
  document.addEventListener("scroll", hide, { passive: true });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const mark = step && markOf(event);
    if (!mark) return;
    const marks = [...mark.closest("svg").querySelectorAll("a[data-tip]")];
    const next = marks[marks.indexOf(mark) + step];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });
})();
