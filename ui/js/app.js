// Progressive enhancement only: every page works without this file.
(function () {
  'use strict';
  var root = document.documentElement;
  root.classList.add('js');
  var each = function (selector, fn) { Array.prototype.forEach.call(document.querySelectorAll(selector), fn); };

  // Search suggestions: an ARIA combobox over the plain search form.
  each('input[data-suggest]', function (input) {
    var list = document.createElement('ul');
    var items = [], at = -1, timer = 0, asked = '', flight = null;
    list.id = input.id + '-suggest';
    list.className = 'suggest';
    list.hidden = true;
    list.setAttribute('role', 'listbox');
    list.setAttribute('aria-label', input.form.querySelector('label').textContent);
    input.form.appendChild(list);
    input.setAttribute('role', 'combobox');
    input.setAttribute('aria-autocomplete', 'list');
    input.setAttribute('aria-expanded', 'false');
    input.setAttribute('aria-controls', list.id);

    function close() {
      list.hidden = true;
      at = -1;
      input.setAttribute('aria-expanded', 'false');
      input.removeAttribute('aria-activedescendant');
    }
    function mark(n) {
      if (!items.length) return;
      at = (n + items.length) % items.length;
      Array.prototype.forEach.call(list.children, function (li, i) { li.setAttribute('aria-selected', i === at ? 'true' : 'false'); });
      input.setAttribute('aria-activedescendant', list.children[at].id);
    }
    function show(found) {
      items = found.slice(0, 8);
      list.textContent = '';
      at = -1;
      input.removeAttribute('aria-activedescendant');
      items.forEach(function (item, i) {
        var li = document.createElement('li');
        li.id = list.id + '-' + i;
        li.lang = 'zh-CN';
        li.setAttribute('role', 'option');
        li.setAttribute('aria-selected', 'false');
        li.textContent = item.name;
        li.addEventListener('mousedown', function (e) { e.preventDefault(); });
        li.addEventListener('click', function () { go(item); });
        list.appendChild(li);
      });
      list.hidden = !items.length;
      input.setAttribute('aria-expanded', items.length ? 'true' : 'false');
    }
    function go(item) {
      var url = new URL(item.href, location.href);
      if (url.origin === location.origin) location.href = url.href;
    }
    function ask() {
      var q = input.value.trim();
      if (q === asked) return;
      asked = q;
      if (flight) flight.abort();
      if (!q) { items = []; close(); return; }
      flight = new AbortController();
      fetch(input.dataset.suggest + '?q=' + encodeURIComponent(q), { headers: { Accept: 'application/json' }, credentials: 'same-origin', signal: flight.signal })
        .then(function (r) { return r.ok ? r.json() : { items: [] }; })
        .then(function (d) { if (document.activeElement === input) show(d.items || []); })
        .catch(function () {});
    }
    input.addEventListener('input', function (e) {
      if (e.isComposing) return;
      clearTimeout(timer);
      timer = setTimeout(ask, 120);
    });
    input.addEventListener('compositionend', function () { clearTimeout(timer); timer = setTimeout(ask, 60); });
    input.addEventListener('keydown', function (e) {
      if (e.isComposing) return;
      if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
        if (list.hidden && items.length) show(items);
        if (!items.length) return;
        e.preventDefault();
        mark(e.key === 'ArrowDown' ? at + 1 : (at < 0 ? items.length : at) - 1);
      } else if (e.key === 'Enter' && at >= 0 && !list.hidden) {
        e.preventDefault();
        go(items[at]);
      } else if (e.key === 'Escape' && !list.hidden) {
        e.preventDefault();
        close();
      }
    });
    input.addEventListener('blur', close);
  });

  // The error summary takes the focus; its links lead into the field or the first choice of a group.
  each('[data-focus]', function (el) { el.focus(); });
  each('.govuk-error-summary a', function (a) {
    a.addEventListener('click', function (e) {
      var target = document.getElementById(a.hash.slice(1));
      if (!target) return;
      if (!/^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) target = target.querySelector('input,select,textarea') || target;
      e.preventDefault();
      (target.closest('.govuk-form-group') || target).scrollIntoView();
      target.focus({ preventScroll: true });
    });
  });

  // Chosen files: name the size, warn before the upload rather than after.
  function tellSize(input) {
    var note = document.createElement('p');
    note.className = 'file-size';
    note.setAttribute('role', 'status');
    (input.closest('.file-drop') || input).insertAdjacentElement('afterend', note);
    input.addEventListener('change', function () {
      var max = Number(input.dataset.maxMb || 0) * 1048576, bad = false;
      note.textContent = Array.prototype.map.call(input.files, function (f) {
        if (max && f.size > max) bad = true;
        return f.name + ' · ' + (f.size >= 1048576 ? (f.size / 1048576).toFixed(1) + ' MB' : Math.max(1, Math.round(f.size / 1024)) + ' KB');
      }).join('; ');
      if (bad) note.textContent += ' – ' + input.dataset.tooBig;
      note.classList.toggle('bad', bad);
    });
  }
  each('input[type=file]', tellSize);

  // What an answer shows or hides follows while it is given. The server says what the page asks by what was typed so far; nothing
  // is kept by asking, what is there already stays with all that was typed, and what left comes back as it was.
  each('form[data-decides]', function (form) {
    var before = form.dataset.before || '', away = {}, timer = 0, asked = 0;
    var names = form.dataset.decides.split(' ').map(function (n) { return before + n; });
    function top(holder, selector) {
      return Array.prototype.filter.call(holder.querySelectorAll(selector), function (el) { return el.parentNode.closest(selector) === (holder.closest(selector) || null); });
    }
    function key(block) {
      var named = block.querySelector('[id]');
      return block.tagName + (block.tagName === 'SECTION' ? block.querySelector('h2').textContent : named ? named.id : '');
    }
    function relabel(old, fresh) {
      var was = old.querySelector('label,legend'), now = fresh.querySelector('label,legend');
      if (was && now && was.innerHTML !== now.innerHTML) was.replaceChildren.apply(was, Array.prototype.slice.call(now.childNodes));
    }
    function merge(holder, blocks, fresh, inside) {
      var kept = {}, last = null, first = blocks[0];
      blocks.forEach(function (b) { kept[key(b)] = b; });
      fresh.forEach(function (f) {
        var k = key(f), block = kept[k];
        if (block) {
          inside(block, f);
          delete kept[k];
        } else {
          block = away[k] || f;
          delete away[k];
          if (last) last.after(block); else if (first) first.before(block); else holder.appendChild(block);
          Array.prototype.forEach.call(block.querySelectorAll('input[type=file]'), function (input) { if (!block.querySelector('.file-size')) tellSize(input); });
        }
        last = block;
      });
      Object.keys(kept).forEach(function (k) { away[k] = kept[k]; kept[k].remove(); });
    }
    function groups(old, fresh) { merge(old, top(old, '.govuk-form-group'), top(fresh, '.govuk-form-group'), group); }
    function group(old, fresh) {
      var rows = top(old, '.rows-one'), again = top(fresh, '.rows-one');
      relabel(old, fresh);
      if (rows.length === again.length) rows.forEach(function (row, i) { groups(row, again[i]); });
    }
    function follow() {
      var mine = ++asked, data = new URLSearchParams();
      new FormData(form).forEach(function (value, name) { if (typeof value === 'string') data.append(name, value); });
      data.append('form.row', 'look');
      fetch(form.action, { method: 'POST', body: data, credentials: 'same-origin', headers: { Accept: 'text/html' } })
        .then(function (r) { return r.ok ? r.text() : ''; })
        .then(function (text) {
          var fresh = text && mine === asked ? new DOMParser().parseFromString(text, 'text/html').querySelector('form[data-decides]') : null;
          if (!fresh) return;
          var pages = top(form, 'section'), now = top(fresh, 'section');
          if (pages.length || now.length) merge(form, pages, now, groups); else groups(form, fresh);
        })
        .catch(function () {});
    }
    form.addEventListener('input', function (e) {
      var name = e.target.name || '';
      if (!names.some(function (n) { return name === n || name.indexOf(n + '.') === 0; })) return;
      clearTimeout(timer);
      timer = setTimeout(follow, 200);
    });
  });

  // A form marked data-once is sent once; coming back by the browser's history opens it again.
  each('form[data-once]', function (form) {
    form.addEventListener('submit', function (e) {
      if (form.dataset.sent) { e.preventDefault(); return; }
      form.dataset.sent = '1';
      setTimeout(function () { Array.prototype.forEach.call(form.querySelectorAll('[type=submit]'), function (b) { b.setAttribute('aria-disabled', 'true'); }); }, 0);
    });
  });
  window.addEventListener('pageshow', function (e) {
    if (!e.persisted) return;
    each('form[data-once]', function (form) {
      delete form.dataset.sent;
      Array.prototype.forEach.call(form.querySelectorAll('[type=submit]'), function (b) { b.removeAttribute('aria-disabled'); });
    });
  });

  // Paper cannot unfold: what is folded lies open while it is printed.
  var folded = [];
  window.addEventListener('beforeprint', function () { each('details.fold:not([open])', function (d) { folded.push(d); d.open = true; }); });
  window.addEventListener('afterprint', function () { folded.splice(0).forEach(function (d) { d.open = false; }); });
  each('[data-print]', function (b) { b.addEventListener('click', function () { window.print(); }); });
  each('[data-copy]', function (b) {
    b.addEventListener('click', function () {
      navigator.clipboard.writeText(b.dataset.copy).then(function () {
        var word = b.querySelector('[data-word]');
        if (word) word.textContent = b.dataset.copied;
      }, function () {});
    });
  });

  // Long numbers in groups, by space alone: what is copied stays whole. A case number is division, day and serial.
  each('[data-group]', function (el) {
    var text = el.textContent, parts = /^\d{14}\w{6,}$/.test(text) ? [text.slice(0, 6), text.slice(6, 14), text.slice(14)] : text.match(/.{1,4}/g);
    el.textContent = '';
    parts.forEach(function (part) {
      var span = document.createElement('span');
      span.className = 'no-group';
      span.textContent = part;
      el.appendChild(span);
    });
  });

  // Filters lie open where there is room.
  if (window.matchMedia('(min-width: 860px)').matches) each('details[data-open-wide]', function (d) { d.open = true; });

  // Officers: "/" finds, j and k walk the rows, Enter opens.
  var rows = Array.prototype.slice.call(document.querySelectorAll('table[data-rows] tbody tr')), row = -1;
  document.addEventListener('keydown', function (e) {
    if (e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName)) return;
    var find = e.key === '/' && document.querySelector('[data-key="/"]');
    if (find) { e.preventDefault(); find.focus(); return; }
    if ((e.key === 'j' || e.key === 'k') && rows.length) {
      if (row >= 0) rows[row].classList.remove('is-on');
      row = Math.max(0, Math.min(rows.length - 1, row + (e.key === 'j' ? 1 : -1)));
      rows[row].classList.add('is-on');
      var link = rows[row].querySelector('a');
      if (link) link.focus();
    }
  });
})();
