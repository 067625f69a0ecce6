// Draws processes/<name>.svg from each processes/<name>.bpmn, with bpmn-js in a headless Chromium.
//
//   npm ci && npm run draw                    in this folder
//   CHROMIUM=/path/to/chromium npm run draw   where Chromium is not /usr/bin/chromium
//   PNG=/some/folder npm run draw             leaves a PNG of each there too, to look at before committing
//
// A picture carries the SHA-256 of the diagram that it was made from, so that a test can tell when it is out of date.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const processes = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'processes');
const viewer = createRequire(import.meta.url).resolve('bpmn-js/dist/bpmn-viewer.production.min.js');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
try {
  const page = await browser.newPage();
  await page.setContent('<!doctype html><div id="canvas" style="width: 2400px; height: 1200px"></div>');
  await page.addScriptTag({ path: viewer });
  for (const file of readdirSync(processes).filter((name) => name.endsWith('.bpmn')).sort()) {
    const diagram = readFileSync(join(processes, file));
    const { svg, warnings } = await page.evaluate(async (xml) => {
      document.getElementById('canvas').replaceChildren();
      const bpmn = new BpmnJS({ container: '#canvas' });
      const { warnings } = await bpmn.importXML(xml);
      const { svg } = await bpmn.saveSVG();
      return { svg, warnings: warnings.map((warning) => warning.message) };
    }, diagram.toString('utf8'));
    if (warnings.length > 0) {
      throw new Error(`${file} cannot be drawn as it is: ${warnings.join(' ')}`);
    }
    const name = file.replace(/\.bpmn$/, '');
    const picture = sameEveryTime(svg)
      .replace(/<rect class="djs-hit[^>]*?(\/>|><\/rect>)/g, '')
      .replace('<svg ', `<svg data-source="${file}" data-source-sha256="${createHash('sha256').update(diagram).digest('hex')}" `)
      .trimEnd();
    writeFileSync(join(processes, `${name}.svg`), `${picture}\n`);
    console.log(`processes/${name}.svg`);
    if (process.env.PNG) {
      const [, width, height] = picture.match(/width="(\d+)[^"]*" height="(\d+)/);
      const look = await browser.newPage({ viewport: { width: Number(width), height: Number(height) } });
      await look.setContent(`<!doctype html><body style="margin: 0; background: white">${picture}`);
      await look.screenshot({ path: join(process.env.PNG, `${name}.png`) });
      await look.close();
    }
  }
} finally {
  await browser.close();
}

/** bpmn-js numbers its arrow heads at random; the same diagram has to give the same picture. */
function sameEveryTime(svg) {
  const names = new Map();
  return svg.replace(/marker-[0-9a-z]{20,}/g, (name) => {
    if (!names.has(name)) {
      names.set(name, `marker-${names.size + 1}`);
    }
    return names.get(name);
  });
}
