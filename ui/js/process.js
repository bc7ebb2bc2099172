// The designer of processes in place of the drawn picture: canvas, panel, findings. The page works without it: text and upload stay.
(function () {
  'use strict';
  var form = document.querySelector('[data-process]');
  if (!form) return;
  var area = document.getElementById('xml'), find = function (name) { return form.querySelector('[data-process-' + name + ']'); };
  var canvas = find('canvas'), panel = find('panel'), chooser = find('element'), here = find('here'), list = find('faults'), say = find('say');
  var words = function (name) { return form.getAttribute('data-' + name); };
  var model = window.tongbanProcess, zh = /^zh/.test(document.documentElement.lang);
  var modeler = null, facts = null, shown = null, dirty = false, faults = [], marked = [], asked = 0, timer = 0;
  var fields = Array.prototype.slice.call(panel.querySelectorAll('[id^="p-"]')).filter(function (el) { return /^(INPUT|SELECT)$/.test(el.tagName) && el.type !== 'checkbox' && el.closest('[data-facts]'); });
  var checks = Array.prototype.slice.call(panel.querySelectorAll('input[type=checkbox]'));

  // The policy of this site reads no style attributes in markup. What the editor writes into its markup is set by script instead.
  function setStyles() {
    var plain = Object.getOwnPropertyDescriptor(Element.prototype, 'innerHTML');
    Object.defineProperty(Element.prototype, 'innerHTML', {
      configurable: true,
      get: plain.get,
      set: function (html) {
        plain.set.call(this, String(html).replace(/\sstyle=(?=["'])/g, ' data-css='));
        Array.prototype.forEach.call(this.querySelectorAll('[data-css]'), function (el) {
          el.style.cssText = el.getAttribute('data-css');
          el.removeAttribute('data-css');
        });
      },
    });
  }
  function translate(sentence, values) {
    return ((zh && window.tongbanBpmnWords[sentence]) || sentence).replace(/\{([^}]+)\}/g, function (all, name) { return values && name in values ? values[name] : all; });
  }

  // ---- the chosen element ----
  function nameOf(element) {
    var bo = element.businessObject, own = !zh && bo.get('tongban:en') ? bo.get('tongban:en') : bo.name;
    if (model.is(element, 'SequenceFlow') && element.source && element.target) return nameOf(element.source) + ' → ' + nameOf(element.target) + (own ? ' (' + own + ')' : '');
    return own || bo.id;
  }
  function elements() {
    return modeler.get('elementRegistry').filter(function (e) { return !e.labelTarget && e.businessObject && (model.is(e, 'FlowElement') || model.is(e, 'Process')); });
  }
  function fillChooser() {
    var all = elements(), rank = function (e) { return model.is(e, 'Process') ? 0 : e.waypoints ? 2 : 1; };
    all.sort(function (a, b) { return rank(a) - rank(b) || (a.x || 0) - (b.x || 0) || (a.y || 0) - (b.y || 0); });
    chooser.textContent = '';
    all.forEach(function (e) {
      var option = document.createElement('option');
      option.value = e.id;
      option.textContent = nameOf(e);
      option.selected = shown === e;
      chooser.appendChild(option);
    });
  }
  function groupOf(el) { return el.closest('.govuk-form-group'); }
  function put(el, value) {
    if (el.tagName === 'SELECT' && value && !Array.prototype.some.call(el.options, function (o) { return o.value === value; })) {
      var option = document.createElement('option');
      option.value = option.textContent = value;
      el.appendChild(option);
    }
    if (document.activeElement !== el || el.value !== value) el.value = value;
  }
  // Which way, by what another department said.
  function fillWays() {
    var when = document.getElementById('p-when');
    Array.prototype.slice.call(when.querySelectorAll('[data-asked]')).forEach(function (o) { o.remove(); });
    facts.asked().forEach(function (e) {
      ['agree', 'disagree'].forEach(function (act) {
        var option = document.createElement('option');
        option.value = 'opinion:' + e.id + ':' + act;
        option.textContent = nameOf(e) + ' – ' + panel.querySelector('label[for=p-acts-' + act + ']').textContent.trim();
        option.setAttribute('data-asked', '');
        when.insertBefore(option, when.options[2]);
      });
    });
  }
  // The tables of a call. A row that is being filled in stays while the rest is drawn anew.
  var tables = Array.prototype.slice.call(panel.querySelectorAll('[data-process-map]'));
  function rowsOf(table) {
    return Array.prototype.map.call(table.tBodies[0].rows, function (tr) { return Array.prototype.map.call(tr.querySelectorAll('input'), function (i) { return i.value.trim(); }); });
  }
  function filled(rows) { return rows.filter(function (r) { return r[0] || r[1]; }); }
  function wayOf(table) { return table.getAttribute('data-process-map'); }
  function keepRows(table) { if (shown && (model.is(shown, 'CallActivity') || model.is(shown, 'BusinessRuleTask'))) facts.maps.set(shown, wayOf(table), filled(rowsOf(table))); }
  function addRow(table, values) {
    var tr = table.tBodies[0].insertRow();
    values.forEach(function (value, i) {
      var input = document.createElement('input');
      input.className = 'govuk-input';
      input.value = value;
      input.autocomplete = 'off';
      input.spellcheck = false;
      input.setAttribute('aria-label', table.caption.textContent + ': ' + table.tHead.rows[0].cells[i].textContent);
      input.addEventListener('change', function () { keepRows(table); });
      tr.insertCell().appendChild(input);
    });
    var drop = document.createElement('button');
    drop.type = 'button';
    drop.className = 'as-link';
    drop.textContent = '×';
    drop.setAttribute('aria-label', table.getAttribute('data-drop') + (values[0] ? ': ' + values[0] : ''));
    drop.addEventListener('click', function () {
      tr.remove();
      keepRows(table);
      table.nextSibling.focus();
    });
    tr.insertCell().appendChild(drop);
    return tr;
  }
  function fillTables() {
    tables.forEach(function (table) {
      var rows = facts.maps.get(shown, wayOf(table));
      if (table.tongbanOf === shown && JSON.stringify(filled(rowsOf(table))) === JSON.stringify(rows)) return;
      table.tongbanOf = shown;
      table.tBodies[0].textContent = '';
      rows.forEach(function (row) { addRow(table, row); });
    });
  }
  function offerRows() {
    tables.forEach(function (table) {
      var more = document.createElement('button');
      more.type = 'button';
      more.className = 'button button-small button-quiet';
      more.textContent = table.getAttribute('data-add');
      more.addEventListener('click', function () { addRow(table, ['', '']).querySelector('input').focus(); });
      table.parentNode.insertBefore(more, table.nextSibling);
    });
  }
  function refresh() {
    if (!shown) return;
    var groups = facts.groups(shown), hanging = facts.hanging(shown, groups);
    if (groups.indexOf('flow') >= 0) fillWays();
    Array.prototype.forEach.call(panel.querySelectorAll('[data-facts]'), function (box) { box.hidden = groups.indexOf(box.getAttribute('data-facts')) < 0; });
    fields.forEach(function (el) {
      var group = el.closest('[data-facts]').getAttribute('data-facts');
      if (groups.indexOf(group) >= 0) put(el, facts[el.id].get(shown));
    });
    Object.keys(hanging).forEach(function (id) { groupOf(document.getElementById(id)).hidden = !hanging[id]; });
    groups.forEach(fillNames);
    if (groups.indexOf('call') >= 0 || groups.indexOf('rule') >= 0) fillTables();
    checks.forEach(function (el) {
      var group = el.closest('[data-facts]').getAttribute('data-facts'), fact = facts[el.getAttribute('data-fact')];
      if (groups.indexOf(group) < 0) return;
      var value = fact.get(shown);
      el.checked = Array.isArray(value) ? value.indexOf(el.value) >= 0 : value;
    });
    offerMore();
    tellHere();
  }
  // Names that are there already are offered: a signal is heard under the name it is sent by.
  function fillNames(group) {
    var names = panel.querySelector('[data-facts=' + group + '] datalist');
    if (!names) return;
    names.textContent = '';
    facts.namesOf(group).forEach(function (name) {
      var option = document.createElement('option');
      option.value = name;
      names.appendChild(option);
    });
  }
  // What can stand behind the chosen element or at its edge, and where a way from it can lead.
  var more = document.getElementById('p-more'), way = document.getElementById('p-way');
  function offerMore() {
    var ways = facts.waysFrom(shown), kept = way.value;
    Array.prototype.forEach.call(more.options, function (option) {
      var kind = option.value.split(':');
      option.hidden = option.disabled = kind[0] === 'edge' ? !facts.mayAttach(shown, kind[1]) : !facts.mayFollow(shown) || (kind[1] === 'end' && model.is(shown, 'SequenceFlow'));
    });
    if (!more.selectedOptions[0] || more.selectedOptions[0].disabled) more.value = (Array.prototype.filter.call(more.options, function (o) { return !o.disabled; })[0] || {}).value || '';
    way.textContent = '';
    ways.forEach(function (e) {
      var option = document.createElement('option');
      option.value = e.id;
      option.textContent = nameOf(e);
      way.appendChild(option);
    });
    if (ways.some(function (e) { return e.id === kept; })) way.value = kept;
    find('more-go').disabled = !more.value;
    find('way-go').disabled = !ways.length;
  }
  function addMore() {
    var kind = more.value.split(':'), made = kind[0] === 'edge' ? facts.attach(shown, kind[1]) : facts.addBehind(shown, kind[1]);
    if (!made) return;
    select(made.id);
    document.getElementById('p-name').focus();
  }
  function tellHere() {
    here.textContent = '';
    faults.filter(function (f) { return shown && f.element === shown.id; }).forEach(function (f) {
      var li = document.createElement('li');
      li.textContent = f.text;
      here.appendChild(li);
    });
  }
  function choose(element) {
    shown = element && element.labelTarget ? element.labelTarget : element;
    if (!shown || !shown.businessObject || !(model.is(shown, 'FlowElement') || model.is(shown, 'Process'))) shown = modeler.get('canvas').getRootElement();
    fillChooser();
    refresh();
  }
  function select(id) {
    var element = modeler.get('elementRegistry').get(id);
    if (!element) return;
    if (element === modeler.get('canvas').getRootElement()) modeler.get('selection').deselect(modeler.get('selection').get());
    else {
      modeler.get('selection').select(element);
      modeler.get('canvas').scrollToElement(element, 60);
    }
    choose(element);
  }

  // ---- keeping and checking ----
  // The standard wants flows listed at all nodes or at none; the editor lists those it has touched.
  function listFlows() {
    modeler.get('elementRegistry').forEach(function (e) {
      if (e.labelTarget || !e.businessObject || !model.is(e, 'FlowNode')) return;
      ['incoming', 'outgoing'].forEach(function (side) {
        e.businessObject.set(side, (e[side] || []).map(function (f) { return f.businessObject; }).filter(function (f) { return f.$type === 'bpmn:SequenceFlow'; }));
      });
    });
  }
  function keep() {
    dirty = false;
    listFlows();
    facts.writeRoles();
    return modeler.saveXML({ format: true }).then(function (result) { area.value = result.xml; });
  }
  function show(report) {
    var c = modeler.get('canvas'), registry = modeler.get('elementRegistry');
    marked.forEach(function (id) { if (registry.get(id)) c.removeMarker(id, 'has-fault'); });
    faults = report.faults || [];
    marked = faults.map(function (f) { return f.element; }).filter(function (id) { return id && registry.get(id); });
    marked.forEach(function (id) { c.addMarker(id, 'has-fault'); });
    say.textContent = report.sound ? words('sound') : words('unsound');
    form.classList.toggle('is-sound', !!report.sound);
    list.textContent = '';
    faults.forEach(function (f) {
      var li = document.createElement('li'), line = document.createElement(f.element && registry.get(f.element) ? 'button' : 'span');
      if (line.tagName === 'BUTTON') {
        line.type = 'button';
        line.className = 'as-link';
        line.addEventListener('click', function () { select(f.element); (panel.querySelector('[data-facts]:not([hidden]) input, [data-facts]:not([hidden]) select') || chooser).focus(); });
      }
      line.textContent = f.text;
      li.appendChild(line);
      list.appendChild(li);
    });
    tellHere();
  }
  function check() {
    var turn = ++asked, body = new FormData();
    body.append('csrf', form.elements.csrf.value);
    body.append('xml', area.value);
    return fetch(words('check'), { method: 'POST', body: body, headers: { Accept: 'application/json' }, credentials: 'same-origin' })
      .then(function (answer) { if (!answer.ok) throw new Error(String(answer.status)); return answer.json(); })
      .then(function (report) { if (turn === asked) show(report); }, function () { if (turn === asked) say.textContent = words('unchecked'); });
  }
  function changed() {
    dirty = true;
    if (shown && shown.id && !modeler.get('elementRegistry').get(shown.id)) choose(null);
    fillChooser();
    refresh();
    clearTimeout(timer);
    timer = setTimeout(function () { keep().then(check); }, 500);
  }

  // ---- opening ----
  // All of it, beside the tools.
  function fit() {
    var c = modeler.get('canvas'), box = c.viewbox(), inner = box.inner, left = 130, top = 50;
    var scale = Math.min((box.outer.width - left - 30) / inner.width, (box.outer.height - 2 * top) / inner.height, 1);
    c.viewbox({ x: inner.x - left / scale, y: inner.y - (box.outer.height / scale - inner.height) / 2, width: box.outer.width / scale, height: box.outer.height / scale });
  }
  // What the plain form says is not sent beside the document of the designer.
  function plainControls(on) {
    Array.prototype.forEach.call(find('plain').querySelectorAll('input'), function (i) { i.disabled = !on; });
  }
  function failed() {
    find('designer').hidden = true;
    find('plain').hidden = false;
    plainControls(true);
    form.insertBefore(find('save'), find('text'));
    var p = document.createElement('p');
    p.className = 'quiet';
    p.setAttribute('role', 'status');
    p.textContent = words('failed');
    find('plain').insertBefore(p, find('plain').firstChild);
    find('text').open = true;
  }
  function listen() {
    fields.forEach(function (el) {
      el.addEventListener('change', function () { if (shown) facts[el.id].set(shown, el.value.trim()); });
    });
    checks.forEach(function (el) {
      el.addEventListener('change', function () {
        var fact = el.getAttribute('data-fact');
        if (!shown) return;
        if (!el.hasAttribute('data-many')) return facts[fact].set(shown, el.checked);
        // Acts the panel does not know stay.
        var own = checks.filter(function (c) { return c.getAttribute('data-fact') === fact; });
        var other = facts[fact].get(shown).filter(function (v) { return !own.some(function (c) { return c.value === v; }); });
        facts[fact].set(shown, own.filter(function (c) { return c.checked; }).map(function (c) { return c.value; }).concat(other));
      });
    });
    chooser.addEventListener('change', function () { select(chooser.value); });
    find('add').addEventListener('click', function () {
      var start = shown && !model.is(shown, 'Process') && !model.is(shown, 'EndEvent') ? shown : null;
      var made = start && facts.insertBehind(start);
      if (made) { select(made.id); document.getElementById('p-name').focus(); }
    });
    find('drop').addEventListener('click', function () {
      if (!shown || model.is(shown, 'Process')) return;
      modeler.get('modeling').removeElements([shown]);
      choose(null);
    });
    find('more-go').addEventListener('click', addMore);
    find('way-go').addEventListener('click', function () {
      var flow = shown && way.value && facts.leadTo(shown, way.value);
      if (flow) select(flow.id);
    });
    find('undo').addEventListener('click', function () { modeler.get('commandStack').undo(); });
    find('redo').addEventListener('click', function () { modeler.get('commandStack').redo(); });
    modeler.on('selection.changed', function (e) { choose(e.newSelection[0]); });
    modeler.on('commandStack.changed', changed);
  }
  function start() {
    setStyles();
    find('designer').hidden = false;
    find('plain').hidden = true;
    plainControls(false);
    find('left').appendChild(find('save'));
    modeler = new window.BpmnJS({ container: canvas, moddleExtensions: { tongban: model.descriptor }, additionalModules: [{ translate: ['value', translate] }, model.module] });
    modeler.importXML(area.value).then(function () {
      facts = model.Facts(modeler);
      fit();
      listen();
      offerRows();
      choose(null);
        check();
    }).catch(function (error) { failed(); throw error; });
  }

  // Nothing of the panel is sent but the document.
  fields.concat(checks).forEach(function (el) {
    if (el.type === 'checkbox') {
      if (el.name === 'p-acts') el.setAttribute('data-many', '');
      el.setAttribute('data-fact', el.name);
    }
    el.removeAttribute('name');
  });
  ['signal', 'error', 'escalation', 'message'].forEach(function (name) {
    var field = document.getElementById('p-' + name), names = document.createElement('datalist');
    names.id = 'p-' + name + '-names';
    field.setAttribute('list', names.id);
    field.parentNode.appendChild(names);
  });
  panel.addEventListener('keydown', function (e) { if (e.key === 'Enter' && e.target.tagName === 'INPUT') { e.preventDefault(); e.target.dispatchEvent(new Event('change')); } });
  var script = document.createElement('script');
  script.src = words('script');
  script.onload = start;
  script.onerror = failed;
  document.head.appendChild(script);

  // A change of the last moment is written before the form goes.
  form.addEventListener('submit', function (e) {
    if (!modeler || !dirty) return;
    var by = e.submitter;
    e.preventDefault();
    e.stopImmediatePropagation();
    clearTimeout(timer);
    // Not before this event is over: a form that is just being sent is not sent again.
    keep().then(function () { setTimeout(function () { form.requestSubmit(by); }, 0); });
  }, true);
}());
