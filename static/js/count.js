// How many characters are left, under a text field with data-limit. The server decides; this only tells early.

function watch(area) {
  const said = document.getElementById(`${area.id}-count`);
  const limit = Number(area.dataset.limit);
  if (!said || !limit) return;
  const plain = said.textContent;
  const number = new Intl.NumberFormat(document.documentElement.lang || undefined);
  const update = () => {
    const left = limit - [...area.value].length;
    const over = left < 0;
    said.classList.toggle("count-over", over);
    if (!area.value) said.textContent = plain;
    else said.textContent = (over ? said.dataset.over : said.dataset.left).replace("{n}", number.format(Math.abs(left)));
  };
  area.addEventListener("input", update);
  update();
}

document.querySelectorAll("textarea[data-limit]").forEach(watch);
