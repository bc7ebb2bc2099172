// The builder of forms without leaving the page: what a button does is sent and the page comes back in its place. Without this
// script every button loads the page anew.
(function () {
  'use strict';
  var main = document.getElementById('main');
  if (!main || !window.fetch || !window.DOMParser) return;

  function page(text) { return new DOMParser().parseFromString(text, 'text/html'); }
  // The button that was pressed is found again by what it does; a form that added a question waits for the next one.
  function focusLater(form, button) {
    var id = form.querySelector('input[name=into]') ? form.querySelector('input:not([type=hidden])').id : '';
    var value = button && button.name === 'go' ? button.value : '';
    return function (hash) {
      var again = id ? document.getElementById(id) : null;
      if (!again && value) again = Array.prototype.filter.call(document.querySelectorAll('button[name=go]'), function (b) { return b.value === value; })[0];
      if (!again && hash) again = document.getElementById(decodeURIComponent(hash.slice(1)));
      if (again) again.focus();
    };
  }
  function put(text, hash, after) {
    var fresh = page(text).getElementById('main');
    if (!fresh) return false;
    main.replaceWith(fresh);
    main = fresh;
    after(hash);
    var wrong = main.querySelector('.govuk-error-summary');
    if (wrong) wrong.focus();
    return true;
  }
  document.addEventListener('submit', function (e) {
    var form = e.target, button = e.submitter;
    if (!form.hasAttribute('data-live') || form.dataset.plain) return;
    e.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = '1';
    var data = new URLSearchParams(new FormData(form)), after = focusLater(form, button), where = '';
    if (button && button.name) data.append(button.name, button.value);
    fetch(form.action, { method: 'POST', body: data, credentials: 'same-origin', headers: { Accept: 'text/html' } })
      .then(function (r) { where = r.url; return r.text(); })
      .then(function (text) {
        var to = new URL(where, location.href), here = new URL(location.href);
        // Another page than this one follows: what a choice may be, or signing in.
        if (to.pathname !== here.pathname && to.pathname !== new URL(form.action).pathname) { location.href = where; return; }
        if (!put(text, to.hash, after)) location.reload();
      })
      .catch(function () { form.dataset.plain = '1'; form.submit(); });
  });

  // The second number is asked for where it is wanted.
  Array.prototype.forEach.call(main.querySelectorAll('select[data-between]'), function (how) {
    var second = document.getElementById(how.dataset.between).closest('.when-to');
    function show() { second.hidden = how.value !== 'between'; }
    how.addEventListener('input', show);
    show();
  });

  // One field: the preview follows what is typed.
  var look = main.querySelector('form[data-look]'), timer = 0, asked = 0;
  function follow() {
    var mine = ++asked;
    fetch(look.dataset.look, { method: 'POST', body: new URLSearchParams(new FormData(look)), credentials: 'same-origin', headers: { Accept: 'text/html' } })
      .then(function (r) { return r.ok ? r.text() : ''; })
      .then(function (text) {
        var fresh = text && mine === asked ? page(text).querySelector('[data-phone]') : null, old = document.querySelector('[data-phone]');
        if (fresh && old) old.replaceWith(fresh);
      })
      .catch(function () {});
  }
  if (look) look.addEventListener('input', function () { clearTimeout(timer); timer = setTimeout(follow, 300); });
})();
