// Times in the reader's own zone, and a question before what cannot be undone. Everything works without this script.
(function () {
  'use strict';

  function relative(at) {
    var seconds = Math.round((at.getTime() - Date.now()) / 1000);
    var units = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];
    for (var i = 0; i < units.length; i++) {
      if (Math.abs(seconds) >= units[i][1] || units[i][1] === 1) {
        return new Intl.RelativeTimeFormat('en', {numeric: 'always'})
          .format(Math.trunc(seconds / units[i][1]), units[i][0]);
      }
    }
    return '';
  }

  var zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  var format = new Intl.DateTimeFormat('en-GB', {
    day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit',
    timeZoneName: 'short'
  });

  document.querySelectorAll('time[datetime]').forEach(function (time) {
    var at = new Date(time.getAttribute('datetime'));
    if (isNaN(at.getTime())) {
      return;
    }
    time.title = time.textContent + (zone ? '; shown in ' + zone : '');
    var words = format.format(at);
    time.textContent = zone && words.indexOf(zone) < 0 ? words + ' (' + zone + ')' : words;
    if (time.classList.contains('due')) {
      time.textContent += ', ' + relative(at);
    }
  });

  document.querySelectorAll('form').forEach(function (form) {
    form.addEventListener('submit', function (event) {
      var question = form.getAttribute('data-confirm');
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

  // Whoever comes back by the browser's history finds the buttons as they were.
  window.addEventListener('pageshow', function () {
    document.querySelectorAll('form button').forEach(function (button) { button.disabled = false; });
  });
}());
