// Times in the reader's own zone, clocks that run, pages that follow what happens, and a question before what cannot be
// undone. Everything works without this script.
(function () {
  'use strict';

  var zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  var format = new Intl.DateTimeFormat('en-GB', {
    day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit',
    timeZoneName: 'short'
  });
  var brief = new Intl.DateTimeFormat('en-GB', {
    day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZoneName: 'short'
  });
  /** Where it matters which of two came first, and by how much something was late. */
  var exact = new Intl.DateTimeFormat('en-GB', {
    day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short'
  });
  var units = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];

  /** Such as "in 3 h 59 min 12 s"; of days and hours without seconds. */
  function left(at) {
    var seconds = Math.round((at.getTime() - Date.now()) / 1000);
    if (seconds <= 0) {
      return seconds > -5 ? 'now' : 'due ' + words(-seconds) + ' ago';
    }
    return 'in ' + words(seconds);
  }

  function words(seconds) {
    var parts = [];
    units.forEach(function (unit) {
      var count = Math.floor(seconds / unit[1]);
      seconds -= count * unit[1];
      if ((count > 0 || parts.length > 0 || unit[1] === 1) && parts.length < 3) {
        parts.push(count + ' ' + unit[0]);
      }
    });
    return parts.join(' ');
  }

  function localize(root) {
    root.querySelectorAll('time[datetime]').forEach(function (time) {
      var at = new Date(time.getAttribute('datetime'));
      if (isNaN(at.getTime())) {
        return;
      }
      time.title = time.textContent + (zone ? '; shown in ' + zone : '');
      if (time.closest('table') && at.getFullYear() === new Date().getFullYear()) {
        time.textContent = (time.closest('.operations, .audit') ? exact : brief).format(at);
      } else {
        var text = format.format(at);
        time.textContent = zone && text.indexOf(zone) < 0 ? text + ' (' + zone + ')' : text;
      }
      if (time.classList.contains('due')) {
        var clock = document.createElement('span');
        clock.className = 'left';
        clock.setAttribute('data-at', time.getAttribute('datetime'));
        time.insertAdjacentElement('afterend', clock);
      }
    });
    tick();
  }

  function tick() {
    document.querySelectorAll('.left[data-at]').forEach(function (clock) {
      var text = left(new Date(clock.getAttribute('data-at')));
      if (clock.textContent !== text) {
        clock.textContent = text;
      }
    });
  }

  /** Brings the token, or else the last step taken, into the visible part of a diagram. */
  function findTokens(root) {
    root.querySelectorAll('.diagram .plane').forEach(function (plane) {
      var all = plane.querySelectorAll('.node.here, .node.passed:not(.sub-process)');
      var here = plane.querySelector('.node.here') || all[all.length - 1];
      if (here) {
        var box = here.getBoundingClientRect();
        plane.scrollLeft += box.left - plane.getBoundingClientRect().left - plane.clientWidth / 2 + box.width / 2;
      }
    });
  }

  function prepareForms(root) {
    root.querySelectorAll('form').forEach(function (form) {
      form.addEventListener('submit', function (event) {
        var by = event.submitter;
        var question = (by && by.getAttribute('data-confirm')) || form.getAttribute('data-confirm');
        if (question && !window.confirm(question)) {
          event.preventDefault();
          return;
        }
        if (form.method === 'post') {
          // Not before the browser has read which button was pressed.
          window.setTimeout(function () {
            form.querySelectorAll('button').forEach(function (button) { button.disabled = true; });
          }, 0);
        }
      });
    });
  }

  /** Tables are brief and name the zone once. */
  function nameZone(root) {
    root.querySelectorAll('caption').forEach(function (caption) {
      if (zone && caption.parentNode.querySelector('time') && !caption.querySelector('.zone')) {
        var named = document.createElement('span');
        named.className = 'zone quiet';
        named.textContent = ' times in ' + zone;
        caption.appendChild(named);
      }
    });
  }

  function prepare(root) {
    nameZone(root);
    localize(root);
    findTokens(root);
    prepareForms(root);
  }

  // On a phone the navigation folds; without this script it stands open.
  var fold = document.querySelector('button.fold');
  var nav = document.getElementById('main-nav');
  if (fold && nav) {
    document.documentElement.classList.add('folds');
    fold.hidden = false;
    fold.addEventListener('click', function () {
      var open = fold.getAttribute('aria-expanded') !== 'true';
      fold.setAttribute('aria-expanded', String(open));
      nav.classList.toggle('open', open);
    });
  }

  // Pages that follow: every few seconds the page is fetched again, and a part that has become another one is put in its
  // place, unless somebody is typing in it.
  var every = 4000;
  var known = {};

  /** A part without its token, which is another one each time. */
  function plain(part) {
    return part.innerHTML.replace(/(name="_csrf"[^>]*?value=")[^"]*/g, '$1');
  }

  function inUse(part) {
    var active = document.activeElement;
    if (active && part.contains(active) && /^(INPUT|TEXTAREA|SELECT)$/.test(active.tagName)) {
      return true;
    }
    return Array.prototype.some.call(part.querySelectorAll('input, textarea, select'), function (field) {
      if (field.type === 'checkbox' || field.type === 'radio') {
        return field.checked !== field.defaultChecked;
      }
      if (field.tagName === 'SELECT') {
        return Array.prototype.some.call(field.options, function (option) {
          return option.selected !== option.defaultSelected
            && !(option.index === 0 && !field.querySelector('option[selected]'));
        });
      }
      return field.type !== 'hidden' && field.value !== field.defaultValue;
    });
  }

  var focusable = 'a[href], button, summary, [tabindex]';

  /** Back to the same link, or to what stands where it stood. */
  function restoreFocus(part, focused, place) {
    var all = Array.prototype.slice.call(part.querySelectorAll(focusable));
    var same = all.filter(function (each) {
      return each.getAttribute('href') === focused.getAttribute('href') && each.className === focused.className
        && each.tagName === focused.tagName;
    });
    var next = same.indexOf(all[place]) >= 0 ? all[place] : same[0] || all[Math.min(place, all.length - 1)];
    (next || document.getElementById('content')).focus({preventScroll: true});
  }

  function follow(fresh) {
    var changed = false;
    document.querySelectorAll('[data-live]').forEach(function (part) {
      var key = part.getAttribute('data-live');
      var other = fresh.querySelector('[data-live="' + key + '"]');
      if (!other || plain(other) === known[key] || inUse(part)) {
        return;
      }
      known[key] = plain(other);
      var opened = Array.prototype.map.call(part.querySelectorAll('details'), function (each) { return each.open; });
      var focused = part.contains(document.activeElement) ? document.activeElement : null;
      var place = focused ? Array.prototype.indexOf.call(part.querySelectorAll(focusable), focused) : -1;
      part.innerHTML = other.innerHTML;
      part.querySelectorAll('details').forEach(function (each, at) { each.open = each.open || !!opened[at]; });
      prepare(part);
      if (focused) {
        restoreFocus(part, focused, place);
      }
      changed = true;
    });
    if (changed) {
      var said = document.getElementById('live-said');
      if (said && !said.classList.contains('stale')) {
        said.textContent = 'The page has been brought up to date.';
      }
    }
  }

  /** Whoever looks at an old state has to know it. */
  function stale(yes) {
    var said = document.getElementById('live-said');
    if (said && said.classList.contains('stale') !== yes) {
      said.textContent = yes ? 'This page no longer follows what happens. Load it again.' : '';
      said.className = yes ? 'failed stale' : 'hidden';
    }
  }

  function look() {
    if (document.hidden) {
      return window.setTimeout(look, every);
    }
    return fetch(window.location.href, {credentials: 'same-origin', redirect: 'error', headers: {Accept: 'text/html'}})
      .then(function (answer) {
        if (!answer.ok) {
          throw new Error(String(answer.status));
        }
        return answer.text();
      })
      .then(function (text) {
        follow(new DOMParser().parseFromString(text, 'text/html'));
        every = 4000;
        stale(false);
      })
      .catch(function () {
        every = Math.min(every * 2, 60000);
        stale(every > 8000);
      })
      .then(function () { window.setTimeout(look, every); });
  }

  var live = document.querySelector('[data-live-page]');
  if (live) {
    document.querySelectorAll('[data-live]').forEach(function (part) {
      known[part.getAttribute('data-live')] = plain(part);
    });
  }
  prepare(document);
  window.setInterval(tick, 1000);
  if (live) {
    window.setTimeout(look, every);
  }

  // The form that asks for access: permissions of the chosen account and service, and what would happen, as one types.
  var asking = document.querySelector('form[data-preview]');
  if (asking) {
    var offers = [];
    var service = document.getElementById('service');
    var wait = null;
    var latest = 0;

    var narrow = function () {
      var list = document.getElementById('permissions');
      list.textContent = '';
      offers.forEach(function (offer) {
        if (!service.value || offer.service === service.value) {
          var option = document.createElement('option');
          option.value = offer.what;
          option.textContent = offer.about;
          list.appendChild(option);
        }
      });
      Array.prototype.forEach.call(service.options, function (option) {
        option.hidden = option.value !== '' && !offers.some(function (offer) { return offer.service === option.value; });
      });
    };
    var fetchOffers = function () {
      fetch(asking.getAttribute('data-offers') + '?account=' + encodeURIComponent(asking.elements.account.value),
        {credentials: 'same-origin', redirect: 'error'})
        .then(function (answer) { return answer.json(); })
        .then(function (found) { offers = found; narrow(); })
        .catch(function () { /* The list that came with the page stays. */ });
    };
    var show = function (fresh) {
      document.querySelectorAll('article [data-part]').forEach(function (part) {
        var other = fresh.querySelector('[data-part="' + part.getAttribute('data-part') + '"]');
        if (other && other.innerHTML !== part.innerHTML) {
          part.innerHTML = other.innerHTML;
        }
      });
      var old = asking.elements.duration;
      var now = fresh.querySelector('select[name=duration]');
      if (old && now && document.activeElement !== old) {
        var chosen = old.value;
        old.innerHTML = now.innerHTML;
        if (Array.prototype.some.call(old.options, function (option) { return option.value === chosen; })) {
          old.value = chosen;
        }
      }
    };
    var preview = function () {
      var asked = asking.elements;
      if (!asked.account.value || !asked.permission.value) {
        return;
      }
      var mine = ++latest;
      var body = new URLSearchParams(new FormData(asking));
      body.set('preview', 'true');
      fetch(asking.action, {method: 'POST', body: body, credentials: 'same-origin', redirect: 'error', headers: {Accept: 'text/html'}})
        .then(function (answer) { return answer.text(); })
        .then(function (text) {
          if (mine === latest) {
            show(new DOMParser().parseFromString(text, 'text/html'));
          }
        })
        .catch(function () { /* The button does the same. */ });
    };
    asking.addEventListener('change', function (event) {
      if (event.target.name === 'account') {
        fetchOffers();
      }
      if (event.target.name && event.target.name !== 'justification') {
        window.clearTimeout(wait);
        wait = window.setTimeout(preview, 150);
      }
    });
    service.addEventListener('change', narrow);
    document.querySelector('[data-scripted]').hidden = false;
    fetchOffers();
  }

  // Whoever comes back by the browser's history finds the buttons as they were.
  window.addEventListener('pageshow', function () {
    document.querySelectorAll('form button').forEach(function (button) { button.disabled = false; });
  });
}());
