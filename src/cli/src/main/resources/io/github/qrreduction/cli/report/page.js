'use strict';
(() => {
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));

  // Values of the pictures, under the pointer, a finger or the keyboard.
  const tip = document.createElement('div');
  tip.id = 'tip';
  tip.hidden = true;
  document.body.append(tip);
  const hide = () => { tip.hidden = true; };
  for (const point of all('.point')) {
    const title = point.querySelector('title');
    const words = title.textContent;
    title.remove();
    point.setAttribute('aria-label', words);
    const show = () => {
      const box = point.getBoundingClientRect();
      tip.textContent = words;
      tip.hidden = false;
      const left = box.left + box.width / 2 - tip.offsetWidth / 2;
      const most = document.documentElement.clientWidth - tip.offsetWidth - 4;
      tip.style.left = Math.max(4, Math.min(left, most)) + scrollX + 'px';
      tip.style.top = box.top + scrollY - tip.offsetHeight - 6 + 'px';
    };
    for (const event of ['pointerenter', 'click', 'focus']) point.addEventListener(event, show);
    for (const event of ['pointerleave', 'blur']) point.addEventListener(event, hide);
  }

  // The table: ordered by a click on a column's head, filtered by storage.
  const body = document.querySelector('#figures tbody');
  const value = (row, column) => {
    const cell = row.cells[column];
    const number = Number(cell.dataset.v || cell.textContent);
    return Number.isNaN(number) ? cell.textContent : number;
  };
  all('#figures th').forEach((head, column) => {
    head.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') === 'ascending';
      all('#figures th').forEach(h => h.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const rows = Array.from(body.rows).sort((a, b) => {
        const x = value(a, column), y = value(b, column);
        return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
      });
      body.append(...rows);
    });
  });
  const buttons = all('.filter button');
  const filter = chosen => {
    buttons.forEach(b => b.setAttribute('aria-pressed', b === chosen));
    for (const row of body.rows) {
      row.hidden = chosen.dataset.storage !== '' && row.cells[2].textContent !== chosen.dataset.storage;
    }
  };
  buttons.forEach(b => b.addEventListener('click', () => filter(b)));
  document.querySelector('.filter').hidden = false;
  filter(buttons[0]);

  // The map: a point's ten nearest, before and after, in both pictures and by name.
  const data = document.getElementById('neighbours');
  if (!data) return;
  const map = JSON.parse(data.textContent);
  const circles = [all('#before circle'), all('#after circle')];
  const panel = document.getElementById('nearest');
  const hits = map.before.map((near, i) => near.filter(j => map.after[i].includes(j)).length);
  const mean = hits.reduce((sum, h) => sum + h, 0) / hits.length;
  const list = (title, near, others) => {
    const part = document.createElement('div');
    const head = document.createElement('h3');
    const names = document.createElement('ol');
    head.textContent = title;
    for (const i of near) {
      const item = document.createElement('li');
      item.textContent = map.names[i];
      item.title = map.names[i];
      if (others.includes(i)) item.className = 'kept';
      names.append(item);
    }
    part.append(head, names);
    return part;
  };
  const choose = i => {
    for (const circle of all('.map .near, .map .chosen')) circle.classList.remove('near', 'chosen');
    [map.before[i], map.after[i]].forEach((near, side) => {
      for (const j of [...near, i]) {
        const circle = circles[side][j];
        circle.classList.add(j === i ? 'chosen' : 'near');
        circle.parentNode.append(circle);
      }
    });
    const name = document.createElement('b');
    name.textContent = map.names[i];
    const kept = document.createElement('p');
    kept.id = 'hits';
    kept.textContent = `kept: ${hits[i]} of ${map.before[i].length}; mean ${mean.toFixed(1)}`;
    const lists = document.createElement('div');
    lists.className = 'lists';
    lists.append(list('nearest before', map.before[i], map.after[i]));
    lists.append(list('nearest after', map.after[i], map.before[i]));
    panel.replaceChildren(name, kept, lists);
  };
  // The nearest point counts, so that a finger need not hit one.
  for (const picture of all('.map')) {
    const side = picture.id === 'before' ? 0 : 1;
    const places = circles[side].map(c => [Number(c.getAttribute('cx')), Number(c.getAttribute('cy'))]);
    let held = -1;
    const nearestTo = event => {
      const box = picture.getBoundingClientRect();
      const x = (event.clientX - box.left) / box.width * 400, y = (event.clientY - box.top) / box.height * 400;
      let best = -1, least = 400;
      places.forEach((p, i) => {
        const d = (p[0] - x) ** 2 + (p[1] - y) ** 2;
        if (d < least) { least = d; best = i; }
      });
      if (best >= 0 && best !== held) {
        held = best;
        choose(best);
      }
    };
    picture.addEventListener('pointermove', nearestTo);
    picture.addEventListener('click', nearestTo);
  }
  const find = document.getElementById('find');
  const names = document.getElementById('names');
  for (const name of map.names) {
    const option = document.createElement('option');
    option.value = name;
    names.append(option);
  }
  find.addEventListener('input', () => {
    const i = map.names.indexOf(find.value);
    if (i >= 0) choose(i);
  });
  document.querySelector('.find').hidden = false;
  choose(0);
})();
