// Pages in the hall: the screen, tickets, self-service terminals. Without this file the screen and a ticket have links, and the
// server forgets who stood at a terminal all the same.
(function () {
  'use strict';
  var $ = function (id) { return document.getElementById(id); };

  // ---- the screen: fetched anew, so that what is called appears and is said; nothing moves where nothing changed ----
  var main = $('main'), seconds = Number(main && main.dataset.refresh);
  if (seconds) {
    var said = {}, voice = $('screen-voice'), stale = $('screen-stale'), able = 'speechSynthesis' in window;
    var on = able && localStorage.getItem('voice') === 'on';
    var label = function () {
      voice.setAttribute('aria-pressed', on ? 'true' : 'false');
      voice.textContent = on ? voice.dataset.on : voice.dataset.off;
    };
    var calls = function (speak) {
      var rows = Array.prototype.slice.call(main.querySelectorAll('[data-call]')).reverse();
      rows.forEach(function (row) {
        if (said[row.dataset.call]) return;
        said[row.dataset.call] = true;
        if (!speak || !on) return;
        var words = new SpeechSynthesisUtterance(row.dataset.say);
        words.lang = document.documentElement.lang;
        window.speechSynthesis.speak(words);
      });
    };
    if (able) {
      voice.addEventListener('click', function () {
        on = !on;
        localStorage.setItem('voice', on ? 'on' : 'off');
        if (!on) window.speechSynthesis.cancel();
        label();
      });
      label();
    } else {
      voice.hidden = true;
    }
    calls(false);
    setInterval(function () {
      fetch(location.href, { headers: { Accept: 'text/html' }, cache: 'no-store' })
        .then(function (r) { if (!r.ok) throw new Error(r.status); return r.text(); })
        .then(function (html) {
          var fresh = new DOMParser().parseFromString(html, 'text/html').getElementById('main');
          if (!fresh) throw new Error('another page');
          main.replaceChildren.apply(main, Array.prototype.slice.call(fresh.childNodes));
          stale.textContent = '';
          calls(true);
        })
        .catch(function () { if (!stale.textContent) stale.textContent = stale.dataset.text; });
    }, seconds * 1000);
  }

  // ---- a ticket of a terminal: printed at once, then the start again ----
  if (main && main.dataset.leave) {
    window.print();
    setTimeout(function () { location.replace(main.dataset.back); }, Number(main.dataset.leave) * 1000);
  }

  // ---- a terminal that nobody touches wipes itself; the person is asked first ----
  var head = document.querySelector('[data-idle]');
  if (!head) return;
  var idle = Number(head.dataset.idle) * 1000, asks = Math.min(20000, idle / 2), last = Date.now(), told = Date.now();
  var atStart = location.pathname === head.dataset.start, question = $('kiosk-idle');
  var wipe = function () {
    document.querySelector('main').replaceChildren();
    if (atStart) location.replace(head.dataset.start);
    else $('kiosk-end').submit();
  };
  var touched = function () {
    last = Date.now();
    question.hidden = true;
    if (last - told < idle / 2 || atStart) return;
    told = last;
    fetch(head.dataset.stay, { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-CSRF-Token': head.dataset.csrf }, redirect: 'manual' }).catch(function () {});
  };
  ['pointerdown', 'keydown', 'input', 'wheel', 'touchmove'].forEach(function (kind) { document.addEventListener(kind, touched, { passive: true }); });
  question.querySelector('button').addEventListener('click', touched);
  setInterval(function () {
    var quiet = Date.now() - last;
    if (quiet >= idle) wipe();
    else if (quiet >= idle - asks && !atStart) question.hidden = false;
  }, 1000);
  // Coming back by the browser's history shows nothing that was there.
  window.addEventListener('pageshow', function (e) { if (e.persisted) location.replace(head.dataset.start); });

  // A reader types into whatever has the focus: on the page that waits for a card that is the field.
  var scan = document.querySelector('form[data-scan] input.govuk-input');
  if (!scan) return;
  document.addEventListener('keydown', function (e) {
    if (e.ctrlKey || e.metaKey || e.altKey || e.key.length !== 1 || /^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName)) return;
    scan.focus();
  });
})();
