// The editor of decision models beside the text field that holds the document. The page works without it: text and upload stay.
(function () {
  'use strict';
  var box = document.querySelector('[data-dmn]');
  if (!box) return;
  var area = document.getElementById(box.getAttribute('data-dmn'));
  var open = box.querySelector('[data-dmn-open]'), say = box.querySelector('[data-dmn-say]');
  var tabs = box.querySelector('[data-dmn-tabs]'), canvas = box.querySelector('[data-dmn-canvas]');
  var editor = null, dirty = false;
  var names = { drd: 'data-diagram', decisionTable: 'data-table', literalExpression: 'data-expression', boxedExpression: 'data-expression' };
  open.hidden = false;

  function failed() {
    canvas.hidden = true;
    tabs.textContent = '';
    say.textContent = box.getAttribute('data-failed');
    open.hidden = false;
  }

  // The text field is what is sent: it is renewed after every change.
  var timer = 0;
  function keep() {
    dirty = false;
    return editor.saveXML({ format: true }).then(function (result) { area.value = result.xml; });
  }
  function changed() {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(keep, 400);
  }

  function label(view) {
    var word = box.getAttribute(names[view.type] || 'data-expression');
    return view.element && view.element.name && view.type !== 'drd' ? word + ' · ' + view.element.name : word;
  }
  function showTabs() {
    var active = editor.getActiveView();
    tabs.textContent = '';
    var list = document.createElement('ul');
    editor.getViews().forEach(function (view) {
      var li = document.createElement('li'), button = document.createElement('button');
      button.type = 'button';
      button.textContent = label(view);
      button.setAttribute('aria-pressed', active && active.element === view.element ? 'true' : 'false');
      button.addEventListener('click', function () { editor.open(view); });
      li.appendChild(button);
      list.appendChild(li);
    });
    tabs.appendChild(list);
  }
  function listen() {
    var viewer = editor.getActiveViewer();
    if (!viewer || viewer.tongbanListens) return;
    viewer.tongbanListens = true;
    viewer.on('commandStack.changed', changed);
  }

  // The policy of this site reads no style attributes in markup. What the editor writes into its markup is set by script instead.
  function setStyles() {
    var plain = Object.getOwnPropertyDescriptor(Element.prototype, 'innerHTML');
    setStyles = function () {};
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

  // What the editor itself says, in the language of the page.
  var words = /^zh/.test(document.documentElement.lang) ? window.tongbanDmnWords : {};
  function translate(text, values) {
    return (words[text] || text).replace(/\{([^}]+)\}/g, function (all, name) { return values && name in values ? values[name] : all; });
  }
  var inWords = { additionalModules: [{ translate: ['value', translate] }] };

  function start() {
    setStyles();
    canvas.hidden = false;
    editor = new window.DmnJS({ container: canvas, drd: inWords, decisionTable: inWords, literalExpression: inWords, boxedExpression: inWords });
    editor.on('views.changed', function () { showTabs(); listen(); });
    editor.importXML(area.value).then(function () {
      var views = editor.getViews(), first = views.filter(function (v) { return v.type === 'decisionTable'; })[0] || views[0];
      say.textContent = '';
      return first && editor.open(first);
    }).then(function () { listen(); showTabs(); }, failed);
  }

  open.addEventListener('click', function () {
    open.hidden = true;
    if (editor) editor.destroy();
    if (window.DmnJS) return start();
    var script = document.createElement('script');
    script.src = box.getAttribute('data-script');
    script.onload = start;
    script.onerror = failed;
    document.head.appendChild(script);
  });

  // A change of the last moment is written before the form goes.
  area.form.addEventListener('submit', function (e) {
    if (!editor || !dirty) return;
    var by = e.submitter;
    e.preventDefault();
    e.stopImmediatePropagation();
    clearTimeout(timer);
    keep().then(function () { setTimeout(function () { area.form.requestSubmit(by); }, 0); }); // a form that is just being sent is not sent again
  }, true);
}());
