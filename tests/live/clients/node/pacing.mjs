// What the clients in JavaScript share: values at a rate until stdin ends.

const RECORDS_PER_SEND_MAX = 100

export const patience = 60000

export const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))

// Sends all values that are due, again and again. A promise that holds acknowledges them; it may tell
// partition and offset of each.
export async function produce (paced, send) {
  for await (const values of paced()) {
    const places = await send(values)
    process.stdout.write(values.map((value, i) => `${value} ${places?.[i] ?? '-1 -1'}\n`).join(''))
  }
  return 0
}

export async function run (client) {
  const [verb, bootstrap, topic, prefix, codec, mode, rate] = process.argv.slice(2)
  if (verb !== 'produce' || rate === undefined) {
    console.error('produce BOOTSTRAP TOPIC PREFIX CODEC idempotent|plain RATE')
    process.exit(3)
  }
  let ended = false
  process.stdin.resume()
  process.stdin.on('end', () => { ended = true })
  async function * paced () {
    const begun = performance.now()
    for (let sent = 0; !ended;) {
      const due = Math.floor((performance.now() - begun) / 1000 * Number(rate)) - sent
      const count = Math.min(due, RECORDS_PER_SEND_MAX)
      if (count <= 0) {
        await sleep(1)
        continue
      }
      yield Array.from({ length: count }, (_, i) => `${prefix}-${sent + i}-${'x'.repeat(64)}`)
      sent += count
    }
  }
  process.exitCode = await client({ bootstrap, topic, codec, idempotent: mode === 'idempotent', paced })
}
