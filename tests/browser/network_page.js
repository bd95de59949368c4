// Walks through a network on its page, as a reader would: opens numbers, adds up what is shown, and follows them.
window.walking = (() => {
  const root = () => document.querySelector(".vizconv-network");
  const page = () => root().vizconv;
  const later = (time = 0) => new Promise((resolve) => setTimeout(resolve, time));

  // A row of numbers that looks random and is the same every time.
  function chances(seed) {
    let state = seed;
    return (size) => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return Math.floor((state / 2147483648) * size);
    };
  }

  const parts = (part) => [...root().querySelectorAll(`.vizconv-opened [data-part="${part}"]`)];
  const numbers = (panel) => [...panel.querySelectorAll("[data-cell]")].map((cell) => cell.vizconvValue);
  const sum = (values) => values.reduce((whole, value) => whole + value, 0);
  const close = (one, other) => Object.is(one, other) || Math.abs(one - other) <= 1e-9 * (1 + Math.abs(other));

  // What is wrong with the number that is open: nothing where its products and terms add up to it, or its rule is told.
  function faultOf(panel, cell) {
    const value = page().values(panel)[cell];
    const formula = root().querySelector('.vizconv-opened [data-role="formula"]').innerText;
    const [total] = parts("total");
    if (total) {
      const shown = sum([...parts("product"), ...parts("term")].flatMap(numbers));
      if (!close(shown, value)) return `${panel} ${cell}: ${shown} is shown, it is ${value}`;
      if (!close(numbers(total)[0], value)) return `${panel} ${cell}: the total is ${numbers(total)[0]}, not ${value}`;
      return multiplied() ? "" : `${panel} ${cell}: some products are not those of their factors`;
    }
    const [result] = parts("result");
    if (result) return numbers(result).some((each) => close(each, value)) && formula.includes("=") ? "" : `${panel} ${cell}: ${formula}`;
    const [given] = parts("given");
    return given && numbers(given)[0] === value ? "" : `${panel} ${cell}: nothing is shown`;
  }

  function multiplied() {
    const [one, other] = parts("factor").map(numbers);
    return parts("product").length !== 1 || parts("factor").length !== 2
      || numbers(parts("product")[0]).every((product, at) => close(product, one[at] * (other.length > 1 ? other[at] : other[0])));
  }

  async function cells(count, seed) {
    const chance = chances(seed);
    const names = page().names();
    const faults = [];
    for (let at = 0; at < count; at += 1) {
      const panel = names[chance(names.length)];
      const cell = chance(page().values(panel).length);
      page().open(panel, cell);
      page().finish();
      faults.push(faultOf(panel, cell));
      if (at % 20 === 19) await later();
    }
    return faults.filter(Boolean);
  }

  const open = () => root().querySelector('.vizconv-crumb[aria-current="step"]').innerText;

  // Down, factor by factor, to what nothing makes.
  async function down(chance, visited) {
    for (;;) {
      const factors = [...parts("factor"), ...parts("term"), ...parts("source")].filter((panel) => !panel.dataset.given);
      if (!factors.length || parts("given").length) return;
      const panel = factors[chance(factors.length)];
      const all = [...panel.querySelectorAll("[data-cell]")];
      const cell = all[chance(all.length)];
      const label = panel.parentElement.querySelector(".vizconv-label i").innerText;
      const name = label + (cell.dataset.cell && `[${cell.dataset.cell}]`);
      cell.click();
      if (open() !== name) await later(300); // a number that can be typed over waits for a double click
      page().finish();
      if (open() !== name) throw new Error(`${name} does not open, ${open()} is open`);
      visited.push(name);
    }
  }

  // Up, into what reads it, to what nothing reads.
  async function up(chance, visited) {
    for (;;) {
      const chips = [...root().querySelectorAll(".vizconv-uses [data-use]")];
      if (!chips.length) return;
      const chip = chips[chance(chips.length)];
      const name = chip.innerText;
      chip.click();
      page().finish();
      if (open() !== name) throw new Error(`${name} does not open, ${open()} is open`);
      visited.push(name);
    }
  }

  function wayBack(visited) {
    const back = root().querySelector('.vizconv-trail [aria-label="back"]');
    for (const name of [...visited].reverse()) {
      if (open() !== name) throw new Error(`${open()} on the way back, not ${name}`);
      back.click();
      page().finish();
    }
  }

  async function trails(count, seed) {
    const chance = chances(seed);
    const ends = [];
    for (let at = 0; at < count; at += 1) {
      const names = page().names();
      const panel = names[chance(names.length)];
      const cell = chance(page().values(panel).length);
      page().open(null);
      page().open(panel, cell);
      page().finish();
      const visited = [open()];
      await (at % 2 ? down : up)(chance, visited);
      ends.push(visited.at(-1));
      wayBack(visited);
      await later();
    }
    return ends;
  }

  // The numbers of some panels, or of all, as bytes in base64.
  function bytes(names) {
    const text = (values) => {
      const all = new Uint8Array(values.buffer);
      let letters = "";
      for (let at = 0; at < all.length; at += 8192) letters += String.fromCharCode(...all.subarray(at, at + 8192));
      return btoa(letters);
    };
    return Object.fromEntries((names ?? page().names()).map((name) => [name, text(page().values(name))]));
  }

  return { cells, trails, bytes };
})();
