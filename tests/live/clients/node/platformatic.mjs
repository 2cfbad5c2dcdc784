// @platformatic/kafka as a client of the tests. Its consumer is one of groups; so another client
// reads back.

import { produce, run } from './pacing.mjs'
import { Producer, stringSerializers } from '@platformatic/kafka'

await run(async ({ bootstrap, topic, codec, idempotent, paced }) => {
  const producer = new Producer({ clientId: 'test', bootstrapBrokers: bootstrap.split(','),
    serializers: stringSerializers, idempotent, compression: codec, acks: -1 })
  const partitions = (await producer.metadata({ topics: [topic] })).topics.get(topic).partitions.length
  let next = 0
  const code = await produce(paced, async values => {
    const partition = next++ % partitions
    const { offsets } = await producer.send({
      messages: values.map(value => ({ topic, partition, value })) })
    return values.map((_, i) => `${partition} ${offsets[0].offset + BigInt(i)}`)
  })
  await producer.close()
  return code
})
