// Measures the engine in wasm under workerd: the milliseconds of one solution, from requests with many solutions and with none.
// usage: under-workerd.mjs ORIGIN
const [origin] = process.argv.slice(2);
const cases = [];
for (const size of ["200/1000", "500/2500"]) {
  for (const shape of ["dense", "sparse"]) for (const grid of ["60/60", "60/15"]) cases.push([shape, size, grid]);
}

const ask = async (problem, read, solved) => {
  const begin = performance.now();
  const answer = await fetch(`${origin}/${problem}/1/${read}/${solved}`);
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  const body = await answer.json();
  if (!body.optimal) throw new Error(`not optimal: ${problem}`);
  return performance.now() - begin;
};
const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];

console.log("| invitees/starts | shape | length/step | reading ms | solving ms |\n|---|---|---|---|---|");
let slow = 0;
for (const [shape, size, grid] of cases) {
  const problem = `${shape}/${size}/${grid}`;
  const times = size.startsWith("200") ? 20 : 5;
  const reading = [], solving = [];
  await ask(problem, times, times);
  for (let round = 0; round < 7; round++) {
    const none = await ask(problem, 0, 0);
    reading.push(((await ask(problem, times, 0)) - none) / times);
    solving.push(((await ask(problem, 0, times)) - none) / times);
  }
  if (size.startsWith("200") && median(solving) > 10) slow++;
  console.log(`| ${size} | ${shape} | ${grid} | ${median(reading).toFixed(2)} | ${median(solving).toFixed(2)} |`);
}
console.log(`${slow} of the smaller problems take more than 10 ms`);
process.exit(slow > 0 ? 1 : 0);
